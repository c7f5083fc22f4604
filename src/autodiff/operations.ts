/**
 * @file The gradient table: every operation the tape knows, its forward kernels beside its backward ones. The
 * mathematics is in the kernels; here stands only which of them belong together.
 */
import * as kernels from '../kernels/index.js';
import type { AvgPoolOptions, MaxPoolOptions, Normalisation } from '../kernels/index.js';
import type { Tensor } from '../gpu/tensor.js';
import type { Conv2dOptions } from '../kernels/conv2d-geometry.js';
import type { Variable } from './tape.js';

/** max(x, 0), element by element. */
export function relu(x: Variable): Variable {
  const { recorder } = x.tape;
  return x.tape.record(kernels.relu(recorder, x.value), [x], (dy, _wants, [into]) => [
    kernels.reluBackward(recorder, x.value, dy, into),
  ]);
}

/** a + b, element by element; the tensors are of equal size. */
export function add(a: Variable, b: Variable): Variable {
  return a.tape.record(kernels.add(a.tape.recorder, a.value, b.value), [a, b], (dy) => [dy, dy]);
}

/** F·Fᵀ / (N·C·H·W) of feature maps [N, C, H, W]: their Gram matrix, [N·C, N·C]. */
export function gram(x: Variable): Variable {
  const { recorder } = x.tape;
  return x.tape.record(kernels.gram(recorder, x.value), [x], (dy, _wants, [into]) => [
    kernels.gramBackward(recorder, x.value, dy, into),
  ]);
}

/** What conv2d was given. */
export interface Convolution {
  x: Variable;
  weights: Variable;
  bias: Variable;
  options: Conv2dOptions;
}

/**
 * mse(gram(x), target, weight), a scalar, target being [N·C, N·C]: the style loss, whose gradient takes a shorter way
 * than through the two.
 *
 * @param of what x is the output of, with filters held fixed: the gradient may then go to that one's input at once, past
 *   x, for which the tape has no gradient of this loss then.
 */
export function gramMse(x: Variable, target: Variable, weight = 1, of?: Convolution): Variable {
  const { recorder } = x.tape;
  const g = kernels.gram(recorder, x.value);
  const goal = target.value;
  const past = of && !of.weights.needsGradient && !of.bias.needsGradient ? of : undefined;
  const convolution = past && {
    x: past.x.value,
    weights: past.weights.value,
    options: past.options,
    y: x.value,
  };
  return x.tape.record(
    kernels.mse(recorder, g, goal, weight),
    [x, target, ...(past ? [past.x] : [])],
    (dy, [wantsX, wantsTarget], [intoX, intoTarget, intoInput]) => {
      const error = { g, target: goal, weight, dy };
      const back = (): kernels.GramMseGradients =>
        convolution
          ? kernels.conv2dGramMseBackward(recorder, convolution, error, { y: intoX, x: intoInput })
          : { y: kernels.gramMseBackward(recorder, x.value, error, intoX) };
      const { y, x: input } = wantsX ? back() : {};
      return [
        y,
        wantsTarget ? kernels.mseBackward(recorder, goal, g, dy, weight, intoTarget) : undefined,
        input,
      ];
    },
  );
}

/** mean((weight·a − weight·b)²), a scalar; the tensors are of equal size. */
export function mse(a: Variable, b: Variable, weight = 1): Variable {
  const { recorder } = a.tape;
  const [x, y] = [a.value, b.value];
  if (!a.needsGradient || b.needsGradient) {
    return a.tape.record(
      kernels.mse(recorder, x, y, weight),
      [a, b],
      (dy, [wantsA, wantsB], [intoA, intoB]) => [
        wantsA ? kernels.mseBackward(recorder, x, y, dy, weight, intoA) : undefined,
        wantsB ? kernels.mseBackward(recorder, y, x, dy, weight, intoB) : undefined,
      ],
    );
  }
  // An error is mostly a part of what is to be made small, whose gradient with respect to it is 1: that to a is made on the
  // way forth, while both are at hand, for the first backward pass, which may add to it.
  const { error, gradient } = kernels.mseWithGradient(recorder, x, y, weight);
  let atHand: Tensor | undefined = gradient;
  return a.tape.record(error, [a, b], (dy, _wants, [into]) => {
    const made = dy.storage === recorder.gpu.one().storage ? atHand : undefined;
    if (made) atHand = undefined;
    return [made ?? kernels.mseBackward(recorder, x, y, dy, weight, into), undefined];
  });
}

