import { scaleLog } from 'd3-scale';
import type { Ceilings } from '../ceilings.js';
import type { Line } from '../results.js';
import { familyOf } from './families.js';
import { html, type Markup } from './markup.js';
import { domains, type Point, points, pointText, type Roof, roofs, ticks } from './roofline.js';

const WIDTH = 1080;
const HEIGHT = 560;
const MARGIN = { top: 18, right: 24, bottom: 52, left: 66 };

/** From numbers of the plane to places in the picture. */
interface Scales {
  x: (intensity: number) => number;
  y: (performance: number) => number;
}

/** The roofline plot as SVG: both axes logarithmic, ceilings as lines, a point for each kernel. */
export function rooflineSvg(lines: readonly Line[], ceilings: Ceilings): Markup {
  const shown = points(lines);
  const range = domains(shown, ceilings);
  const scales: Scales = {
    x: scaleLog(range.x, [MARGIN.left, WIDTH - MARGIN.right]),
    y: scaleLog(range.y, [HEIGHT - MARGIN.bottom, MARGIN.top]),
  };
  return html`<svg
    class="roofline"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-label="GFLOP/s over operations a byte, of every kernel, under the adapter's ceilings"
  >
    <g class="axis">${xAxis(range.x, scales)}${yAxis(range.y, scales)}</g>
    <g class="roofs">${roofs(ceilings, range.x).map((roof) => roofLine(roof, scales))}</g>
    <g class="points">${shown.map((point) => pointMark(point, ceilings, scales))}</g>
  </svg>`;
}

function xAxis(range: readonly [number, number], { x }: Scales): Markup {
  const bottom = HEIGHT - MARGIN.bottom;
  return html`${ticks(range).map(
      (tick) =>
        html`<line class="grid" x1="${px(x(tick))}" x2="${px(x(tick))}" y1="${MARGIN.top}" y2="${bottom}" />
          <text class="tick" x="${px(x(tick))}" y="${bottom + 20}" text-anchor="middle"
            >${label(tick)}</text
          >`,
    )}<text
      class="title"
      x="${(MARGIN.left + WIDTH - MARGIN.right) / 2}"
      y="${HEIGHT - 8}"
      text-anchor="middle"
    >
      operations for each byte that must be moved
    </text>`;
}

function yAxis(range: readonly [number, number], { y }: Scales): Markup {
  const right = WIDTH - MARGIN.right;
  const middle = (MARGIN.top + HEIGHT - MARGIN.bottom) / 2;
  return html`${ticks(range).map(
      (tick) =>
        html`<line class="grid" x1="${MARGIN.left}" x2="${right}" y1="${px(y(tick))}" y2="${px(y(tick))}" />
          <text class="tick" x="${MARGIN.left - 10}" y="${px(y(tick) + 4)}" text-anchor="end"
            >${label(tick)}</text
          >`,
    )}<text class="title" transform="translate(16 ${middle}) rotate(-90)" text-anchor="middle"
      >GFLOP/s</text
    >`;
}

function roofLine({ label: name, main, from, to }: Roof, { x, y }: Scales): Markup {
  const [x1, y1, x2, y2] = [x(from[0]), y(from[1]), x(to[0]), y(to[1])];
  const isLevel = from[1] === to[1];
  // A slope is named along itself, a third of the way up; a level above its right end.
  const angle = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
  const place = isLevel
    ? html`x="${px(x2 - 4)}" y="${px(y2 - 7)}" text-anchor="end"`
    : html`transform="translate(${px(x1 + (x2 - x1) / 3)} ${px(y1 + (y2 - y1) / 3 - 7)}) rotate(${px(angle)})"`;
  const value = isLevel ? `${label(Number(from[1].toPrecision(3)))} GFLOP/s` : `${gigabytes(from)} GB/s`;
  return html`<g class="${main ? 'roof main' : 'roof'}">
    <line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" />
    <text ${place}>${name}, ${value}</text>
  </g>`;
}

function pointMark(point: Point, ceilings: Ceilings, { x, y }: Scales): Markup {
  const { line, intensity, performance } = point;
  return html`<g class="point ${familyOf(line.kernel)} ${line.direction}" tabindex="0">
    <title>${pointText(point, ceilings).join('\n')}</title>
    <circle cx="${px(x(intensity))}" cy="${px(y(performance))}" r="5.5" />
  </g>`;
}

function gigabytes([intensity, performance]: readonly [number, number]): string {
  return label(Number((performance / intensity).toPrecision(3)));
}

/** Places to a tenth of a pixel. */
function px(value: number): number {
  return Math.round(10 * value) / 10;
}

function label(value: number): string {
  return value >= 1e6 ? value.toExponential(0) : String(Number(value.toPrecision(3)));
}
