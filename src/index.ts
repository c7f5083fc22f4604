/**
 * Neural style transfer on bare WebGPU. `createEngine` is where to begin; the layers below it are public too:
 * tensors and programs, kernels, the tape, VGG-19, and L-BFGS. Nothing here touches files, the network (but by the `fetch`
 * that `fetchVgg19` is given) or, but for `navigator.gpu` where `createEngine` is given no device, any global; for Node there is `scumble/node` beside it.
 *
 * @packageDocumentation
 */
export {
  createEngine,
  Engine,
  type EngineOptions,
  type EngineState,
  type StylizeRequest,
  type TuningOptions,
} from './engine/engine.js';
export { type Budget, Job } from './engine/job.js';
export type { BufferPicture, Picture } from './engine/pictures.js';
export type { WeightsInput } from './engine/weights-input.js';

export { UserError } from './errors.js';
export {
  CompilationError,
  DeviceLostError,
  GpuError,
  type GpuErrorKind,
  LimitError,
  OutOfMemoryError,
  ShapeError,
  ValidationError,
} from './gpu/errors.js';

export { type StyleImages, type JobHooks, type Scores, StyleJob } from './style/job.js';
export type { Objective, Targets } from './style/objective.js';
export {
  DEFAULTS,
  type PresetName,
  PRESETS,
  resolveStyleOptions,
  type Start,
  type StyleOptions,
} from './style/options.js';
export { DivergedError } from './style/diverged.js';
export type { Progress } from './style/runner.js';

export {
  findLayer,
  layerSizes,
  layersUpTo,
  VGG19_LAYERS,
  type VggLayer,
  type VggLayerKind,
  type VggLayerSize,
} from './vgg/layers.js';
export { type Pooling, recordVgg, VggFilters } from './vgg/network.js';
export { openWeights } from './vgg/open-weights.js';
export {
  type BlobStore,
  type CacheLike,
  cacheStore,
  type CacheStorageLike,
  type Fetch,
  FetchError,
  type FetchedVgg19,
  fetchVgg19,
  forgivingStore,
  type FetchVgg19Options,
  findKept,
  type HttpResponse,
  memoryStore,
  type RetryPolicy,
  StoreError,
  type TransferProgress,
  VGG19_SOURCES,
} from './vgg/remote/index.js';
export {
  type Preprocessing,
  type PreprocessingChoice,
  type PreprocessingName,
  PREPROCESSINGS,
} from './vgg/preprocessing.js';
export { blobRandomAccess } from './vgg/blob-random-access.js';
export { memoryRandomAccess, type RandomAccess } from './vgg/random-access.js';
export {
  type ConvolutionGraph,
  type ConvolutionTensors,
  type ConvolutionWeights,
  loadVggWeights,
  type TensorInfo,
  type WeightSource,
} from './vgg/weights.js';

export * from './lbfgs/index.js';

export { type Backward, Tape, Variable } from './autodiff/tape.js';
/** The operations that a tape can differentiate. */
export * as operations from './autodiff/operations.js';

/** All kernels, forward and backward, each recording into a `Recorder`. */
export * as kernels from './kernels/index.js';
export type { TexelFormat } from './kernels/index.js';
export type { Conv2dOptions, Padding } from './kernels/conv2d-geometry.js';

export {
  type Access,
  type Binding,
  type Dispatch,
  type Piece,
  read,
  uniform,
  update,
  write,
} from './gpu/dispatch.js';
export { Encoding } from './gpu/encoding.js';
export type { AdapterFacts } from './gpu/facts.js';
export { Gpu } from './gpu/gpu.js';
export { type MemoryReport, Program, runAll } from './gpu/program.js';
export { Recorder } from './gpu/recorder.js';
export { type Shape, type Storage, Tensor, type Texels } from './gpu/tensor.js';
export { canTimeSteps, RunTimer, type Span, StepTimer, timeRuns } from './gpu/timing.js';
export type { Measured } from './gpu/tuning/rank.js';
export type { DType } from './gpu/wgsl-types.js';

export type { Pixels, Pixels8, PlanarImage } from './image/pixels.js';
export { fromPlanar, toPlanar } from './image/pixels.js';
