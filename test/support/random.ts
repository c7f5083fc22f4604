/** @file The bench's seeded numbers, so that what is tested and what is benched works on the same. */
export { uniform } from '../../bench/random.js';
