import type { Change, Comparison } from '../compare.js';
import { bandSentence, intervalText, unpaired, variantChange, verdictSentence } from './compare-text.js';
import { familyOf } from './families.js';
import { type HtmlColumn, htmlTable } from './html-table.js';
import { html, type Markup } from './markup.js';
import { digits } from './table.js';

const COLUMNS: readonly HtmlColumn<Change>[] = [
  {
    heading: 'verdict',
    value: ({ verdict }) => verdict,
    text: ({ verdict }) => html`<span class="verdict ${verdict}">${verdict}</span>`,
  },
  {
    heading: 'kernel',
    value: ({ kernel }) => kernel,
    text: ({ kernel }) => html`<span class="dot ${familyOf(kernel)}"></span>${kernel}`,
  },
  { heading: 'direction', value: ({ direction }) => direction },
  { heading: 'shape', value: ({ shape }) => shape },
  { heading: 'before ms', value: ({ before }) => before, text: ({ before }) => digits(before) },
  { heading: 'after ms', value: ({ after }) => after, text: ({ after }) => digits(after) },
  {
    heading: 'ratio',
    hint: 'how many times as long it takes now',
    value: ({ ratio }) => ratio,
    text: ({ ratio }) => `${digits(ratio)}×`,
  },
  { heading: '99 % interval', value: ({ low }) => low, text: (change) => intervalText(change) },
  { heading: 'variant', value: variantChange },
];

/** What changed since an older run. */
export function comparisonSection(comparison: Comparison): Markup {
  const { changes, since } = comparison;
  const remarks = [...comparison.remarks, ...unpaired(comparison)];
  return html`<section>
    <h2>Since ${new Date(since).toUTCString()}</h2>
    <p><strong>${verdictSentence(comparison)}</strong> ${bandSentence(comparison)}</p>
    ${
      remarks.length > 0 &&
      html`<ul>
        ${remarks.map((remark) => html`<li>${remark}</li> `)}
      </ul>`
    }
    ${changes.length > 0 && htmlTable(COLUMNS, changes, { interactive: true, rowClass: ({ verdict }) => verdict })}
  </section>`;
}
