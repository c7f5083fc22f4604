import { UserError } from 'scumble';

/** As the command line: 64 million pixels. */
const MOST_PIXELS = 64e6;

/** A picture as it was decoded, with a URL to show it by. */
export interface Decoded {
  name: string;
  pixels: ImageData;
  url: string;
}

/**
 * Decodes any picture that the browser knows, turned upright and in sRGB; transparency is laid on white by the library.
 *
 * @throws UserError for what is no picture, is damaged, or is too large.
 */
export async function decode(file: Blob, name: string): Promise<Decoded> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { premultiplyAlpha: 'none' });
  } catch (cause) {
    throw new UserError(
      `${name} is no picture that this browser can read; choose a JPEG, PNG, WebP or AVIF file.`,
      2,
      { cause },
    );
  }
  try {
    const { width, height } = bitmap;
    if (width * height > MOST_PIXELS) {
      throw new UserError(
        `${name} has ${width} × ${height} pixels, and at most 64 million can be read; scale it down first.`,
      );
    }
    return { name, pixels: read(bitmap, name), url: URL.createObjectURL(file) };
  } finally {
    bitmap.close();
  }
}

/** The pixels of a bitmap or of a video's present frame. */
export function read(source: ImageBitmap | HTMLVideoElement, name: string): ImageData {
  const [width, height] =
    source instanceof ImageBitmap ? [source.width, source.height] : [source.videoWidth, source.videoHeight];
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new UserError(`${name} is too large for this browser to read; scale it down first.`);
  context.drawImage(source, 0, 0);
  return context.getImageData(0, 0, width, height);
}

/** RGBA bytes as a PNG. */
export async function encodePng(pixels: ImageData): Promise<Blob> {
  const canvas = new OffscreenCanvas(pixels.width, pixels.height);
  canvas.getContext('2d')!.putImageData(pixels, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}
