/**
 * Raised inside the decoders with what is wrong with the bytes, as the end of a sentence that begins with the
 * file's name ("is cut short; copy it again"). Only decode.ts sees it: it knows the name.
 */
export class BadImage extends Error {
  override readonly name = 'BadImage';
}

export function cutShort(format: string): BadImage {
  return new BadImage(`is cut short: its ${format} data stop before the picture ends; copy or save it again`);
}

export function damaged(format: string, cause?: unknown): BadImage {
  return new BadImage(`is damaged: its ${format} data make no sense; copy or save it again`, { cause });
}

/** @throws BadImage if the size a header announces is empty or has more pixels than `maxPixels` */
export function checkSize(format: string, width: number, height: number, maxPixels: number): void {
  if (width === 0 || height === 0) {
    throw new BadImage(
      `is damaged: its ${format} header announces ${width} × ${height} pixels; save it again`,
    );
  }
  if (width * height > maxPixels) {
    throw new BadImage(
      `is too large: ${width} × ${height} is ${megapixels(width * height)} megapixels, ` +
        `and at most ${megapixels(maxPixels)} can be read; scale it down first`,
    );
  }
}

function megapixels(pixels: number): string {
  const millions = pixels / 1e6;
  return millions >= 10 ? String(Math.ceil(millions)) : millions.toPrecision(2);
}
