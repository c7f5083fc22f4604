import type { Greed } from './verdict.js';

/** How often over a step may take a file's size, in typed arrays. */
const TIMES = 4;

/**
 * What a step may take besides in typed arrays, whatever the file's size: the buffers that a protobuf reader or a hash
 * makes for itself, which hold a page or less.
 */
const ARRAYS_FLOOR = 16 * 1024;

/**
 * What a step may leave in objects, garbage included. src/vgg/description.ts bounds what becomes objects to 1 MiB of a
 * file; the files here have at most 64 KiB in all, of which each byte may become some dozen objects (an operation of a
 * pickle, a field of protobuf with its promises), at about 100 bytes each.
 */
const HEAP_FLOOR = 4 * 2 ** 20;
const HEAP_TIMES = 1000;

/**
 * Measures what steps allocate. With a young generation so large that the collector hardly ever runs, what is in use
 * grows by all that a step allocates, and not only by what it keeps; where it shrank, the collector did run.
 */
export class Meter {
  private last = process.memoryUsage();
  private worst: Greed = { arrays: 0, heap: 0, excessive: false, unsure: false };

  /** @param size of the file, in bytes. */
  constructor(private readonly size: number) {}

  /** Ends a step, and begins the next. */
  step(): void {
    const now = process.memoryUsage();
    const arrays = now.arrayBuffers - this.last.arrayBuffers;
    const heap = now.heapUsed - this.last.heapUsed;
    const { worst } = this;
    this.worst = {
      arrays: Math.max(worst.arrays, arrays),
      heap: Math.max(worst.heap, heap),
      excessive:
        worst.excessive ||
        arrays > TIMES * this.size + ARRAYS_FLOOR ||
        heap > HEAP_TIMES * this.size + HEAP_FLOOR,
      unsure: worst.unsure || arrays < 0 || heap < 0,
    };
    this.last = now;
  }

  /** The most that a step took. */
  get greed(): Greed {
    return this.worst;
  }
}
