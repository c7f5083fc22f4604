import type { Check } from './protocol.js';
import { LOW_PRECISION } from './systems.js';

/** A system does not compute what the others do, so its times are not to be compared. */
export class MismatchError extends Error {
  override readonly name = 'MismatchError';
}

/**
 * How far systems may be apart, relative. A Gram matrix at 512² sums 262,144 products in float32, each library in an order
 * of its own: some √262,144 · 2⁻²⁴ = 3e-5 for a loss, and more where gradients of either sign cancel. Another padding,
 * pool, scale or set of weights shows in the first two digits.
 */
const TOLERANCE: Readonly<Record<keyof Check, number>> = {
  style: 1e-4,
  content: 1e-4,
  gradientSum: 1e-3,
  gradientMax: 1e-3,
};

/** TF32 rounds every factor to 2⁻¹¹ = 5e-4, in five layers one after the other, forward and backward. */
const LOW_PRECISION_TOLERANCE = 2e-2;

const FIELDS = Object.keys(TOLERANCE) as (keyof Check)[];

/** The relative difference in each figure. */
export function deviations(check: Check, reference: Check): Check {
  const [style, content, gradientSum, gradientMax] = FIELDS.map(
    (field) => Math.abs(check[field] - reference[field]) / Math.abs(reference[field]),
  ) as [number, number, number, number];
  return { style, content, gradientSum, gradientMax };
}

/**
 * Makes sure that all systems compute the same losses and the same gradient.
 *
 * @param reference the name of the one that the others are held to.
 * @throws MismatchError naming the system and the figure.
 */
export function requireAgreement(
  size: number,
  checks: Readonly<Record<string, Check>>,
  reference: string,
): void {
  for (const [name, check] of Object.entries(checks)) {
    const apart = deviations(check, checks[reference]!);
    for (const field of FIELDS) {
      const tolerance = LOW_PRECISION.has(name) ? LOW_PRECISION_TOLERANCE : TOLERANCE[field];
      // A NaN is no agreement either.
      if (apart[field] <= tolerance) continue;
      throw new MismatchError(
        `${name} does not compute what ${reference} does at ${size}²: ${field} is ${check[field]} against ` +
          `${checks[reference]![field]}, apart by ${apart[field].toExponential(1)}, more than ${tolerance}.`,
      );
    }
  }
}
