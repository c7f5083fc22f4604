import { UserError } from '../errors.js';

/** The optimisation left the numbers that a float32 can hold. */
export class DivergedError extends UserError {
  override readonly name = 'DivergedError';

  constructor(evaluation: number) {
    super(
      `The image diverged at evaluation ${evaluation} into numbers that are not finite, so there is no result; ` +
        'use --clamp robust, smaller weights (--style-weight, --content-weight) or other filters (--weights).',
      1,
    );
  }
}
