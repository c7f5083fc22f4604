import { requireShape } from '../gpu/errors.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { requireEqualSizes } from './elementwise.js';
import { gramGradient, requireGram } from './gram.js';
import { difference, type GramError } from './gram-symmetric.js';

/**
 * The gradient of mse(gram(x), target, weight) with respect to x, 4·weight²·(g − target)·F / (m²·N·C·H·W) · dy where
 * both matrices are symmetric: what `mseBackward` and `gramBackward` give one after the other, in one step less, and
 * without the gradient with respect to g in memory.
 *
 * @param x feature maps [N, C, H, W], whole or half
 * @param error with g = gram(x), [N·C, N·C]; `target` need not be symmetric, and dy is read on the GPU.
 * @param into a tensor of x's shape to add the gradient to; without it, new memory.
 * @returns `into`, or the new tensor.
 * @throws ShapeError when the shapes do not belong together.
 */
export function gramMseBackward(recorder: Recorder, x: Tensor, error: GramError, into?: Tensor): Tensor {
  requireGramError(x, error);
  return gramGradient(recorder, x, difference(recorder, error, x.size), into);
}

/** @throws ShapeError for what is no error of a Gram matrix of x. */
export function requireGramError(x: Tensor, { g, target, dy }: GramError): void {
  requireGram(x, g, (m) => `gramMse.dInput: ${x}'s Gram matrix must be ${m}, not ${g}.`);
  requireEqualSizes('gramMse.dInput', g, target);
  requireShape(dy.size === 1, () => `gramMse.dInput: the gradient of an error is a scalar, not ${dy}.`);
}
