import { type Span, spanBytes } from './span.js';

interface Chunk extends Span {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What is known of a file so far: some of its bytes, in memory. */
export class SparseBytes {
  /** In order, none empty, none over another. */
  private readonly chunks: Chunk[] = [];

  /** How many there are. */
  get bytes(): number {
    return spanBytes(this.chunks);
  }

  /** Adds what is new; what is there already stays. The bytes are not copied. */
  add(begin: number, bytes: Uint8Array<ArrayBuffer>): void {
    for (const gap of this.missing({ begin, end: begin + bytes.length })) {
      const part = bytes.subarray(gap.begin - begin, gap.end - begin);
      const at = 1 + this.chunks.findLastIndex((chunk) => chunk.begin < gap.begin);
      this.chunks.splice(at, 0, { ...gap, bytes: part });
    }
  }

  /** The parts of `span` that are not there, in order. */
  missing(span: Span): Span[] {
    const gaps: Span[] = [];
    let { begin } = span;
    for (const chunk of this.within(span)) {
      if (chunk.begin > begin) gaps.push({ begin, end: chunk.begin });
      begin = chunk.end;
    }
    if (begin < span.end) gaps.push({ begin, end: span.end });
    return gaps;
  }

  /**
   * A copy of a part.
   * @throws RangeError if some of it is missing.
   */
  read(span: Span): Uint8Array<ArrayBuffer> {
    if (this.missing(span).length > 0) throw new RangeError('bytes that have not been fetched');
    const bytes = new Uint8Array(span.end - span.begin);
    for (const chunk of this.within(span)) {
      const from = Math.max(chunk.begin, span.begin);
      const part = chunk.bytes.subarray(from - chunk.begin, span.end - chunk.begin);
      bytes.set(part, from - span.begin);
    }
    return bytes;
  }

  /** Those that share bytes with `span`. */
  private within({ begin, end }: Span): Chunk[] {
    return this.chunks.filter((chunk) => chunk.begin < end && chunk.end > begin);
  }
}
