import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Scores } from 'scumble';
import { byId } from '../dom.js';

/** Redrawing more often would only take time from the painting. */
const REDRAW_MS = 250;

/** Steps between labelled evaluations. */
const WHOLE = [1, 2, 5].flatMap((n) => [n, 10 * n, 100 * n, 1000 * n, 10_000 * n]).sort((a, b) => a - b);

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A logarithm has no place for zero: the content loss is that as long as the picture is the content. */
const positive = (value: number) => (value > 0 ? value : null);

/** The losses by evaluation, on a logarithmic axis. */
export class Curves {
  private readonly host = byId('curves', HTMLElement);
  private plot: uPlot | undefined;
  private readonly scores: Scores[] = [];
  private drawnAt = 0;
  private of = 2;

  constructor() {
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(this.host);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.plot?.destroy();
      this.plot = undefined;
      if (this.scores.length > 0) this.draw();
    });
  }

  /** @param of how many evaluations the axis is to have room for. */
  clear(of: number): void {
    this.scores.length = 0;
    this.of = of;
    this.draw();
  }

  add(fresh: readonly Scores[]): void {
    this.scores.push(...fresh);
    if (performance.now() - this.drawnAt >= REDRAW_MS) this.draw();
  }

  /** Draws all there is, and says it in words. */
  draw(): void {
    this.drawnAt = performance.now();
    const { scores } = this;
    (this.plot ??= this.make()).setData([
      scores.map(({ evaluation }) => evaluation),
      scores.map(({ total }) => positive(total)),
      scores.map(({ style }) => positive(style)),
      scores.map(({ content }) => positive(content)),
    ]);
    const [first, last] = [scores[0], scores.at(-1)];
    const text =
      first && last
        ? `: ${short(first.total)} at first, ${short(last.total)} at evaluation ${last.evaluation}`
        : '';
    this.host.setAttribute('aria-label', `Loss by evaluation${text}`);
  }

  private make(): uPlot {
    const line = (name: string, extra: uPlot.Series = {}): uPlot.Series => ({
      stroke: colour(name),
      width: 2,
      points: { show: false },
      ...extra,
    });
    const axis: uPlot.Axis = {
      stroke: colour('--field-soft'),
      font: '14px "Alegreya Sans", system-ui, sans-serif',
      grid: { stroke: colour('--field-line'), width: 1 },
      ticks: { show: false },
    };
    return new uPlot(
      {
        ...this.size(),
        padding: [10, 18, 0, 0],
        cursor: { show: false },
        legend: { show: false },
        scales: {
          x: { time: false, range: () => [1, Math.max(this.of, 2)] },
          y: { distr: 3, range: this.range },
        },
        axes: [
          { ...axis, grid: { show: false }, size: 26, gap: 4, incrs: WHOLE },
          {
            ...axis,
            size: 52,
            gap: 6,
            filter: decades,
            grid: { ...axis.grid, filter: decades },
            values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : short(tick))),
          },
        ],
        series: [{}, line('--field-ink'), line('--field-madder'), line('--field-water', { dash: [6, 5] })],
      },
      [[], [], [], []],
      this.host,
    );
  }

  /** Whole decades around the total. The content's first steps, from nothing, may begin below. */
  private readonly range: uPlot.Scale.Range = () => {
    // Not spread into Math.min: there may be more scores than a call takes arguments.
    const totals = this.scores
      .map(({ total }) => total)
      .filter((total) => total > 0 && Number.isFinite(total));
    if (totals.length === 0) return [0.01, 1];
    const low = totals.reduce((a, b) => Math.min(a, b)) / 4;
    const high = totals.reduce((a, b) => Math.max(a, b));
    return [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high))];
  };

  private size(): { width: number; height: number } {
    return { width: Math.max(this.host.clientWidth, 50), height: Math.max(this.host.clientHeight, 50) };
  }
}

/** Of the ticks of a logarithmic axis: 0.01, 0.1, 1, 10 … */
const decades = (_: uPlot, ticks: number[]) => ticks.map((tick) => (isDecade(tick) ? tick : null));

const isDecade = (value: number) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-6;

function short(value: number): string {
  return value >= 0.01 && value < 10_000 ? String(Number(value.toPrecision(2))) : value.toExponential(0);
}
