/** @file All kernels, forward and backward. Each records into a Recorder and returns its output tensor. */
export { add } from './add.js';
export { avgPool2d, avgPool2dBackward, type AvgPoolOptions } from './average-pool.js';
export { append, pairsSince, ringShape } from './append.js';
export { axpy } from './axpy.js';
export { clamp, clamped, clampedBackward } from './clamp.js';
export { conv2d, conv2dBackwardBias, conv2dBackwardInput, conv2dBackwardWeights } from './conv2d.js';
export { conv2dGramMseBackward, type GramConvolution, type GramMseGradients } from './conv2d-gram-mse.js';
export { copy } from './copy.js';
export { crop, type CropWindow } from './crop.js';
export { fill } from './fill.js';
export { gram, gramBackward } from './gram.js';
export { gramMseBackward } from './gram-mse.js';
export type { GramError } from './gram-symmetric.js';
export {
  packImage,
  type PackOptions,
  pixelBytes,
  pixelWords,
  TEXEL_FORMATS,
  type TexelFormat,
  texelWords,
  unpackImage,
  type UnpackOptions,
} from './image.js';
export { maxPool2d, maxPool2dBackward, type MaxPoolOptions } from './max-pool.js';
export { mse, mseBackward, mseWithGradient } from './mse.js';
export { multiply } from './multiply.js';
export { normalNoise, uniformNoise, type NormalNoise, type UniformNoise } from './noise.js';
export { normalise, normaliseBackward, type Normalisation } from './normalise.js';
export type { PoolOptions } from './pool-geometry.js';
export { dot, maxAbs, sum, sumAbs } from './reduce.js';
export { relu, reluBackward } from './relu.js';
export { resize } from './resize.js';
export { expand, scale, scaled, scaledBy } from './scale.js';
