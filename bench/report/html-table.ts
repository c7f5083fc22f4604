import { html, type Markup } from './markup.js';

/** One column of a table in HTML. */
export interface HtmlColumn<R> {
  heading: string;
  /** A longer name of the column, for who points at it. */
  hint?: string;
  /** What is sorted by, and stands there where `text` is not given. */
  value: (row: R) => string | number | undefined;
  text?: (row: R) => string | Markup;
}

interface TableOptions<R> {
  /** A class for a row. */
  rowClass?: (row: R) => string;
  /** Whether readers may sort and filter: short tables need neither. */
  interactive?: boolean;
}

/** A table whose columns of numbers stand right. */
export function htmlTable<R>(
  columns: readonly HtmlColumn<R>[],
  rows: readonly R[],
  { rowClass = () => '', interactive = false }: TableOptions<R> = {},
): Markup {
  const isNumber = columns.map(({ value }) => rows.every((row) => typeof value(row) !== 'string'));
  const kind = (i: number) => (isNumber[i] ? 'number' : 'words');
  return html`<div class="scroll">
    <table class="${interactive ? 'interactive' : ''}">
      <thead>
        <tr>
          ${columns.map(({ heading, hint }, i) => html`<th class="${kind(i)}" scope="col" title="${hint ?? ''}">${heading}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr class="${rowClass(row)}">
              ${columns.map((column, i) => cell(column, row, kind(i)))}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

function cell<R>({ value, text }: HtmlColumn<R>, row: R, kind: string): Markup {
  const raw = value(row) ?? '';
  return html`<td class="${kind}" data-value="${raw}">${text ? text(row) : raw}</td>`;
}
