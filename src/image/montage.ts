import { CAPTION_HEIGHT, captionRoom, drawCaption } from './caption.js';
import { onWhite, toEightBits } from './pixels.js';
import type { Pixels, Pixels8 } from './pixels.js';
import { resizePreview } from './resize-preview.js';

export interface Panel {
  readonly pixels: Pixels;
  /** Set above the picture: letters, digits, spaces and `.-`, in capitals; shortened if it does not fit. */
  readonly caption?: string;
}

export interface MontageOptions {
  /** The height of every picture in pixels; that of the last one unless said otherwise. */
  readonly height?: number;
  /** White between the pictures and around them, in pixels. */
  readonly gap?: number;
}

/** A picture wider than this many heights is scaled down to fit, lest a strip push the others out of sight. */
const MAX_ASPECT = 4;

/**
 * Several pictures side by side on white, scaled to one height, each under its caption. Made for the preview
 * of content, style, start and result, where the result is last and so keeps its own pixels.
 *
 * @throws RangeError if there are no panels
 */
export function sideBySide(panels: readonly Panel[], options: MontageOptions = {}): Pixels8 {
  const last = panels.at(-1);
  if (last === undefined) throw new RangeError('a montage needs a picture');
  const { height = last.pixels.height, gap = 8 } = options;
  const dot = Math.max(2, Math.round(height / 160));
  const captioned = panels.some(({ caption }) => caption !== undefined && caption !== '');
  const top = gap + (captioned ? CAPTION_HEIGHT * dot + gap : 0);

  const pictures = panels.map(({ pixels }) => fit(toEightBits(onWhite(pixels)), height));
  const width = pictures.reduce((sum, picture) => sum + picture.width + gap, gap);
  const sheet: Pixels8 = {
    width,
    height: top + height + gap,
    data: new Uint8ClampedArray(4 * width * (top + height + gap)).fill(255),
  };
  let left = gap;
  pictures.forEach((picture, i) => {
    paste(sheet, picture, left, top + Math.floor((height - picture.height) / 2));
    const caption = (panels[i]!.caption ?? '').slice(0, captionRoom(picture.width, dot));
    drawCaption(sheet, caption, left, gap, dot);
    left += picture.width + gap;
  });
  return sheet;
}

function fit(picture: Pixels8, height: number): Pixels8 {
  const aspect = picture.width / picture.height;
  const fitted = aspect > MAX_ASPECT ? Math.max(1, Math.round((height * MAX_ASPECT) / aspect)) : height;
  const width = Math.max(1, Math.round(fitted * aspect));
  return width === picture.width && fitted === picture.height
    ? picture
    : resizePreview(picture, width, fitted);
}

function paste(sheet: Pixels8, picture: Pixels8, left: number, top: number): void {
  for (let y = 0; y < picture.height; y++) {
    const row = picture.data.subarray(4 * y * picture.width, 4 * (y + 1) * picture.width);
    sheet.data.set(row, 4 * ((top + y) * sheet.width + left));
  }
}
