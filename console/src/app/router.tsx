/** Addresses of the console. Pages are loaded when they are first opened. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { NotFound, PageError } from './PageError';
import { contactSearch } from '../features/contacts/list/search';
import { optOutSearch } from '../features/optouts/filters';
import { Shell } from './shell/Shell';

export type QueueSort = 'newest' | 'oldest' | 'favourites';

/** Which leads are shown. */
export interface QueueSearch {
  sort?: QueueSort;
  label?: string;
  favourite?: true;
}

function queueSearch({ sort, label, favourite }: Record<string, unknown>): QueueSearch {
  const search: QueueSearch = {};
  if (sort === 'oldest' || sort === 'favourites') search.sort = sort;
  if (typeof label === 'string' && label) search.label = label;
  if (favourite === true) search.favourite = true;
  return search;
}

/** What a contact's timeline can be narrowed to. */
export const TIMELINE_FILTERS = ['consent', 'messages', 'notes', 'queue', 'changes'] as const;
export type TimelineFilter = (typeof TIMELINE_FILTERS)[number];

const root = createRootRoute({ component: Shell });

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('../features/overview/OverviewPage'), 'OverviewPage'),
});

const queue = createRoute({
  getParentRoute: () => root,
  path: '/queue',
  validateSearch: queueSearch,
  component: lazyRouteComponent(() => import('../features/queue/QueuePage'), 'QueuePage'),
});

const contacts = createRoute({
  getParentRoute: () => root,
  path: '/contacts',
  validateSearch: contactSearch,
  component: lazyRouteComponent(
    () => import('../features/contacts/list/ContactsPage'),
    'ContactsPage',
  ),
});

const groups = createRoute({
  getParentRoute: () => root,
  path: '/groups',
  component: lazyRouteComponent(() => import('../features/groups/GroupsPage'), 'GroupsPage'),
});

const group = createRoute({
  getParentRoute: () => root,
  path: '/groups/$groupId',
  validateSearch: contactSearch,
  component: lazyRouteComponent(() => import('../features/groups/GroupPage'), 'GroupPage'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  beforeLoad: () => {
    throw redirect({ to: '/settings/jobs' });
  },
});

const imports = createRoute({
  getParentRoute: () => root,
  path: '/settings/imports',
  component: lazyRouteComponent(
    () => import('../features/imports/contacts/ImportsPage'),
    'ImportsPage',
  ),
});

const contactImport = createRoute({
  getParentRoute: () => root,
  path: '/settings/imports/$importId',
  component: lazyRouteComponent(
    () => import('../features/imports/contacts/ImportPage'),
    'ImportPage',
  ),
});

const jobs = createRoute({
  getParentRoute: () => root,
  path: '/settings/jobs',
  component: lazyRouteComponent(() => import('../features/settings/JobsPage'), 'JobsPage'),
});

const labels = createRoute({
  getParentRoute: () => root,
  path: '/settings/labels',
  component: lazyRouteComponent(() => import('../features/labels/LabelsPage'), 'LabelsPage'),
});

const users = createRoute({
  getParentRoute: () => root,
  path: '/settings/users',
  component: lazyRouteComponent(() => import('../features/users/UsersPage'), 'UsersPage'),
});

const danger = createRoute({
  getParentRoute: () => root,
  path: '/settings/danger',
  component: lazyRouteComponent(() => import('../features/settings/DangerPage'), 'DangerPage'),
});

const optOuts = createRoute({
  getParentRoute: () => root,
  path: '/opt-outs',
  validateSearch: optOutSearch,
  component: lazyRouteComponent(() => import('../features/optouts/OptOutsPage'), 'OptOutsPage'),
});

const optOutImports = createRoute({
  getParentRoute: () => root,
  path: '/opt-outs/imports',
  component: lazyRouteComponent(() => import('../features/optouts/ImportsPage'), 'ImportsPage'),
});

const optOutImport = createRoute({
  getParentRoute: () => root,
  path: '/opt-outs/imports/$importId',
  component: lazyRouteComponent(() => import('../features/optouts/ImportPage'), 'ImportPage'),
});

const contact = createRoute({
  getParentRoute: () => root,
  path: '/contacts/$contactId',
  validateSearch: (search): { show?: TimelineFilter } =>
    TIMELINE_FILTERS.some((one) => one === search.show)
      ? { show: search.show as TimelineFilter }
      : {},
  component: lazyRouteComponent(() => import('../features/contacts/ContactPage'), 'ContactPage'),
});

const broadcasts = createRoute({
  getParentRoute: () => root,
  path: '/broadcasts',
  component: lazyRouteComponent(
    () => import('../features/broadcasts/BroadcastsPage'),
    'BroadcastsPage',
  ),
});

const newBroadcast = createRoute({
  getParentRoute: () => root,
  path: '/broadcasts/new',
  component: lazyRouteComponent(
    () => import('../features/broadcasts/ComposerPage'),
    'ComposerPage',
  ),
});

const broadcast = createRoute({
  getParentRoute: () => root,
  path: '/broadcasts/$broadcastId',
  validateSearch: (search): { contact?: string } =>
    typeof search.contact === 'string' ? { contact: search.contact } : {},
  component: lazyRouteComponent(
    () => import('../features/broadcasts/BroadcastPage'),
    'BroadcastPage',
  ),
});

const editBroadcast = createRoute({
  getParentRoute: () => root,
  path: '/broadcasts/$broadcastId/edit',
  component: lazyRouteComponent(() => import('../features/broadcasts/ComposerPage'), 'EditPage'),
});

const integrations = createRoute({
  getParentRoute: () => root,
  path: '/integrations',
  component: lazyRouteComponent(
    () => import('../features/integrations/IntegrationsPage'),
    'IntegrationsPage',
  ),
});

const decisions = createRoute({
  getParentRoute: () => root,
  path: '/decisions',
  component: lazyRouteComponent(
    () => import('../features/decisions/DecisionsPage'),
    'DecisionsPage',
  ),
});

const senders = createRoute({
  getParentRoute: () => root,
  path: '/senders',
  component: lazyRouteComponent(() => import('../features/senders/SendersPage'), 'SendersPage'),
});

const tryIt = createRoute({
  getParentRoute: () => root,
  path: '/try',
  component: lazyRouteComponent(() => import('../features/tryit/TryItPage'), 'TryItPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    queue,
    contacts,
    groups,
    group,
    settings,
    imports,
    contactImport,
    jobs,
    labels,
    users,
    danger,
    optOuts,
    optOutImports,
    optOutImport,
    contact,
    broadcasts,
    newBroadcast,
    broadcast,
    editBroadcast,
    integrations,
    decisions,
    senders,
    tryIt,
  ]),
  defaultPreload: 'intent',
  defaultErrorComponent: PageError,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
