// Flags in plan[0].w; src/lbfgs/state.ts names them for the host.
const ACT = 1u; // a direction is wanted
const MOVE = 2u;
const BEST = 4u; // x is the best so far
const RESTORE = 8u; // back to the best
const STEEPEST = 16u;
const KEPT = 32u;
const ENTRY = 64u;
const DROPPED = 128u; // the history was emptied
