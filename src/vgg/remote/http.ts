/** What is used of the answer that `fetch` gives. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: {
    /** A header's value, whatever its name's case. */
    get(name: string): string | null;
  };
  readonly body: {
    /** Begins to read; once. */
    getReader(): BodyReader;
  } | null;
}

export interface BodyReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}

/** What is used of `fetch`: the browser's own does, and that of Node or of undici. */
export type Fetch = (
  url: string,
  init: {
    readonly method: 'GET' | 'HEAD';
    readonly headers: Record<string, string>;
    readonly signal: AbortSignal;
    /** Kept in a place of our own, or not at all. */
    readonly cache: 'no-store';
  },
) => Promise<HttpResponse>;

/** What tells one state of a file from another: a strong ETag, or else the time of its last change. */
export interface Validator {
  readonly kind: 'etag' | 'date';
  readonly value: string;
}

/** A weak ETag promises less than equal bytes. Across origins only the date may be visible. */
export function validatorOf({ headers }: HttpResponse): Validator | undefined {
  const etag = headers.get('etag');
  if (etag !== null && !etag.startsWith('W/')) return { kind: 'etag', value: etag };
  const date = headers.get('last-modified');
  return date === null ? undefined : { kind: 'date', value: date };
}

/** `Content-Range: bytes 0-99/1000`; the size may be unknown. */
export function contentRange(text: string): { begin: number; end: number; size?: number } | undefined {
  const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(text.trim()) ?? [];
  if (first === undefined || last === undefined) return undefined;
  const range = { begin: Number(first), end: Number(last) + 1 };
  if (range.end <= range.begin || !Number.isSafeInteger(range.end)) return undefined;
  return size === '*' ? range : { ...range, size: Number(size) };
}

/** `Content-Length`, if it is that of the file and not of a compressed form of it. */
export function contentLength(response: HttpResponse): number | undefined {
  const text = response.headers.get('content-length');
  return text !== null && /^\d+$/.test(text) && !isCompressed(response) ? Number(text) : undefined;
}

/** Whether what arrives is not the file's own bytes: parts of a compressed form are of no use. */
export function isCompressed({ headers }: HttpResponse): boolean {
  return !['', 'identity'].includes(headers.get('content-encoding') ?? '');
}
