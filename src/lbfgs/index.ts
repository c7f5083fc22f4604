export type { Problem } from './buffers.js';
export { Lbfgs, type Report } from './lbfgs.js';
export { LineSearchLbfgs, type SearchStep } from './line-search.js';
export { cubicMinimum, type Probe, strongWolfe, type WolfeOptions } from './strong-wolfe.js';
export { type Bounds, HISTORY_BITS, type HistoryBits, type LbfgsOptions, MAX_HISTORY } from './options.js';
export type { LogEntry, Reason, State } from './state.js';
