import { UserError } from '../errors.js';

/** Where a square may be cut out of a picture. */
export type CropMode = 'random' | 'centre';

export const CROP_MODES: readonly CropMode[] = ['random', 'centre'];

/** Where a crop begins, in whole pixels from the picture's upper left corner. */
export interface CropOrigin {
  top: number;
  left: number;
}

/**
 * Where to cut `height` × `width` out of a picture: in its centre, halves rounded to even (torchvision's
 * `CenterCrop`), or anywhere with equal probability (`RandomCrop`, whose own draws are PyTorch's and not ours).
 *
 * @param draw gives numbers in [0, 1); called twice for a random crop, for the row and then for the column.
 * @throws UserError if the picture is smaller than that.
 */
export function cropOrigin(
  picture: { height: number; width: number },
  { height, width }: { height: number; width: number },
  mode: CropMode,
  draw: () => number,
): CropOrigin {
  const spareRows = picture.height - height;
  const spareColumns = picture.width - width;
  if (spareRows < 0 || spareColumns < 0) {
    throw new UserError(
      `A picture of ${picture.width}×${picture.height} is too small to crop ${width}×${height} out of it; ` +
        'choose a smaller size (--size).',
    );
  }
  if (mode === 'centre') return { top: halfToEven(spareRows), left: halfToEven(spareColumns) };
  return { top: Math.floor(draw() * (spareRows + 1)), left: Math.floor(draw() * (spareColumns + 1)) };
}

/** n/2 rounded as Python does: 1 → 0, 3 → 2, 5 → 2. */
function halfToEven(n: number): number {
  const floor = Math.floor(n / 2);
  return n % 2 === 1 && floor % 2 === 1 ? floor + 1 : floor;
}
