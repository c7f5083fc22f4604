/**
 * Scumble in Node: WebGPU by way of Dawn, pictures and weights in files, and whole jobs on files as the command line does
 * them. What runs anywhere is in `scumble`.
 *
 * @packageDocumentation
 */
export { type AdapterReport, listAdapters } from './adapters.js';
export { cacheFolder } from './cache-folder.js';
export { type Dawn, type DawnOptions, openDawn } from './dawn.js';
export { NodeEngine, type NodeEngineOptions, openEngine } from './engine.js';
export { openFilters } from './filters.js';
export { assertWritable, readImage, type ReadOptions, writeImage } from './image-files.js';
export { openRandomAccessFile } from './random-access-file.js';
export {
  stylizeFiles,
  type StylizeHooks,
  type StylizeOutcome,
  type StylizeRequest as FilesRequest,
} from './stylize.js';
export { Tuning, type TuningOptions } from './tuning.js';
