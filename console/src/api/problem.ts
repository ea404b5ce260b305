/** One field that the API refused. */
export interface FieldProblem {
  field: string;
  code: string;
  message: string;
}

interface ProblemBody {
  title?: string;
  detail?: string;
  code?: string;
  errors?: FieldProblem[];
}

/** Why a request got no answer at all. */
export type NoAnswer = 'offline' | 'unreachable' | 'timeout';

/** A refusal by the API: an RFC 9457 problem document, or whatever else came back. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: readonly FieldProblem[];
  /** What else the refusal tells, such as who was faster. */
  readonly more: Readonly<Record<string, unknown>>;

  constructor(status: number, body: unknown) {
    const problem: ProblemBody = typeof body === 'object' && body !== null ? body : {};
    super(problem.detail ?? problem.title ?? '');
    this.name = 'ApiError';
    this.status = status;
    this.code = problem.code ?? String(status);
    this.fields = problem.errors ?? [];
    this.more = problem as Readonly<Record<string, unknown>>;
  }

  /** The message for one field of a form, if that field was refused. */
  field(name: string): string | undefined {
    const about = this.fields.filter((one) => one.field === name || one.field.endsWith(`.${name}`));
    return about.map(({ message }) => message).join(' ') || undefined;
  }
}

/** No answer came: offline, refused connection, or too slow. */
export class ConnectionError extends Error {
  readonly reason: NoAnswer;

  constructor(reason: NoAnswer) {
    super(reason);
    this.name = 'ConnectionError';
    this.reason = reason;
  }
}

/** Worth asking again without a change: no answer, throttled or a fault of the server. */
export function isTransient(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  return error instanceof ApiError && (error.status >= 500 || error.status === 429);
}
