import { clearLine, cursorTo } from 'node:readline';

/** Says on a terminal what is being measured, in a line that the next output takes the place of. */
export class Progress {
  private readonly stream = process.stderr;
  private shown = false;

  show(what: string): void {
    if (!this.stream.isTTY) return;
    this.clear();
    this.stream.write(`${what.slice(0, this.stream.columns - 1)}`);
    this.shown = true;
  }

  /** Prints a line for good. */
  print(line: string): void {
    this.clear();
    console.log(line);
  }

  clear(): void {
    if (!this.shown) return;
    clearLine(this.stream, 0);
    cursorTo(this.stream, 0);
    this.shown = false;
  }
}
