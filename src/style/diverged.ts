import { UserError } from '../errors.js';
import type { StyleOptions } from './options.js';

/** The optimisation left the numbers that a float32 can hold. */
export class DivergedError extends UserError {
  override readonly name = 'DivergedError';

  constructor(evaluation: number, clamp: StyleOptions['clamp']) {
    super(
      `The image diverged at evaluation ${evaluation} into numbers that are not finite, so there is no result; ` +
        `use ${clamp === 'robust' ? '' : 'the clamp robust (--clamp), '}smaller weights (--style-weight, --content-weight) or other ` +
        'filters (--weights).',
      1,
    );
  }
}
