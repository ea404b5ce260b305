/**
 * Signing in and out through Cognito's managed login: authorization code with PKCE.
 *
 * The tokens stay in this tab's session storage, so closing the tab forgets them.
 */
import { UserManager, WebStorageStateStore, type User } from 'oidc-client-ts';
import { useSyncExternalStore } from 'react';
import type { Config } from '../config';
import { recall, remember } from '../storage';

export const CALLBACK_PATH = '/signed-in';

export type SessionState =
  { status: 'signed-out' } | { status: 'signed-in'; email: string } | { status: 'ended' };

/** The way back from the sign-in page failed; `code` is what the sign-in page said. */
export class SignInError extends Error {
  readonly code: string;

  constructor(code: string, detail: string) {
    super(detail);
    this.code = code;
  }
}

export class Session {
  readonly #config: Config;
  readonly #users: UserManager;
  readonly #listeners = new Set<() => void>();
  #state: SessionState = { status: 'signed-out' };
  #renewal: Promise<User | null> | null = null;

  constructor(config: Config) {
    this.#config = config;
    const store = new WebStorageStateStore({ store: window.sessionStorage });
    this.#users = new UserManager({
      authority: config.signInUrl,
      // Given here because the discovery document is at another host than the sign-in domain.
      metadata: {
        issuer: `https://cognito-idp.${config.region}.amazonaws.com/${config.userPoolId}`,
        authorization_endpoint: `${config.signInUrl}/oauth2/authorize`,
        token_endpoint: `${config.signInUrl}/oauth2/token`,
      },
      client_id: config.clientId,
      redirect_uri: window.location.origin + CALLBACK_PATH,
      response_type: 'code',
      scope: 'openid email profile',
      userStore: store,
      stateStore: store,
      automaticSilentRenew: true,
      loadUserInfo: false,
    });
    this.#users.events.addSilentRenewError(() => {
      this.end();
    });
  }

  /** Picks up the session of this tab, if there is one. */
  async resume(): Promise<void> {
    const user = await this.#users.getUser();
    if (user?.id_token && (!user.expired || user.refresh_token)) this.#signedIn(user);
  }

  /** Goes to the sign-in page and comes back to `returnTo`. */
  async signIn(returnTo = currentPlace()): Promise<void> {
    await this.#users.signinRedirect({ state: returnTo });
  }

  /** Ends the way back from the sign-in page; returns the place the person came from. */
  async completeSignIn(): Promise<string> {
    const answer = new URLSearchParams(window.location.search);
    const refused = answer.get('error');
    if (refused) throw new SignInError(refused, answer.get('error_description') ?? '');
    try {
      const user = await this.#users.signinRedirectCallback();
      this.#signedIn(user);
      return typeof user.state === 'string' && user.state.startsWith('/') ? user.state : '/';
    } catch (error) {
      throw new SignInError('callback', error instanceof Error ? error.message : '');
    }
  }

  /** Forgets the tokens and ends the session at the sign-in domain too, without a question. */
  async signOut(): Promise<void> {
    remember('was-signed-in', null);
    await this.#users.removeUser();
    // What this tab remembers may name contacts: the next person must not see it.
    window.sessionStorage.clear();
    const back = new URLSearchParams({
      client_id: this.#config.clientId,
      logout_uri: `${window.location.origin}/`,
    });
    window.location.assign(`${this.#config.signInUrl}/logout?${back}`);
  }

  /** The ID token, renewed when it is about to expire; null once the session has ended. */
  async token(): Promise<string | null> {
    const user = await this.#users.getUser();
    if (!user) return null;
    if ((user.expires_in ?? 0) > 30) return user.id_token ?? null;
    this.#renewal ??= this.#users.signinSilent().finally(() => {
      this.#renewal = null;
    });
    try {
      return (await this.#renewal)?.id_token ?? null;
    } catch {
      this.end();
      return null;
    }
  }

  /** The session is over: the person must sign in again. Tokens are gone, the page stays. */
  readonly end = (): void => {
    if (this.#state.status !== 'signed-in') return;
    remember('was-signed-in', null);
    void this.#users.removeUser();
    this.#set({ status: 'ended' });
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): SessionState => this.#state;

  #signedIn(user: User): void {
    remember('was-signed-in', '1');
    this.#set({ status: 'signed-in', email: user.profile.email ?? '' });
  }

  #set(state: SessionState): void {
    this.#state = state;
    this.#listeners.forEach((listener) => {
      listener();
    });
  }
}

/** This browser was signed in before and nobody signed out: the sign-in page may know them. */
export function wasSignedIn(): boolean {
  return recall('was-signed-in') === '1';
}

export function currentPlace(): string {
  const { pathname, search } = window.location;
  return pathname === CALLBACK_PATH ? '/' : pathname + search;
}

export function useSession(session: Session): SessionState {
  return useSyncExternalStore(session.subscribe, session.state);
}
