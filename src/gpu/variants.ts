/**
 * Which of an operation's shader variants to run on this adapter. The order comes from a measurement (see
 * kernels/calibrate.ts) or a cached one; tests and benches force a variant.
 */
export class VariantTable {
  private readonly rankings = new Map<string, readonly string[]>();
  private readonly forced = new Map<string, string>();

  /** The variants of one operation, the fastest first. */
  rank(operation: string, order: readonly string[]): void {
    this.rankings.set(operation, order);
  }

  /** All rankings, by operation: what a cache keeps. */
  get ranked(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(this.rankings);
  }

  /** The variant forced for an operation, if any. */
  forcedFor(operation: string): string | undefined {
    return this.forced.get(operation);
  }

  /** Always `variant` for `operation`, or the measured choice again when undefined. */
  force(operation: string, variant: string | undefined): void {
    if (variant === undefined) this.forced.delete(operation);
    else this.forced.set(operation, variant);
  }

  /**
   * The variant to run. `eligible` lists those that can take the shape at hand, in the order to prefer while
   * nothing has been measured.
   *
   * @throws RangeError when the forced variant cannot take this shape.
   */
  choose<V extends string>(operation: string, eligible: readonly V[]): V {
    const forced = this.forced.get(operation);
    if (forced !== undefined) {
      const found = eligible.find((variant) => variant === forced);
      if (!found) {
        throw new RangeError(
          `${operation}: the forced variant '${forced}' cannot take this shape; eligible: ${eligible.join(', ')}.`,
        );
      }
      return found;
    }
    for (const name of this.rankings.get(operation) ?? []) {
      const found = eligible.find((variant) => variant === name);
      if (found) return found;
    }
    return eligible[0]!;
  }
}
