/** One column of a table of rows of type R. */
export interface Column<R> {
  heading: string;
  /** Words stand left, numbers right. */
  align?: 'left' | 'right';
  cell: (row: R) => string;
}

/** A table in plain text, its headings first, every column as wide as its widest cell. */
export function table<R>(columns: readonly Column<R>[], rows: readonly R[]): string {
  const cells = [
    columns.map(({ heading }) => heading),
    ...rows.map((row) => columns.map(({ cell }) => cell(row))),
  ];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]!.length)));
  return cells
    .map((line) =>
      line
        .map((text, i) =>
          columns[i]!.align === 'left' ? text.padEnd(widths[i]!) : text.padStart(widths[i]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A number with three significant digits and no exponent: 0.0123, 1.23, 123, 12345. */
export function digits(value: number): string {
  // Rounded first: 9.996 has two digits before the point, not one.
  const rounded = Number(value.toPrecision(3));
  if (rounded === 0) return '0';
  const decimals = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded)))));
  return value.toFixed(decimals);
}

/** "1 line", "2 lines". */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
