/** Addresses of the console. Pages are loaded when they are first opened. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { NotFound, PageError } from './PageError';
import { Shell } from './shell/Shell';

export type QueueSort = 'newest' | 'oldest';

const root = createRootRoute({ component: Shell });

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('../features/overview/OverviewPage'), 'OverviewPage'),
});

const queue = createRoute({
  getParentRoute: () => root,
  path: '/queue',
  validateSearch: (search): { sort?: QueueSort } =>
    search.sort === 'oldest' ? { sort: 'oldest' } : {},
  component: lazyRouteComponent(() => import('../features/queue/QueuePage'), 'QueuePage'),
});

const groups = createRoute({
  getParentRoute: () => root,
  path: '/groups',
  component: lazyRouteComponent(() => import('../features/groups/GroupsPage'), 'GroupsPage'),
});

const contact = createRoute({
  getParentRoute: () => root,
  path: '/contacts/$contactId',
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

const integrations = createRoute({
  getParentRoute: () => root,
  path: '/integrations',
  component: lazyRouteComponent(
    () => import('../features/integrations/IntegrationsPage'),
    'IntegrationsPage',
  ),
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
    groups,
    contact,
    broadcasts,
    newBroadcast,
    broadcast,
    integrations,
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
