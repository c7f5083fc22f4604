export interface Column {
  heading: string;
  width: number;
  /** Words stand left, numbers right. */
  align: 'left' | 'right';
}

/** A line of a table of fixed widths, which can so be printed row by row. Longer cells push the rest aside. */
export function tableRow(columns: readonly Column[], cells: readonly string[]): string {
  const padded = columns.map(({ width, align }, i) =>
    align === 'left' ? cells[i]!.padEnd(width) : cells[i]!.padStart(width),
  );
  return padded.join('  ').trimEnd();
}

/** A number with three significant digits and no exponent: 0.0123, 1.23, 123, 12345. */
export function digits(value: number): string {
  if (value === 0) return '0';
  const decimals = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return value.toFixed(decimals);
}
