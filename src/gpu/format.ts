/** "1e18", for messages. */
export function power(value: number): string {
  return value.toExponential().replace('+', '');
}

/** "12.5 MiB", for messages. */
export function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1).replace(/\.0$/, '')} MiB`;
}
