export { Lbfgs, type Problem, type Report } from './lbfgs.js';
export { type Bounds, type LbfgsOptions, MAX_HISTORY } from './options.js';
export type { LogEntry, Reason, State } from './state.js';
