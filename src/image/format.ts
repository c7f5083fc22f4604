/** What a file is, told by its first bytes. */

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];

/** `beginning` means that the bytes are the start of such a file and end within its signature. */
export type Sniffed =
  | { readonly kind: 'png' | 'jpeg'; readonly beginning: boolean }
  | { readonly kind: 'other'; readonly looksLike: string | undefined };

export function sniff(bytes: Uint8Array): Sniffed {
  for (const [kind, signature] of [['png', PNG] as const, ['jpeg', JPEG] as const]) {
    const known = Math.min(signature.length, bytes.length);
    if (known > 0 && signature.slice(0, known).every((byte, i) => bytes[i] === byte)) {
      return { kind, beginning: known < signature.length };
    }
  }
  return { kind: 'other', looksLike: MAGIC.find(([test]) => test(bytes))?.[1] ?? lookLikeText(bytes) };
}

const at =
  (offset: number, ...strings: string[]) =>
  (bytes: Uint8Array): boolean =>
    strings.some((text) => latin1(bytes, offset, text.length) === text);

const MAGIC: readonly (readonly [(bytes: Uint8Array) => boolean, string])[] = [
  [at(0, 'GIF87a', 'GIF89a'), 'a GIF image'],
  [(bytes) => at(0, 'RIFF')(bytes) && at(8, 'WEBP')(bytes), 'a WebP image'],
  [(bytes) => at(0, 'BM')(bytes) && at(6, '\0\0\0\0')(bytes), 'a BMP image'],
  [at(0, 'II*\0', 'MM\0*', 'II+\0', 'MM\0+'), 'a TIFF or raw camera image'],
  [at(4, 'ftypavif', 'ftypavis'), 'an AVIF image'],
  [at(4, 'ftyphei', 'ftyphev', 'ftypmif1', 'ftypmsf1'), 'a HEIC image'],
  [at(4, 'ftyp'), 'a video'],
  [at(0, '\xff\x0a', '\0\0\0\x0cJXL '), 'a JPEG XL image'],
  [at(0, '\0\0\0\x0cjP  ', '\xff\x4f\xff\x51'), 'a JPEG 2000 image'],
  [at(0, '8BPS'), 'a Photoshop file'],
  [at(0, '%PDF'), 'a PDF document'],
  [at(0, 'PK\x03\x04'), 'a ZIP archive'],
  [at(0, '\x1f\x8b'), 'a gzip archive'],
];

function lookLikeText(bytes: Uint8Array): string | undefined {
  const head = bytes.subarray(0, 1024);
  // Text has no control characters but tab, line feed, form feed, carriage return and escape.
  if (head.some((byte) => byte < 9 || byte === 11 || (byte > 13 && byte < 27) || (byte > 27 && byte < 32))) {
    return undefined;
  }
  let text: string;
  try {
    // As a stream, so that a character cut in two by the end of `head` is no fault.
    text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch {
    return undefined;
  }
  if (/^\s*(<!doctype html|<html)/i.test(text)) return 'an HTML page';
  if (/<svg[\s>]/i.test(text)) return 'an SVG drawing';
  return 'a text file';
}

/** `length` bytes as a string of one character a byte, shorter at the end of the data. */
export function latin1(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}
