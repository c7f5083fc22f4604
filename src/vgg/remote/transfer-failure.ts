/** How a failure is to be taken. */
interface Traits {
  /** May be gone when it is tried again. */
  readonly transient?: boolean;
  /** No server was reached. */
  readonly unreachable?: boolean;
  /** Milliseconds after which the server asks to come again. */
  readonly retryAfter?: number | undefined;
}

/** A transfer went wrong. The message is the end of a sentence: "the connection broke". */
export class TransferFailure extends Error {
  override readonly name = 'TransferFailure';
  readonly transient: boolean;
  readonly unreachable: boolean;
  readonly retryAfter: number | undefined;

  constructor(
    message: string,
    { transient = false, unreachable = false, retryAfter }: Traits = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.transient = transient;
    this.unreachable = unreachable;
    this.retryAfter = retryAfter;
  }
}

/** The file is not the one that it was when its fetching began; what was fetched of it cannot be used. */
export class FileChanged extends Error {
  override readonly name = 'FileChanged';

  constructor() {
    super('the file changed while it was being fetched');
  }
}

/** Codes of Node's network errors. A browser tells none of this. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host cannot be found',
  EAI_AGAIN: 'no name server answers',
  ECONNREFUSED: 'the connection is refused',
  ENETUNREACH: 'there is no network',
  EHOSTUNREACH: 'there is no way to its host',
  ETIMEDOUT: 'its host does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'its host does not answer',
};

/** OpenSSL's and Node's names for certificates that prove nothing. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|EPROTO/;

/** What `fetch` (then `connecting`), or reading what it gave, threw. */
export function networkFailure(error: unknown, connecting: boolean): TransferFailure {
  const code = findCode(error);
  const options = { cause: error };
  const unreachable = code === undefined ? undefined : UNREACHABLE[code];
  if (unreachable !== undefined) {
    return new TransferFailure(unreachable, { transient: true, unreachable: true }, options);
  }
  if (code !== undefined && CERTIFICATE.test(code)) {
    return new TransferFailure(`no secure connection can be made (${code})`, {}, options);
  }
  if (code === undefined && error instanceof Error && error.cause instanceof Error) {
    // Such as a loop of redirections. A browser tells no causes.
    return new TransferFailure(`the request fails (${error.cause.message})`, {}, options);
  }
  if (code === undefined && connecting) {
    return new TransferFailure('no connection can be made', { transient: true, unreachable: true }, options);
  }
  const detail = code === undefined || code === 'UND_ERR_SOCKET' ? '' : ` (${code})`;
  return new TransferFailure(`the connection broke${detail}`, { transient: true }, options);
}

/** In undici's errors the code is in a cause, sometimes of several. */
function findCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  const inner: unknown[] = [error.cause, ...(error instanceof AggregateError ? error.errors : [])];
  return inner.map(findCode).find((code) => code !== undefined);
}

const STATUS: Readonly<Record<number, string>> = {
  401: 'the server gives it to nobody without a password (401)',
  403: 'the server does not give it out (403)',
  404: 'there is no such file (404)',
  407: 'the proxy asks for a password (407)',
  410: 'the file is there no more (410)',
  416: 'the file is empty (416)',
  429: 'the server asks to come again later (429)',
};

/** An answer that is neither the file nor a part of it. */
export function statusFailure(status: number, retryAfter: string | null): TransferFailure {
  const transient = status >= 500 || [408, 425, 429].includes(status);
  const fault = status >= 500 ? `the server is at fault or busy (${status})` : undefined;
  const message = STATUS[status] ?? fault ?? `the server answers with status ${status}`;
  return new TransferFailure(message, { transient, retryAfter: parseRetryAfter(retryAfter) });
}

/** Seconds or a date (RFC 9110, 10.2.3), as milliseconds from now. */
function parseRetryAfter(text: string | null): number | undefined {
  if (text === null) return undefined;
  const milliseconds = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}
