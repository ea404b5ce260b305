/** Who is signed in, in which account, and what the API says they may do there. */
import { createContext, useContext } from 'react';
import type { Account, AccountAccess, Me } from '../api/types';
import { recall, remember } from './storage';

/** The permission names of the API that the console looks at. */
export type Permission =
  | 'queue.view'
  | 'queue.move'
  | 'contacts.view'
  | 'contacts.edit'
  | 'contacts.import'
  | 'contacts.export'
  | 'contacts.delete'
  | 'contacts.delete_all'
  | 'groups.edit'
  | 'broadcasts.view'
  | 'broadcasts.send'
  | 'integrations.edit'
  | 'opt_outs.view'
  | 'opt_outs.edit'
  | 'opt_outs.import'
  | 'contacts.erase'
  | 'proof.export'
  | 'senders.edit'
  | 'account.edit';

export interface Access {
  me: Me;
  account: AccountAccess;
  /** Settings of the account; the time zone is that of the browser until they are read. */
  settings: Account | undefined;
  timeZone: string;
  can: (permission: Permission) => boolean;
  switchTo: (accountId: string) => void;
  signOut: () => void;
}

export const AccessContext = createContext<Access | null>(null);

export function useAccess(): Access {
  const access = useContext(AccessContext);
  if (!access) throw new Error('useAccess outside of a signed-in page');
  return access;
}

/** The account chosen in this tab, else the one chosen last in this browser. */
export function chosenAccount(): string | null {
  return recall('account', sessionStorage) ?? recall('account');
}

export function chooseAccount(id: string): void {
  remember('account', id, sessionStorage);
  remember('account', id);
}
