/** Short names for what the API answers about consent, derived from the generated schema. */
import { ApiError } from './problem';
import type { components } from './schema';

type Schemas = components['schemas'];

export type Channel = Schemas['Channel'];
export type MarkedStatus = Schemas['ChannelStatus'];
export type ConsentContact = Schemas['ContactView'];
export type ConsentGroup = Schemas['ContactGroup'];
/** Whose decision an opt-out is: the account's own, or the contact's will. */
export type OptOutKind = Schemas['OptOutView']['kind'];
export type NewOptOut = Schemas['NewOptOut'];
export type Chain = Schemas['ChainView'];
export type ProofCheck = Schemas['ChainCheckView'];
/** A message that may be an opt-out. */
export type Doubt = Schemas['DoubtView'];
export type SenderChange = Schemas['SenderChange'];
export type JoinWord = Schemas['JoinWordView'];

/** Waits for an answer that has no body; a refusal is thrown as an `ApiError`. */
export async function done(call: Promise<{ error?: unknown; response: Response }>): Promise<void> {
  const { error, response } = await call;
  if (!response.ok) throw new ApiError(response.status, error);
}
