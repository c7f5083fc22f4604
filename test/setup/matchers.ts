import { expect } from 'vitest';

/** How far numbers may lie from the oracle's. A pair passes when |a − e| ≤ absolute + relative · |e|. */
export interface Tolerance {
  relative?: number;
  absolute?: number;
}

interface CloseMatchers<R> {
  /** Every element within the tolerance; the lengths must be equal, and NaN is close to nothing. */
  toBeAllClose(expected: ArrayLike<number>, tolerance: Tolerance): R;
  /** ‖a − e‖ / ‖e‖ (Euclidean) at most `tolerance`. */
  toBeNear(expected: ArrayLike<number>, tolerance: number): R;
}

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type, @typescript-eslint/no-explicit-any -- vitest's own signature
  interface Matchers<T = any> extends CloseMatchers<T> {}
}

expect.extend({
  toBeAllClose(
    actual: ArrayLike<number>,
    expected: ArrayLike<number>,
    { relative = 0, absolute = 0 }: Tolerance,
  ) {
    if (actual.length !== expected.length) {
      return { pass: false, message: () => `expected ${expected.length} numbers, got ${actual.length}` };
    }
    const wrong: number[] = [];
    for (let i = 0; i < actual.length; i++) {
      const allowed = absolute + relative * Math.abs(expected[i]!);
      if (!(Math.abs(actual[i]! - expected[i]!) <= allowed)) wrong.push(i);
    }
    const listed = wrong.slice(0, 8).map((i) => `  [${i}] ${actual[i]} instead of ${expected[i]}`);
    return {
      pass: wrong.length === 0,
      message: () => `${wrong.length} of ${actual.length} numbers are off:\n${listed.join('\n')}`,
    };
  },

  toBeNear(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) {
    let difference = 0;
    let norm = 0;
    for (let i = 0; i < expected.length; i++) {
      difference += (actual[i]! - expected[i]!) ** 2;
      norm += expected[i]! ** 2;
    }
    const distance = Math.sqrt(difference / norm);
    return {
      pass: actual.length === expected.length && distance <= tolerance,
      message: () => `relative distance ${distance.toExponential(2)}, allowed ${tolerance}`,
    };
  },
});
