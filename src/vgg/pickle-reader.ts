import { UserError } from '../errors.js';

/** The primitives of a pickle's bytes, each checked against the end. */
export class PickleReader {
  private at: number;
  private readonly view: DataView<ArrayBuffer>;

  constructor(
    private readonly name: string,
    private readonly bytes: Uint8Array<ArrayBuffer>,
    begin = 0,
  ) {
    this.at = begin;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  i32(): number {
    return this.view.getInt32(this.take(4), true);
  }

  /** The one number that a pickle writes with the highest byte first. */
  f64(): number {
    return this.view.getFloat64(this.take(8), false);
  }

  /** A two's complement integer of `length` bytes, lowest first; as a bigint if a double cannot count so far. */
  long(length: number): number | bigint {
    const start = this.take(length);
    let value = 0n;
    for (let i = 0; i < length; i++) value |= BigInt(this.bytes[start + i]!) << BigInt(8 * i);
    value = BigInt.asIntN(8 * length, value);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  text(length: number): string {
    const start = this.take(length);
    return new TextDecoder().decode(this.bytes.subarray(start, start + length));
  }

  /** Up to the next line feed, which is skipped. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.damaged('ends too early');
    const line = this.text(end - this.at);
    this.skip(1);
    return line;
  }

  /** Where the next byte is read. */
  get position(): number {
    return this.at;
  }

  skip(length: number): void {
    this.take(length);
  }

  /** To be thrown: `what` says, after "it", what is wrong with the pickle. */
  damaged(what: string): UserError {
    return new UserError(
      `${this.name} is no sound file of PyTorch weights: its list of tensors ${what}; save it again with ` +
        'torch.save(model.state_dict(), …).',
    );
  }

  private take(length: number): number {
    const start = this.at;
    if (length > this.bytes.length - start) throw this.damaged('ends too early');
    this.at += length;
    return start;
  }
}
