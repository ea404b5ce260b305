/** The pages in the navigation, in order, with who sees them and the keys that go there. */
import type { IconName } from '../components/Icon';
import type { Permission } from './access';

export const PAGES = [
  { to: '/', name: 'overview', icon: 'overview', keys: 'g o', needs: null },
  { to: '/queue', name: 'queue', icon: 'queue', keys: 'g q', needs: 'queue.view' },
  { to: '/contacts', name: 'contacts', icon: 'contacts', keys: 'g c', needs: 'contacts.view' },
  {
    to: '/decisions',
    name: 'decisions',
    icon: 'question',
    keys: 'g d',
    needs: 'opt_outs.view',
  },
  {
    to: '/opt-outs',
    name: 'optOuts',
    icon: 'optOuts',
    keys: 'g u',
    needs: 'opt_outs.view',
  },
  { to: '/groups', name: 'groups', icon: 'groups', keys: 'g l', needs: 'contacts.view' },
  {
    to: '/broadcasts',
    name: 'broadcasts',
    icon: 'broadcasts',
    keys: 'g b',
    needs: 'broadcasts.view',
  },
  { to: '/integrations', name: 'integrations', icon: 'integrations', keys: 'g i', needs: null },
  { to: '/senders', name: 'senders', icon: 'senders', keys: 'g s', needs: 'queue.view' },
  { to: '/settings', name: 'settings', icon: 'settings', keys: 'g e', needs: 'contacts.view' },
  { to: '/try', name: 'tryit', icon: 'tryit', keys: 'g t', needs: null },
] as const satisfies readonly {
  to: string;
  name: string;
  icon: IconName;
  keys: string;
  needs: Permission | null;
}[];
