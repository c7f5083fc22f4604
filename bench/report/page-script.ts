/** What the report's page does for who lets it: tables sort and filter, the legend hides, points tell at once. */
export const SCRIPT = `
'use strict';
for (const table of document.querySelectorAll('table.interactive')) {
  const body = table.tBodies[0];
  const valueOf = (row, column) => row.cells[column].dataset.value;
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const isNumber = heading.classList.contains('number');
    const button = document.createElement('button');
    button.textContent = heading.textContent;
    heading.replaceChildren(button);
    button.addEventListener('click', () => {
      const wasDescending = heading.getAttribute('aria-sort') === 'descending';
      const wasSorted = heading.hasAttribute('aria-sort');
      for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
      // Numbers begin with the largest, words with A.
      const descending = wasSorted ? !wasDescending : isNumber;
      heading.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      const sign = descending ? -1 : 1;
      const compare = (a, b) => isNumber ? Number(a) - Number(b) : a.localeCompare(b);
      const rows = [...body.rows].sort((a, b) => {
        const [x, y] = [valueOf(a, column), valueOf(b, column)];
        return x === '' || y === '' ? (x === '') - (y === '') : sign * compare(x, y);
      });
      body.append(...rows);
    });
  });
  if (body.rows.length < 12) continue;
  const filter = document.createElement('input');
  filter.className = 'filter';
  filter.type = 'search';
  filter.placeholder = 'Filter, e.g. conv2d winograd';
  filter.setAttribute('aria-label', 'Filter the table below');
  filter.addEventListener('input', () => {
    const words = filter.value.toLowerCase().split(/\\s+/);
    for (const row of body.rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
  });
  table.parentElement.before(filter);
}
const figure = document.querySelector('figure');
if (figure) {
  for (const item of document.querySelectorAll('.legend [data-family]')) {
    const button = document.createElement('button');
    button.append(...item.childNodes);
    button.setAttribute('aria-pressed', 'true');
    item.append(button);
    button.addEventListener('click', () => {
      const shown = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(shown));
      for (const point of figure.querySelectorAll('.point.' + item.dataset.family)) {
        point.classList.toggle('away', !shown);
      }
    });
  }
  const tip = document.createElement('div');
  tip.className = 'tip';
  tip.hidden = true;
  figure.append(tip);
  for (const point of figure.querySelectorAll('.point')) {
    const title = point.querySelector('title');
    const text = title.textContent;
    point.setAttribute('aria-label', text);
    title.remove();
    const show = () => {
      tip.textContent = text;
      tip.hidden = false;
      const [at, frame] = [point.getBoundingClientRect(), figure.getBoundingClientRect()];
      const left = at.right - frame.left + 10;
      tip.style.left = Math.max(4, left + tip.offsetWidth > frame.width ? at.left - frame.left - tip.offsetWidth - 10 : left) + 'px';
      tip.style.top = Math.max(4, at.top - frame.top - 12) + 'px';
    };
    const hide = () => { tip.hidden = true; };
    point.addEventListener('mouseenter', show);
    point.addEventListener('focus', show);
    point.addEventListener('mouseleave', hide);
    point.addEventListener('blur', hide);
  }
}
`;
