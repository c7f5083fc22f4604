/** What a batch should take: short enough that a run can be stopped at once, long enough that the GPU never waits. */
const TARGET_MS = 250;

/**
 * How many evaluations to submit at once, from how long those before took. Starts at one, since nothing is known of
 * the adapter then, and at most doubles.
 */
export class Pace {
  private size = 1;
  private perEvaluation: number | undefined;

  /** @param most the most evaluations in a batch, however short they are. */
  constructor(
    private readonly most: number,
    private readonly targetMs: number = TARGET_MS,
  ) {}

  /** Evaluations to submit next, from 1. */
  get batch(): number {
    return this.size;
  }

  /** Milliseconds an evaluation takes, once there is a measurement. */
  get milliseconds(): number | undefined {
    return this.perEvaluation;
  }

  /** Tells that `count` evaluations took `milliseconds`, with nothing else in between. */
  measured(count: number, milliseconds: number): void {
    const each = milliseconds / count;
    // A slow batch counts half, since one among many should not shrink the next; a fast one counts whole, since the
    // first of all includes what a driver compiles late, and takes a hundred times as long as those that follow.
    const before = this.perEvaluation ?? each;
    this.perEvaluation = Math.min(each, (before + each) / 2);
    const fitting = Math.floor(this.targetMs / Math.max(this.perEvaluation, this.targetMs / this.most));
    this.size = Math.max(1, Math.min(fitting, 2 * this.size, this.most));
  }
}
