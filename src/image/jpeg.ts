import jpeg from 'jpeg-js';
import { BadImage, damaged } from './bad-image.js';
import { readJpegLayout } from './jpeg-layout.js';
import type { JpegLayout } from './jpeg-layout.js';
import type { Orientation } from './orientation.js';
import type { Pixels8 } from './pixels.js';

/** The largest width and height a JPEG header can hold. */
const MAX_SIDE = 65535;

/**
 * Decodes a baseline or progressive JPEG, gray, colour or Adobe CMYK/YCCK, by way of jpeg-js. Colours follow
 * the file's own matrix; colour profiles are ignored, as in Pillow. jpeg-js repeats subsampled chroma instead
 * of interpolating it, so colour edges in 4:2:0 files are a pixel rougher than libjpeg's.
 *
 * @throws BadImage if the data are cut short, damaged, of a kind jpeg-js does not decode, or announce more than
 * `maxPixels` pixels
 */
export function decodeJpeg(
  bytes: Uint8Array,
  maxPixels: number,
): { pixels: Pixels8; orientation: Orientation } {
  const layout = readJpegLayout(bytes, maxPixels);
  const components = layout.componentIds.length;
  if (components === 4 && layout.adobeTransform === undefined) {
    // Whether 0 or 255 is full ink is said by Adobe's marker alone, and jpeg-js insists on it.
    throw new BadImage(
      'is a CMYK JPEG without the Adobe marker that says what its inks mean; save it as RGB',
    );
  }
  const { width, height, data } = decodeRaw(bytes, layout);
  const rgba = new Uint8ClampedArray(data.length);
  rgba.set(data);
  if (components === 3 && isYcc(layout)) yccToRgb(rgba);
  return { pixels: { width, height, data: rgba }, orientation: layout.orientation };
}

/** RGBA, save that the components of a file with three come as they are stored. */
function decodeRaw(bytes: Uint8Array, { componentIds, adobeOffset }: JpegLayout) {
  let file = bytes;
  if (componentIds.length === 3 && adobeOffset !== undefined) {
    // Adobe's marker would overrule `colorTransform`, so it is made unrecognisable.
    file = bytes.slice();
    file[adobeOffset] = 0;
  }
  try {
    return jpeg.decode(file, {
      useTArray: true,
      formatAsRGBA: true,
      // jpeg-js takes RGB for YCbCr at times, and truncates where it should round, which darkens the picture.
      ...(componentIds.length === 3 ? { colorTransform: false } : {}),
      // The size has been checked against the caller's limit; jpeg-js's own limits must not come first.
      maxResolutionInMP: Infinity,
      maxMemoryUsageInMB: Infinity,
    });
  } catch (error) {
    throw damaged('JPEG', error);
  }
}

/** YCbCr to RGB in place, as JFIF has it (ITU-T T.871, section 7). The clamped array rounds and clamps. */
function yccToRgb(data: Uint8ClampedArray): void {
  for (let i = 0; i < data.length; i += 4) {
    const y = data[i]!;
    const cb = data[i + 1]! - 128;
    const cr = data[i + 2]! - 128;
    data[i] = y + 1.402 * cr;
    data[i + 1] = y - (0.114 * 1.772 * cb + 0.299 * 1.402 * cr) / 0.587;
    data[i + 2] = y + 1.772 * cb;
  }
}

/**
 * Encodes as baseline JPEG without chroma subsampling; transparency is dropped.
 *
 * @param quality 1..100 on the scale of libjpeg's standard tables
 * @throws BadImage if a side is longer than the 65535 pixels that JPEG can express
 */
export function encodeJpeg(pixels: Pixels8, quality: number): Uint8Array {
  const { width, height, data } = pixels;
  if (width > MAX_SIDE || height > MAX_SIDE) {
    throw new BadImage(`would be ${width} × ${height} pixels, and a JPEG has at most ${MAX_SIDE}; use .png`);
  }
  const file = jpeg.encode({ width, height, data }, quality).data;
  return new Uint8Array(file.buffer, file.byteOffset, file.length);
}

/**
 * Whether three components are YCbCr and not RGB, by libjpeg's rules (jdapimin.c, default_decompress_parms):
 * JFIF means YCbCr, else Adobe's marker says, else components named R, G, B are that.
 */
function isYcc({ jfif, adobeTransform, componentIds }: JpegLayout): boolean {
  if (jfif) return true;
  if (adobeTransform !== undefined) return adobeTransform !== 0;
  return String.fromCharCode(...componentIds) !== 'RGB';
}
