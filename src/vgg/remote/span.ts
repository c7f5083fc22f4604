/** Bytes of a file from `begin` up to and without `end`. */
export interface Span {
  readonly begin: number;
  readonly end: number;
}

/**
 * All that is in `spans`, in order and in as few spans as can be: those that overlap, touch, or lie no more than `gap`
 * bytes apart become one.
 */
export function coalesce(spans: readonly Span[], gap: number): Span[] {
  const joined: { begin: number; end: number }[] = [];
  for (const { begin, end } of [...spans].sort((a, b) => a.begin - b.begin)) {
    const last = joined.at(-1);
    if (last && begin - last.end <= gap) last.end = Math.max(last.end, end);
    else joined.push({ begin, end });
  }
  return joined;
}

/** How many bytes there are in spans that do not overlap. */
export function spanBytes(spans: readonly Span[]): number {
  return spans.reduce((sum, { begin, end }) => sum + end - begin, 0);
}
