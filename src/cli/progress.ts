import { MultiBar, type SingleBar } from 'cli-progress';
import type { Scores } from '../style/job.js';

/** The seed prints its scores as often. */
const EVALUATIONS_A_LINE = 50;

const BAR_WIDTH = 30;

/** "0m 12s", whole seconds rounded, as the seed tells time. */
export function minutes(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
}

/** Three significant digits, and no fewer than there are before the point: "0.852", "12.3", "1040". */
export function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** The line the seed prints for an evaluation. */
export function scoreLine({ evaluation, style, content }: Scores): string {
  return `run ${evaluation}: Style Loss : ${style.toFixed(6)} Content Loss: ${content.toFixed(6)}`;
}

/** The bar of a run that has done `done` of `total` evaluations, at so many a second. */
export function barLine(done: number, total: number, perSecond: number): string {
  const filled = Math.round((BAR_WIDTH * done) / total);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const left = perSecond > 0 ? `${minutes(((total - done) / perSecond) * 1000)} left` : 'starting';
  return `${bar} ${done}/${total}  ${figure(perSecond)} evaluations/s  ${left}`;
}

/** What a run shows on stdout: a line of scores now and then, and below them a bar where that is a terminal. */
export class Progress {
  private readonly begun = performance.now();
  private first: { evaluation: number; at: number } | undefined;
  private last: { evaluation: number; at: number } | undefined;
  private readonly bars: MultiBar | undefined;
  private readonly bar: SingleBar | undefined;

  constructor(
    total: number,
    private readonly output: NodeJS.WriteStream = process.stdout,
  ) {
    if (!output.isTTY) return;
    this.bars = new MultiBar({
      stream: output,
      format: (_, { value }) => barLine(value, total, this.perSecond),
      clearOnComplete: true,
      hideCursor: true,
      // A signal ends the run in its own way, and the bar with it.
      gracefulExit: false,
    });
    this.bar = this.bars.create(total, 0);
  }

  /** Milliseconds since the run began. */
  get elapsed(): number {
    return performance.now() - this.begun;
  }

  /** Evaluations a second, without the first ones: drivers compile at the first run what they were given before. */
  get perSecond(): number {
    const { first, last } = this;
    if (!first || !last) return 0;
    if (last.evaluation === first.evaluation)
      return (1000 * last.evaluation) / Math.max(last.at - this.begun, 1);
    return (1000 * (last.evaluation - first.evaluation)) / Math.max(last.at - first.at, 1);
  }

  show(scores: readonly Scores[]): void {
    for (const each of scores.filter(({ evaluation }) => evaluation % EVALUATIONS_A_LINE === 0)) {
      this.note(scoreLine(each));
    }
    const newest = scores.at(-1);
    if (!newest) return;
    this.last = { evaluation: newest.evaluation, at: performance.now() };
    this.first ??= this.last;
    this.bar?.update(newest.evaluation);
  }

  /** Prints a line, above the bar. */
  note(line: string): void {
    if (this.bars?.isActive) this.bars.log(`${line}\n`);
    else this.output.write(`${line}\n`);
  }

  /** Takes the bar away and leaves the lines. Idempotent. */
  stop(): void {
    if (!this.bars?.isActive) return;
    // Lines wait for the next redraw, and stopping cancels it.
    this.bars.update();
    this.bars.stop();
  }
}
