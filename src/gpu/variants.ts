import { shapeDistance } from './shape-text.js';

/**
 * Which of an operation's shader variants to run on this adapter, shape by shape. Rankings come from measurements
 * (see tuning/tune.ts), of this process or a cached one; tests and benches force a variant.
 *
 * A shape is a text such as '64→128 @ 64×64' (see shape-text.ts). Operations have names such as 'conv2d' and
 * 'conv2d.dInput'.
 */
export class VariantTable {
  /** Variants from the fastest, by operation and shape. */
  private readonly rankings = new Map<string, Map<string, readonly string[]>>();
  private readonly forced = new Map<string, string>();
  private preferred: string | undefined;

  /** The variants of an operation on one shape, the fastest first. */
  rank(operation: string, shape: string, order: readonly string[]): void {
    let shapes = this.rankings.get(operation);
    if (!shapes) this.rankings.set(operation, (shapes = new Map()));
    shapes.set(shape, order);
  }

  /** Takes over all rankings and forced variants of another table. */
  adopt(other: VariantTable): void {
    for (const [operation, shapes] of other.rankings) {
      for (const [shape, order] of shapes) this.rank(operation, shape, order);
    }
    for (const [operation, variant] of other.forced) this.forced.set(operation, variant);
    this.preferred = other.preferred;
  }

  /** Whether `shape` itself has been ranked with all of `eligible`: a variant that is new needs a new measurement. */
  knows(operation: string, shape: string, eligible: readonly string[]): boolean {
    const order = this.rankings.get(operation)?.get(shape);
    return order !== undefined && eligible.every((variant) => order.includes(variant));
  }

  /** The variant forced for an operation, if any: its own, or else that of what it belongs to ('conv2d'). */
  forcedFor(operation: string): string | undefined {
    const own = this.forced.get(operation);
    const dot = operation.lastIndexOf('.');
    return own ?? (dot < 0 ? undefined : this.forcedFor(operation.slice(0, dot)));
  }

  /** Always `variant` for `operation`, or the measured choice again when undefined. */
  force(operation: string, variant: string | undefined): void {
    if (variant === undefined) this.forced.delete(operation);
    else this.forced.set(operation, variant);
  }

  /** `variant` for every operation that has it, on the shapes that it can take; the usual choice when undefined. */
  prefer(variant: string | undefined): void {
    this.preferred = variant;
  }

  /**
   * The variant to run: the forced one, else the preferred one, else the fastest where this shape was measured, else
   * where the shape most like it with the same choice was, else the first. `eligible` lists those that can take the shape at hand, in the
   * order to prefer while nothing has been measured.
   *
   * @throws RangeError when the forced variant cannot take this shape.
   */
  choose<V extends string>(operation: string, shape: string, eligible: readonly V[]): V {
    const forced = this.forcedFor(operation);
    if (forced !== undefined) {
      const found = eligible.find((variant) => variant === forced);
      if (!found) {
        throw new RangeError(
          `${operation}: the forced variant '${forced}' cannot take this shape; eligible: ${eligible.join(', ')}.`,
        );
      }
      return found;
    }
    const preferred = eligible.find((variant) => variant === this.preferred);
    if (preferred) return preferred;
    return this.order(operation, shape, eligible)[0]!;
  }

  /** What was measured alone has to say: the fastest of `eligible` first, and last what is not known. */
  order<V extends string>(operation: string, shape: string, eligible: readonly V[]): readonly V[] {
    const ranked = this.rankingFor(operation, shape, eligible).flatMap((name) =>
      eligible.filter((v) => v === name),
    );
    return [...ranked, ...eligible.filter((variant) => !ranked.includes(variant))];
  }

  /**
   * The ranking of the shape, or of the one most like it; empty where no such shape was measured. A shape that had not
   * all of `eligible` to choose from does not count: what it lacked may be the best here, as 'narrow' is at three channels.
   */
  private rankingFor(operation: string, shape: string, eligible: readonly string[]): readonly string[] {
    const shapes = this.rankings.get(operation);
    const exact = shapes?.get(shape);
    if (!shapes || exact) return exact ?? [];
    let best: readonly string[] = [];
    let least = Infinity;
    for (const [measured, order] of shapes) {
      if (!eligible.every((variant) => order.includes(variant))) continue;
      const distance = shapeDistance(measured, shape);
      if (distance < least) [best, least] = [order, distance];
    }
    return best;
  }
}
