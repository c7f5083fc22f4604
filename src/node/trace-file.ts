import { open, type FileHandle } from 'node:fs/promises';
import { UserError } from '../errors.js';
import type { Scores } from '../style/job.js';
import { fileReason } from './fs-errors.js';

/** The scores of a run as JSON lines, written as it goes. */
export class TraceFile {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  /**
   * Makes the file, or empties the one that is there.
   *
   * @throws UserError if it cannot be written.
   */
  static async create(path: string): Promise<TraceFile> {
    return explained(path, async () => new TraceFile(path, await open(path, 'w')));
  }

  /** Appends one line an evaluation: {"evaluation":1,"style":…,"content":…,"total":…}. */
  async write(scores: readonly Scores[]): Promise<void> {
    const lines = scores.map(
      ({ evaluation, style, content, total }) => `${JSON.stringify({ evaluation, style, content, total })}\n`,
    );
    await explained(this.path, () => this.file.writeFile(lines.join('')));
  }

  async close(): Promise<void> {
    await explained(this.path, () => this.file.close());
  }
}

async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new UserError(`Cannot write ${path}: ${fileReason(error)}.`, 2, { cause: error });
  }
}
