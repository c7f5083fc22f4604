/** What a batch should take: short enough that a run can be stopped at once, long enough that the GPU never waits. */
const TARGET_MS = 250;

/**
 * How much work to submit at once, counted in pieces (evaluations, or parts of one), from how long those before took.
 * Starts at one, since nothing is known of the adapter then, and at most doubles.
 */
export class Pace {
  /** What the last batch may grow to. */
  private growth = 1;
  private perPiece: number | undefined;

  /** @param most the most pieces in a batch, however short they are. */
  constructor(
    private readonly most: number,
    private readonly targetMs: number = TARGET_MS,
  ) {}

  /** Pieces to submit next, from 1. */
  get batch(): number {
    return this.fitting(this.targetMs);
  }

  /** Pieces to submit next if they are to take so many milliseconds, from 1. */
  fitting(milliseconds: number): number {
    if (this.perPiece === undefined) return 1;
    return Math.max(1, Math.floor(Math.min(milliseconds / this.perPiece, this.growth, this.most)));
  }

  /** Tells that `count` pieces took `milliseconds`, with nothing else in between. */
  measured(count: number, milliseconds: number): void {
    const each = milliseconds / count;
    // A slow batch counts half, since one among many should not shrink the next; a fast one counts whole, since the
    // first of all includes what a driver compiles late, and takes a hundred times as long as those that follow.
    const before = this.perPiece ?? each;
    this.perPiece = Math.min(each, (before + each) / 2);
    this.growth = 2 * count;
  }
}
