import { MultiBar, type SingleBar } from 'cli-progress';
import type { TransferProgress } from '../vgg/remote/index.js';
import { minutes } from './progress.js';

const BAR_WIDTH = 30;

/** "2.2 MB": decimal megabytes, as networks count them. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The bar of a transfer that gets so many bytes a second. */
function transferLine({ done, total }: TransferProgress, perSecond: number): string {
  const filled = Math.round((BAR_WIDTH * done) / Math.max(total, 1));
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const left = perSecond > 0 ? `  ${minutes(((total - done) / perSecond) * 1000)} left` : '';
  return `${bar} ${(done / 1e6).toFixed(1)}/${megabytes(total)}  ${megabytes(perSecond)}/s${left}`;
}

/** What a transfer shows on a terminal. Elsewhere it shows nothing. */
export class TransferBar {
  private bars: MultiBar | undefined;
  private bar: SingleBar | undefined;
  private begun: { at: number; done: number } | undefined;
  private now: TransferProgress = { done: 0, total: 0 };

  constructor(private readonly output: NodeJS.WriteStream = process.stdout) {}

  /** The first call makes the bar. */
  show(progress: TransferProgress): void {
    this.begun ??= { at: performance.now(), done: progress.done };
    this.now = progress;
    if (!this.output.isTTY) return;
    this.bars ??= new MultiBar({
      stream: this.output,
      format: () => transferLine(this.now, this.perSecond),
      clearOnComplete: true,
      hideCursor: true,
      // A signal ends the transfer in its own way, and the bar with it.
      gracefulExit: false,
    });
    this.bar ??= this.bars.create(progress.total, 0);
    this.bar.setTotal(progress.total);
    this.bar.update(progress.done);
  }

  /** Prints a sentence on stderr without breaking the bar. */
  note(sentence: string): void {
    const line = `scumble: ${sentence}\n`;
    if (this.bars?.isActive) this.bars.log(line);
    else process.stderr.write(line);
  }

  /** Takes the bar away. Idempotent. */
  stop(): void {
    if (!this.bars) return;
    this.bars.update();
    this.bars.stop();
    this.bars = undefined;
    this.bar = undefined;
  }

  private get perSecond(): number {
    if (!this.begun) return 0;
    const seconds = (performance.now() - this.begun.at) / 1000;
    return seconds > 0.2 ? (this.now.done - this.begun.done) / seconds : 0;
  }
}
