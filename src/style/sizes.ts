import { requireWhole } from '../checks.js';
import { UserError } from '../errors.js';

/** Width and height in whole pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface SizeRequest {
  /** The shorter side of both pictures in pixels, enlarging or shrinking; omitted, they keep it unless too large. */
  size?: number | undefined;
  /** The shorter side that a picture may keep where `size` is omitted. */
  most: number;
  /** Whether squares are cut out of both after scaling. */
  crop: boolean;
  /** Whether the two have to be of one size, as under the preset `seed`. */
  equal: boolean;
}

/** The shorter side that may be asked for, in pixels. */
export const SIZES = [1, 65_535] as const;

/** @throws UserError for a size that is asked for and cannot be. */
export function requireSize(size: number | undefined): void {
  if (size !== undefined) requireWhole('size', size, SIZES);
}

/** What is to be done to two pictures before the network sees them. */
export interface SizePlan {
  /** What each is scaled to; its own size where nothing is to be done. */
  content: Size;
  style: Size;
  /** The side of the squares to cut out of both then. */
  square: number | undefined;
}

/**
 * The size of a picture whose shorter side is made `shorter` pixels, the longer one in proportion and rounded down:
 * torchvision's `Resize(int)`, which is the seed's `Scale`.
 */
export function scaledSize({ width, height }: Size, shorter: number): Size {
  // No side of a picture vanishes: the longer one is at least as long as the shorter.
  return width <= height
    ? { width: shorter, height: Math.trunc((shorter * height) / width) }
    : { width: Math.trunc((shorter * width) / height), height: shorter };
}

/**
 * Decides to which sizes two pictures are brought. Pure.
 *
 * @throws UserError if they are to be of equal size and would not be, or the size is no whole number of 1..65535
 */
export function planSizes(content: Size, style: Size, { size, most, crop, equal }: SizeRequest): SizePlan {
  requireSize(size);
  const [own, other] = [shorterSide(content), shorterSide(style)];
  // Squares have to be of one size, so without a size asked for it is the largest that neither enlarges.
  const square = crop ? (size ?? Math.min(most, own, other)) : undefined;
  const target = (picture: Size, side: number) => scaledSize(picture, square ?? size ?? Math.min(most, side));
  const plan = { content: target(content, own), style: target(style, other), square };
  if (equal && square === undefined && !sameSize(plan.content, plan.style)) {
    throw new UserError(
      `The preset seed needs a content and a style image of one size, and these would be ${times(plan.content)} and ` +
        `${times(plan.style)} pixels; cut both to one size first (--crop centre or --crop random).`,
    );
  }
  return plan;
}

/**
 * Makes sure that a picture to start from has the proportions of the content, up to the rounding of a side, so that
 * scaling it does not distort it.
 *
 * @throws UserError otherwise
 */
export function requireProportions(name: string, picture: Size, content: Size): void {
  const scaled = scaledSize(picture, shorterSide(content));
  const off = (side: 'width' | 'height') => Math.abs(scaled[side] - content[side]) > 1;
  if (off('width') || off('height')) {
    throw new UserError(
      `${name} has ${times(picture)} pixels and cannot be scaled to the content's ${times(content)} without ` +
        'distortion; start from a picture of the same proportions.',
    );
  }
}

function shorterSide({ width, height }: Size): number {
  return Math.min(width, height);
}

export function sameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}

/** "640×480". */
export function times({ width, height }: Size): string {
  return `${width}×${height}`;
}
