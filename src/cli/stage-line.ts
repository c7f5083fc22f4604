import { clearLine, cursorTo } from 'node:readline';

/** Says on stderr what is being done: on a terminal in a line that the next takes the place of. */
export class StageLine {
  private shown = '';

  constructor(private readonly stream: NodeJS.WriteStream = process.stderr) {}

  /** @param stage words, then perhaps a colon and details. Where lines stay, details are left out and repeats too. */
  show(stage: string): void {
    const { stream } = this;
    if (stream.isTTY) {
      this.clear();
      stream.write(stage.slice(0, stream.columns - 1));
      this.shown = stage;
      return;
    }
    const [words = ''] = stage.split(':');
    if (words !== this.shown) stream.write(`${words} …\n`);
    this.shown = words;
  }

  /** Says something that is to stay. */
  note(line: string): void {
    this.clear();
    this.stream.write(`${line}\n`);
  }

  /** Leaves the line empty for other output. */
  clear(): void {
    if (!this.stream.isTTY || this.shown === '') return;
    clearLine(this.stream, 0);
    cursorTo(this.stream, 0);
    this.shown = '';
  }
}
