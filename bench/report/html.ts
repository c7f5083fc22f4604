import type { Comparison } from '../compare.js';
import type { Ceilings } from '../ceilings.js';
import type { Results } from '../results.js';
import { comparisonSection } from './html-compare.js';
import { evaluationSection, kernelSection, lbfgsSection, leftOutSection } from './html-sections.js';
import { FAMILIES, familyOf } from './families.js';
import { html, type Markup, verbatim } from './markup.js';
import { SCRIPT } from './page-script.js';
import { STYLE } from './page-style.js';
import { points } from './roofline.js';
import { rooflineSvg } from './roofline-svg.js';
import { counted, digits } from './table.js';
import { adapterName, clockText, noteLines } from './text.js';

/** All results as one page that needs no other file, no net and, but for sorting and filtering, no script. */
export function htmlReport(results: Results, comparison?: Comparison): string {
  const { ceilings } = results;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Scumble bench: ${adapterName(results)}</title>
        <style>
          ${verbatim(STYLE)}
        </style>
      </head>
      <body>
        ${header(results)}
        <main>
          ${ceilingTiles(ceilings)}${comparison && comparisonSection(comparison)}${rooflineSection(results)}
          ${evaluationSection(results)}${lbfgsSection(results)}${kernelSection(results)}
          ${leftOutSection(results)}${ceilingDetails(ceilings)}
        </main>
        <footer>${noteLines(results).map((note) => html`<p>${note}</p>`)}</footer>
        <script>
          ${verbatim(SCRIPT)};
        </script>
      </body>
    </html> `;
  return page.text.replace(/^ +/gm, '').trimStart();
}

function header(results: Results): Markup {
  const { machine, scumble, date, clock, adapter, variant, interrupted } = results;
  const when = new Date(date);
  return html`<header>
    <p class="eyebrow">Scumble ${scumble} bench</p>
    <h1>${adapterName(results)}</h1>
    <p class="facts">
      <span>${machine.cores} × ${machine.processor}</span>
      <span>${machine.platform}</span>
      <span>Node ${machine.node.slice(1)}</span>
      <span>timed by ${clockText(clock)}</span>
      <span>${adapter.software ? 'a processor that plays the GPU' : 'a GPU'}</span>
      ${variant !== undefined && html`<span>variant ${variant} where there is one</span>`}
      ${interrupted && html`<span>interrupted before its end</span>`}
      <span><time datetime="${date}">${when.toUTCString()}</time></span>
    </p>
  </header>`;
}

function ceilingTiles(ceilings: Ceilings): Markup {
  const { f32, f16, bandwidth, loads, dispatchMicroseconds, submitMicroseconds } = ceilings;
  const tile = (value: number, unit: string, what: string) =>
    html`<li>
      <strong>${digits(value)}</strong> <span class="unit">${unit}</span>
      <span class="what">${what}</span>
    </li>`;
  return html`<ul class="tiles" aria-label="What the adapter can do">
    ${tile(f32.perSecond / 1e9, 'GFLOP/s', 'float32 multiply-adds')}
    ${f16 && tile(f16.perSecond / 1e9, 'GFLOP/s', 'float16 multiply-adds')}
    ${tile(bandwidth.perSecond / 1e9, 'GB/s', `copies, ${bandwidth.form}`)}
    ${loads && tile(loads.perSecond / 1e9, 'GB/s', `loads out of a cache, ${loads.form}`)}
    ${tile(dispatchMicroseconds, 'µs', 'one more dispatch in a pass')}
    ${tile(submitMicroseconds, 'µs', 'a submission of nothing')}
  </ul>`;
}

function rooflineSection({ kernels, lbfgs, ceilings }: Results): Markup | undefined {
  const lines = [...kernels, ...lbfgs];
  const shown = points(lines);
  if (shown.length === 0) return undefined;
  const present = new Set(shown.map(({ line }) => familyOf(line.kernel)));
  const hidden = lines.length - shown.length;
  return html`<section>
    <h2>Roofline</h2>
    <p>
      Each point is a kernel at one shape; the lines are what the adapter was measured to do. The nearer a
      point is to the roof above it, the less there is to gain. A convolution counts as the direct one, so
      that one with fewer multiplications may pass through the roof.
      ${hidden > 0 && `Not shown: ${counted(hidden, 'line')} without arithmetic, such as a copy.`}
    </p>
    <ul class="legend">
      ${FAMILIES.filter(({ id }) => present.has(id)).map(
        ({ id, name }) => html`<li class="${id}" data-family="${id}"><i></i>${name}</li>`,
      )}
      <li class="key forward"><i></i>forward</li>
      <li class="key backward"><i></i>backward</li>
    </ul>
    <figure>${rooflineSvg(lines, ceilings)}</figure>
  </section>`;
}

function ceilingDetails({ f32, f16, bandwidth, loads }: Ceilings): Markup {
  const rows = (name: string, forms: Ceilings['f32']['forms'], unit: string) =>
    forms.map(
      ({ form, perSecond }) =>
        html`<tr>
          <td class="words">${name}</td>
          <td class="words">${form}</td>
          <td class="number">${digits(perSecond / 1e9)} ${unit}</td>
        </tr> `,
    );
  return html`<section>
    <details>
      <summary>
        All forms in which the ceilings were measured, the best of interleaved repeats of each
      </summary>
      <div class="scroll">
        <table>
          <tbody>
            ${rows('float32', f32.forms, 'GFLOP/s')}${f16 && rows('float16', f16.forms, 'GFLOP/s')}
            ${rows('copies', bandwidth.forms, 'GB/s')}${loads && rows('loads', loads.forms, 'GB/s')}
          </tbody>
        </table>
      </div>
    </details>
  </section>`;
}
