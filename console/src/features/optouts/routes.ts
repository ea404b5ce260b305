/** Short names for what the opt-out routes of the API take and answer. */
import type { Channel, OptOutKind as Kind } from '../../api/consent';
import type { components } from '../../api/schema';

type Schemas = components['schemas'];

export type { Channel, Kind };
export type OptOut = Schemas['OptOutView'];
export type Source = OptOut['source'];
export type Added = Schemas['AddedView'];
/** Whom, and what about: a number, a contact or a whole group. */
export type NewOptOut = Schemas['NewOptOut'];
/** Many opt-outs in the background: a file, or the members of a group. */
export type Import = Schemas['ImportView'];
export type ImportState = Import['state'];
export type NewImport = Schemas['NewOptOutImport'];

export type OptOutFilter = Schemas['OptOutFilter'];

export { api as routes } from '../../api/client';
