/** One evaluation along the direction d: at t, the loss and its slope g·d. */
export interface Probe {
  readonly t: number;
  readonly loss: number;
  readonly slope: number;
}

/** When a line search is content, and when it gives up. */
export interface WolfeOptions {
  /** Sufficient decrease: loss(t) ≤ loss(0) + c1·t·slope(0). Default 1e-4. */
  c1?: number;
  /** Curvature: |slope(t)| ≤ c2·|slope(0)|. Default 0.9. */
  c2?: number;
  /** A bracket narrower than this, times max |d|, ends the search. Default 1e-9. */
  toleranceChange?: number;
  /** Evaluations in one search, after the first. Default 25. */
  maxIterations?: number;
}

/**
 * The minimiser, within [low, high], of the cubic through two points with given values and slopes (Nocedal & Wright,
 * equation 3.59); the middle where the cubic has none.
 */
export function cubicMinimum(
  p: Probe,
  q: Probe,
  low = Math.min(p.t, q.t),
  high = Math.max(p.t, q.t),
): number {
  const [a, b] = p.t <= q.t ? [p, q] : [q, p];
  const d1 = a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.t - b.t);
  const square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return (low + high) / 2;
  const d2 = Math.sqrt(square);
  const t = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2));
  return Number.isFinite(t) ? Math.min(Math.max(t, low), high) : (low + high) / 2;
}

/**
 * A line search for the strong Wolfe conditions, the one of `torch.optim.LBFGS(line_search_fn='strong_wolfe')`:
 * widen until a bracket holds a good point (Nocedal & Wright, algorithm 3.5), then narrow it by cubic interpolation
 * (algorithm 3.6), keeping each trial a tenth of the bracket away from its ends when that makes no progress.
 *
 * @param start the probe at t = 0; its slope is negative.
 * @param first where to look first.
 * @param widest max |d|, which turns a width in t into one in x.
 * @param evaluate makes a probe. It also gets the earlier probes that may yet be returned, so that it need keep
 *   nothing (a gradient, say) of any other.
 * @returns the probe to go to - `start` itself when nothing better was found - and how many were made.
 */
export async function strongWolfe(
  start: Probe,
  first: number,
  widest: number,
  evaluate: (t: number, alive: readonly Probe[]) => Promise<Probe>,
  { c1 = 1e-4, c2 = 0.9, toleranceChange = 1e-9, maxIterations = 25 }: WolfeOptions = {},
): Promise<{ probe: Probe; evaluations: number }> {
  const tooHigh = (p: Probe) => p.loss > start.loss + c1 * p.t * start.slope;
  const flat = (p: Probe) => Math.abs(p.slope) <= -c2 * start.slope;

  let previous = start;
  let now = await evaluate(first, [start]);
  let iterations = 0;
  let bracket: [Probe, Probe] | undefined;
  while (iterations < maxIterations) {
    if (tooHigh(now) || (iterations > 1 && now.loss >= previous.loss)) {
      bracket = [previous, now];
      break;
    }
    if (flat(now)) return { probe: now, evaluations: iterations + 1 };
    if (now.slope >= 0) {
      bracket = [previous, now];
      break;
    }
    const t = cubicMinimum(previous, now, now.t + 0.01 * (now.t - previous.t), now.t * 10);
    previous = now;
    now = await evaluate(t, [start, previous]);
    iterations++;
  }
  if (!bracket) bracket = [start, now];

  const zoom = new Zoom(bracket);
  while (iterations < maxIterations && zoom.width * widest >= toleranceChange) {
    const probe = await evaluate(zoom.next(), bracket);
    iterations++;
    if (tooHigh(probe) || probe.loss >= zoom.low.loss) {
      zoom.replaceHigh(probe);
    } else {
      const done = flat(probe);
      zoom.replaceLow(probe);
      if (done) break;
    }
  }
  return { probe: zoom.low, evaluations: iterations + 1 };
}

/** A bracket that is narrowed: its better end is `low`. */
class Zoom {
  private at: 0 | 1;
  private stuck = false;

  constructor(private readonly bracket: [Probe, Probe]) {
    this.at = this.better();
  }

  get low(): Probe {
    return this.bracket[this.at];
  }

  get high(): Probe {
    return this.bracket[this.at === 0 ? 1 : 0];
  }

  get width(): number {
    return Math.abs(this.bracket[1].t - this.bracket[0].t);
  }

  /** Where to look next. */
  next(): number {
    const [a, b] = this.bracket;
    const [least, most] = [Math.min(a.t, b.t), Math.max(a.t, b.t)];
    const margin = 0.1 * (most - least);
    const t = cubicMinimum(a, b);
    if (Math.min(most - t, t - least) >= margin) {
      this.stuck = false;
      return t;
    }
    if (this.stuck || t >= most || t <= least) {
      this.stuck = false;
      return Math.abs(t - most) < Math.abs(t - least) ? most - margin : least + margin;
    }
    this.stuck = true;
    return t;
  }

  replaceHigh(probe: Probe): void {
    this.bracket[this.at === 0 ? 1 : 0] = probe;
    this.at = this.better();
  }

  /** The new point is the new low; the old low becomes the high where the minimum lies between the two. */
  replaceLow(probe: Probe): void {
    if (probe.slope * (this.high.t - this.low.t) >= 0) this.bracket[this.at === 0 ? 1 : 0] = this.low;
    this.bracket[this.at] = probe;
  }

  private better(): 0 | 1 {
    return this.bracket[0].loss <= this.bracket[1].loss ? 0 : 1;
  }
}
