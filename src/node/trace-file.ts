import { open, type FileHandle } from 'node:fs/promises';
import { UserError } from '../errors.js';
import type { Scores } from '../style/job.js';
import { fileReason } from './fs-errors.js';

/**
 * The scores of a run as JSON lines, written as it goes. With the first, a file that is there makes room for it. What
 * cannot be written is no reason to lose the picture: the run goes on without, and is told at its end.
 */
export class TraceFile {
  private file: FileHandle | undefined;
  private failed: UserError | undefined;

  constructor(private readonly path: string) {}

  /** Why there are no more lines, since the first that could not be written. */
  get failure(): UserError | undefined {
    return this.failed;
  }

  /** Appends one line an evaluation: {"evaluation":1,"style":…,"content":…,"total":…}. */
  async write(scores: readonly Scores[]): Promise<void> {
    const lines = scores.map(
      ({ evaluation, style, content, total }) => `${JSON.stringify({ evaluation, style, content, total })}\n`,
    );
    if (this.failed) return;
    await this.attempt(async () => {
      this.file ??= await open(this.path, 'w');
      await this.file.writeFile(lines.join(''));
    });
  }

  async close(): Promise<void> {
    await this.attempt(async () => this.file?.close());
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.failed ??= new UserError(`Cannot write ${this.path}: ${fileReason(error)}.`, 2, { cause: error });
    }
  }
}
