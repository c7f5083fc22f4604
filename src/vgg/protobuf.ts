import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { UserError } from '../errors.js';
import type { RandomAccess } from './random-access.js';

/** Bytes of a file from `begin` to before `end`: a message, a text, numbers in a row. */
export interface Span {
  readonly begin: number;
  readonly end: number;
}

/** One field of a message; nothing of what it holds has been read but for a varint. */
export interface Field {
  /** As the format's .proto file counts it. */
  readonly number: number;
  readonly type: WireType;
  /** What a varint holds; 0 in other types. */
  readonly value: bigint;
  /** Where what it holds stands. */
  readonly span: Span;
}

/** A tag and a varint or length behind it are no longer. */
const MAX_FIELD_HEAD = 20;

/** How much is read at once while looking for fields. */
const PAGE_BYTES = 4096;

/** VGG-19 takes a few thousand. They become objects, which is not to be had without bound: see description.ts. */
const MAX_FIELDS = 100_000;

/** A name in a network, or the shape of a tensor. */
const MAX_SMALL_BYTES = 1024;

/**
 * Walks the fields of protobuf messages in a file without reading what lies in them. Libraries for protobuf decode a
 * message that is in memory as a whole, which for VGG-19 is 548 MB, and copies of its parts; but a message is a row of
 * (tag, length, payload), so that payloads can be stepped over where they lie. The wire format's primitives (tags,
 * varints) are @bufbuild/protobuf's, given the few bytes of each; which field means what, the readers of the formats say.
 */
export class ProtobufFile {
  private page: Span & { readonly bytes: Uint8Array<ArrayBuffer> } = {
    begin: 0,
    end: 0,
    bytes: new Uint8Array(0),
  };
  private fieldsLeft = MAX_FIELDS;

  /** @param format what errors call the format. */
  constructor(
    readonly file: RandomAccess,
    private readonly format: string,
  ) {}

  /** The file as one message. */
  get whole(): Span {
    return { begin: 0, end: this.file.size };
  }

  /**
   * The fields of the message in `span`, in order.
   * @throws UserError if there is something else.
   */
  async *fields({ begin, end }: Span): AsyncGenerator<Field> {
    for (let at = begin; at < end;) {
      if (this.fieldsLeft-- === 0) throw this.damaged(`it has more than ${MAX_FIELDS} fields`);
      const field = await this.head({ begin: at, end });
      if (field.span.end > end) throw this.damaged('a part of it is longer than the whole');
      yield field;
      at = field.span.end;
    }
  }

  /** A short text. */
  async text({ begin, end }: Span): Promise<string> {
    return new TextDecoder().decode(await this.small({ begin, end }));
  }

  /**
   * Whole numbers that a double can count: one in a varint of its own, or any number of them in a row ("packed").
   * @throws UserError for others.
   */
  async integers({ type, value, span }: Field): Promise<number[]> {
    if (type !== WireType.LengthDelimited) return [this.safe(value)];
    const bytes = await this.small(span);
    const reader = new BinaryReader(bytes);
    const values: number[] = [];
    while (reader.pos < reader.len) values.push(this.safe(this.varint(reader)));
    return values;
  }

  /** To be thrown: `why` says what is wrong with the file. */
  damaged(why: string, cause?: unknown): UserError {
    const { name } = this.file;
    return new UserError(
      `${name} is no sound ${this.format} file: ${why}; get a fresh copy of the file.`,
      2,
      { cause },
    );
  }

  /** The field that begins at `begin`. */
  private async head({ begin, end }: Span): Promise<Field> {
    const reader = new BinaryReader(await this.peek(begin, Math.min(end, begin + MAX_FIELD_HEAD)));
    const [number, type] = this.primitive(() => reader.tag());
    let value = 0n;
    let length = 0;
    const tagEnd = reader.pos;
    if (type === WireType.Varint) value = this.varint(reader);
    else if (type === WireType.Bit32) length = 4;
    else if (type === WireType.Bit64) length = 8;
    else if (type === WireType.LengthDelimited) length = this.primitive(() => reader.uint32());
    // Groups are of protobuf's first days; none of the formats read here has any.
    else throw this.damaged('it has a group, which the format has none of');
    const from = begin + (type === WireType.Varint ? tagEnd : reader.pos);
    return { number, type, value, span: { begin: from, end: begin + reader.pos + length } };
  }

  /** A few bytes, out of the page read last if they lie in it. */
  private async peek(begin: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    if (begin < this.page.begin || end > this.page.end) {
      const pageEnd = Math.min(this.file.size, begin + PAGE_BYTES);
      this.page = { begin, end: pageEnd, bytes: await this.file.read(begin, pageEnd - begin) };
    }
    return this.page.bytes.subarray(begin - this.page.begin, end - this.page.begin);
  }

  private async small({ begin, end }: Span): Promise<Uint8Array<ArrayBuffer>> {
    if (end - begin <= MAX_SMALL_BYTES) return this.peek(begin, end);
    throw this.damaged(`a name or shape in it takes ${end - begin} bytes`);
  }

  private varint(reader: BinaryReader): bigint {
    return this.primitive(() => BigInt(reader.int64()));
  }

  private safe(value: bigint): number {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    throw this.damaged('a number in it is beyond 53 bits');
  }

  /** The library throws errors of its own for what is no tag or varint. */
  private primitive<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw this.damaged('it is cut short or garbled', error);
    }
  }
}
