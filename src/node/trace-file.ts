import { open, type FileHandle } from 'node:fs/promises';
import { UserError } from '../errors.js';
import type { Scores } from '../style/job.js';
import { fileReason } from './fs-errors.js';

/** The scores of a run as JSON lines, written as it goes. With the first, a file that is there makes room for it. */
export class TraceFile {
  private file: FileHandle | undefined;

  constructor(private readonly path: string) {}

  /**
   * Appends one line an evaluation: {"evaluation":1,"style":…,"content":…,"total":…}.
   *
   * @throws UserError if they cannot be written.
   */
  async write(scores: readonly Scores[]): Promise<void> {
    const lines = scores.map(
      ({ evaluation, style, content, total }) => `${JSON.stringify({ evaluation, style, content, total })}\n`,
    );
    await explained(this.path, async () => {
      this.file ??= await open(this.path, 'w');
      await this.file.writeFile(lines.join(''));
    });
  }

  async close(): Promise<void> {
    await explained(this.path, async () => this.file?.close());
  }
}

async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new UserError(`Cannot write ${path}: ${fileReason(error)}.`, 2, { cause: error });
  }
}