/** The largest value in each window of feature maps [N, C, H, W]. */
export function maxPool2d(x: Variable, options: MaxPoolOptions): Variable {
  const { recorder } = x.tape;
  return x.tape.record(kernels.maxPool2d(recorder, x.value, options), [x], (dy, _wants, [into]) => [
    kernels.maxPool2dBackward(recorder, x.value, dy, options, into),
  ]);
}

/** The mean of each window of feature maps [N, C, H, W]. */
export function avgPool2d(x: Variable, options: AvgPoolOptions): Variable {
  const { recorder } = x.tape;
  return x.tape.record(kernels.avgPool2d(recorder, x.value, options), [x], (dy, _wants, [into]) => [
    kernels.avgPool2dBackward(recorder, x.value, dy, options, into),
  ]);
}

/** 2-D convolution of x [N, C, H, W] with weights [O, C, kH, kW] and a bias [O]. */
export function conv2d(
  x: Variable,
  weights: Variable,
  bias: Variable,
  options: Conv2dOptions = {},
): Variable {
  const { recorder } = x.tape;
  const [input, filters] = [x.value, weights.value];
  return x.tape.record(
    kernels.conv2d(recorder, input, filters, bias.value, options),
    [x, weights, bias],
    (dy, [wantsX, wantsWeights, wantsBias], [intoX, intoWeights, intoBias]) => [
      wantsX
        ? kernels.conv2dBackwardInput(recorder, dy, filters, input.shape, options, intoX, input)
        : undefined,
      wantsWeights
        ? kernels.conv2dBackwardWeights(recorder, input, dy, filters, options, intoWeights)
        : undefined,
      wantsBias ? kernels.conv2dBackwardBias(recorder, dy, intoBias) : undefined,
    ],
  );
}

/** factor·x, element by element. */
export function scale(x: Variable, factor: number): Variable {
  const { recorder } = x.tape;
  return x.tape.record(kernels.scaled(recorder, x.value, factor), [x], (dy, _wants, [into]) => {
    if (!into) return [kernels.scaled(recorder, dy, factor)];
    kernels.axpy(recorder, factor, dy, into);
    return [into];
  });
}

/** y[c] = factors[c] · x[c or 2 − c] + offsets[c], on images [N, 3, H, W]. */
export function normalise(x: Variable, normalisation: Normalisation): Variable {
  const { recorder } = x.tape;
  return x.tape.record(kernels.normalise(recorder, x.value, normalisation), [x], (dy, _wants, [into]) => [
    kernels.normaliseBackward(recorder, dy.view(x.value.shape), normalisation, into),
  ]);
}

/** min(max(x, low), high), element by element. */
export function clamp(x: Variable, low: number, high: number): Variable {
  const { recorder } = x.tape;
  return x.tape.record(kernels.clamped(recorder, x.value, low, high), [x], (dy, _wants, [into]) => [
    kernels.clampedBackward(recorder, x.value, dy, low, high, into),
  ]);
}

/** a·b, element by element; the tensors are of equal size. */
export function multiply(a: Variable, b: Variable): Variable {
  const { recorder } = a.tape;
  const [x, y] = [a.value, b.value];
  return a.tape.record(kernels.multiply(recorder, x, y), [a, b], (dy, [wantsA, wantsB], [intoA, intoB]) => [
    wantsA ? kernels.multiply(recorder, dy, y, intoA) : undefined,
    wantsB ? kernels.multiply(recorder, dy.view(y.shape), x, intoB) : undefined,
  ]);
}

/** Σx over all elements, a scalar. */
export function sum(x: Variable): Variable {
  const { recorder } = x.tape;
  return x.tape.record(kernels.sum(recorder, x.value), [x], (dy, _wants, [into]) => [
    kernels.expand(recorder, dy, x.value, into),
  ]);
}

/** Σ a·b over all elements, a scalar; the tensors are of equal size. */
export function dot(a: Variable, b: Variable): Variable {
  const { recorder } = a.tape;
  const [x, y] = [a.value, b.value];
  return a.tape.record(kernels.dot(recorder, x, y), [a, b], (dy, [wantsA, wantsB], [intoA, intoB]) => [
    wantsA ? kernels.scaledBy(recorder, dy, y.view(x.shape), intoA) : undefined,
    wantsB ? kernels.scaledBy(recorder, dy, x.view(y.shape), intoB) : undefined,
  ]);
}
