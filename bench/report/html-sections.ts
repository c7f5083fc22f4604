import { megabytes } from '../../src/gpu/format.js';
import { gpuMilliseconds } from '../figures.js';
import type { Evaluation, Line, Results } from '../results.js';
import { median } from '../statistics.js';
import { familyOf } from './families.js';
import { type HtmlColumn, htmlTable } from './html-table.js';
import { html, type Markup } from './markup.js';
import { digits } from './table.js';
import { errorText, leftOutText, percent, variantText } from './text.js';

/** A column of numbers with three digits. */
function figure<R>(heading: string, hint: string, value: (row: R) => number | undefined): HtmlColumn<R> {
  return {
    heading,
    hint,
    value,
    text: (row) => {
      const number = value(row);
      return number === undefined ? '' : digits(number);
    },
  };
}

/** A share in figures, with a bar of `part` of its full length. */
function bar(share: number, part: number): Markup {
  const width = (100 * Math.min(1, part)).toFixed(1);
  return html`<span class="share"><i style="width:${width}%"></i></span><b>${percent(share)}</b>`;
}

/** The share of what the ceilings allow. */
const SHARE: HtmlColumn<Line> = {
  heading: 'roofline',
  hint: 'the least time that the ceilings allow, divided by the time taken',
  value: ({ rooflineFraction }) => rooflineFraction,
  text: ({ rooflineFraction }) => bar(rooflineFraction, rooflineFraction),
};

const TIMES: readonly HtmlColumn<Line>[] = [
  figure('GPU ms', "all dispatches in one run by the GPU's clock, median", gpuMilliseconds),
  figure('wall ms', 'from submission to end, median', ({ wallMilliseconds }) => wallMilliseconds),
  figure('GFLOP/s', 'a multiply-add is two operations', ({ gflopsPerSecond }) => gflopsPerSecond),
];

const LINE_COLUMNS: readonly HtmlColumn<Line>[] = [
  {
    heading: 'kernel',
    value: ({ kernel }) => kernel,
    text: ({ kernel }) => html`<span class="dot ${familyOf(kernel)}"></span>${kernel}`,
  },
  { heading: 'direction', value: ({ direction }) => direction },
  { heading: 'shape', value: ({ shape }) => shape },
  { heading: 'variant', value: variantText },
  ...TIMES,
  figure('GB/s', 'what must be read and written, each once', ({ gigabytesPerSecond }) => gigabytesPerSecond),
  SHARE,
  {
    heading: 'error',
    hint: 'the largest difference from a float64 oracle, relative to the largest number expected; * at a sample',
    value: ({ error }) => error?.relative,
    text: errorText,
  },
];

/** Every kernel, to be sorted and filtered. */
export function kernelSection({ kernels }: Results): Markup | undefined {
  if (kernels.length === 0) return undefined;
  return html`<section>
    <h2>Kernels</h2>
    ${htmlTable(LINE_COLUMNS, kernels, { interactive: true })}
  </section>`;
}

export function lbfgsSection({ lbfgs }: Results): Markup | undefined {
  if (lbfgs.length === 0) return undefined;
  const columns = LINE_COLUMNS.filter(({ heading }) => !['direction', 'variant', 'error'].includes(heading));
  return html`<section>
    <h2>L-BFGS, once its history is full</h2>
    ${htmlTable(columns, lbfgs)}
  </section>`;
}

const EVALUATION_COLUMNS: readonly HtmlColumn<Evaluation>[] = [
  { heading: 'image', value: ({ size }) => size, text: ({ size }) => `${size} × ${size}` },
  ...TIMES,
  SHARE,
  figure('in threes', 'wall ms of one when three are submitted at once', ({ inThrees }) => median(inThrees)),
  figure('set-up ms', 'targets, recording, planning and compiling', ({ setup }) => setup[0]),
  {
    heading: 'GPU memory',
    hint: 'the most that was alive at once',
    value: ({ memory }) => memory.peakBytes,
    text: ({ memory }) => megabytes(memory.peakBytes),
  },
];

/** Whole evaluations, and what each spends its time on. */
export function evaluationSection({ evaluations }: Results): Markup | undefined {
  if (evaluations.length === 0) return undefined;
  return html`<section>
    <h2>Whole evaluations</h2>
    <p>VGG-19 to conv3_1, six losses, the gradient, and the update of L-BFGS.</p>
    ${htmlTable(EVALUATION_COLUMNS, evaluations)} ${evaluations.map(breakdown)}
  </section>`;
}

interface Step {
  label: string;
  shader: string;
  milliseconds: number;
}

/** The dispatches of an evaluation, the longest first. */
function breakdown({ size, steps }: Evaluation): Markup | undefined {
  const timed = steps.flatMap(({ milliseconds, ...step }): Step[] =>
    milliseconds === undefined ? [] : [{ ...step, milliseconds }],
  );
  if (timed.length === 0) return undefined;
  const total = timed.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const sorted = [...timed].sort((a, b) => b.milliseconds - a.milliseconds);
  const columns: readonly HtmlColumn<Step>[] = [
    { heading: 'dispatch', value: ({ label }) => label },
    { heading: 'shader', value: ({ shader }) => shader },
    figure('ms', 'by the GPU, median', ({ milliseconds }) => milliseconds),
    {
      heading: 'share',
      value: ({ milliseconds }) => milliseconds / total,
      text: ({ milliseconds }) => bar(milliseconds / total, milliseconds / sorted[0]!.milliseconds),
    },
  ];
  return html`<details>
    <summary>The ${timed.length} dispatches at ${size} × ${size}</summary>
    ${htmlTable(columns, sorted, { interactive: true })}
  </details>`;
}

export function leftOutSection({ leftOut }: Results): Markup | undefined {
  if (leftOut.length === 0) return undefined;
  return html`<section>
    <h2>Left out</h2>
    <ul>
      ${leftOut.map((left) => html`<li>${leftOutText(left)}</li> `)}
    </ul>
  </section>`;
}
