/** The typed client: signs each request, names the account, and turns refusals into errors. */
import createClient, { type Middleware } from 'openapi-fetch';
import { reportAnswer, reportFailure } from './connection';
import { ApiError, ConnectionError } from './problem';
import type { paths } from './schema';

/** Longer than the API's own 29 s limit, so that its answer wins over ours. */
const TIMEOUT_MS = 30_000;

/** What the client needs to know about the person signed in. */
export interface Credentials {
  token(): Promise<string | null>;
  account(): string | null;
  refused(): void;
}

let credentials: Credentials | null = null;

export function identifyWith(given: Credentials): void {
  credentials = given;
}

async function fetchWithLimit(request: Request): Promise<Response> {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(request, { signal: AbortSignal.any([request.signal, limit]) });
    if (response.status >= 500) reportFailure(Date.now());
    else reportAnswer();
    return response;
  } catch (error) {
    if (request.signal.aborted) throw error;
    reportFailure(Date.now());
    if (!navigator.onLine) throw new ConnectionError('offline');
    throw new ConnectionError(limit.aborted ? 'timeout' : 'unreachable');
  }
}

const identify: Middleware = {
  async onRequest({ request }) {
    const token = await credentials?.token();
    if (token) request.headers.set('Authorization', `Bearer ${token}`);
    const account = credentials?.account();
    if (account) request.headers.set('Assent-Account', account);
    return request;
  },
  onResponse({ response }) {
    if (response.status === 401) credentials?.refused();
  },
};

export const api = createClient<paths>({
  baseUrl: window.location.origin,
  fetch: fetchWithLimit,
});
api.use(identify);

/** Waits for an answer and returns its body; a refusal is thrown as an `ApiError`. */
export async function ask<Body>(
  call: Promise<{ data?: Body; error?: unknown; response: Response }>,
): Promise<Body> {
  const { data, error, response } = await call;
  if (!response.ok || data === undefined) throw new ApiError(response.status, error);
  return data;
}
