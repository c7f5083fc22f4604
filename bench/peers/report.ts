/** @file The results as Markdown tables. */
import { layerFlops, LAYERS } from './layers.js';
import type { Time } from './protocol.js';
import type { Results } from './results.js';
import { ratios, type Spread, spread } from './statistics.js';
import { SCUMBLE } from './systems.js';
import { deviations } from './check.js';
import { type Clock, TARGETS, verdict } from './targets.js';

/** Everything that was measured, the ratios first. */
export function report(results: Results): string {
  return [
    machineLines(results),
    ratioTable(results),
    ...results.evaluations.map((result) => evaluationTable(results, result)),
    layerTable(results),
    ...results.lbfgs.map((result) => lbfgsTable(results, result)),
    ...results.memory.map((result) => memoryTable(results, result)),
    ...results.startup.map((result) => startupTable(results, result)),
    agreementTable(results),
    leftOutLines(results),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

function machineLines(results: Results): string {
  const { machine, systems, missing } = results;
  const { date, commit, processor, cores, memoryBytes, system, node, load } = machine;
  const lines = [
    `${date}, commit ${commit}, ${processor}, ${cores} cores, ${gigabytes(memoryBytes)}, ${system}, Node ${node}`,
    `Load of the machine before: ${figure(load[0])}${isBusy(results) ? ', so wall times are those of a busy machine, and verdicts go by CPU time' : ''}`,
    ...Object.values(systems).map(({ label, version, device }) => `- ${label} ${version} on ${device}`),
    ...missing.map(({ label, why, howToGet }) => `- ${label}: missing (${why}). To get it: ${howToGet}.`),
  ];
  return lines.join('\n');
}

/** Whether others were at work before anything was measured: then the host's clock counts their work too. */
function isBusy({ machine }: Results): boolean {
  return machine.load[0] > 0.5 * machine.cores;
}

function ratioTable(results: Results): string {
  const software = results.systems[SCUMBLE]?.software === true;
  const busy = isBusy(results);
  const rows = TARGETS.map((target) => {
    const { what, bar, aim, better, unit, byCpu } = target;
    const sign = better === 'higher' ? '≥' : '≤';
    const cell = (clock: Clock) => {
      const found = target.value(results, clock);
      return found ? range(found, unit) : '';
    };
    const judged = busy && software && byCpu ? 'cpu' : 'wall';
    const value = target.value(results, judged);
    return [
      what,
      cell('wall') || 'not measured',
      software && byCpu ? cell('cpu') : '',
      `${sign} ${bar}${unit}`,
      `${sign} ${aim}${unit}`,
      value ? `${verdict(target, value)}${judged === 'cpu' ? ', by CPU time' : ''}` : '',
    ];
  });
  return table(['', 'by wall time', 'by CPU time', 'bar', 'aim', ''], rows);
}

function evaluationTable(
  results: Results,
  { size, counts, samples }: Results['evaluations'][number],
): string {
  const ours = samples[SCUMBLE] ?? [];
  const rows = Object.entries(samples).map(([name, times]) => {
    const wall = (all: readonly Time[]) => all.map((time) => time.wall);
    const compared = name !== SCUMBLE && ours.length > 0 && times.length > 0;
    return [
      label(results, name),
      times[0]?.update ? 'forward, backward, L-BFGS' : 'forward, backward',
      ...clocks(times, ' ms'),
      compared ? range(spread(ratios(wall(times), wall(ours))), '×') : '',
      `${times.length} × ${counts[name]!}`,
      figure(times.at(-1)?.loss ?? NaN),
    ];
  });
  const headings = [`evaluation ${size}²`, 'of', 'wall', 'CPU', 'Scumble is faster', 'samples', 'last loss'];
  return table(headings, rows);
}

function layerTable(results: Results): string {
  if (results.layers.length === 0) return '';
  const names = Object.keys(results.systems).filter((name) =>
    results.layers.some(({ samples }) => samples[name]),
  );
  const rows = results.layers.map(({ size, index, direction, samples }) => {
    const { name, from, to, halvings } = LAYERS[index]!;
    const rate = (times: readonly Time[] | undefined, clock: Clock) =>
      times?.length ? range(spread(times.map((time) => layerFlops(index, size) / time[clock] / 1e6))) : '';
    return [
      `${name} ${direction}, ${from}→${to} @ ${size >> halvings}²`,
      ...names.map((system) => rate(samples[system], 'wall')),
    ];
  });
  return table(['GFLOP/s by wall time', ...names.map((name) => label(results, name))], rows);
}

function lbfgsTable(results: Results, { size, history, samples }: Results['lbfgs'][number]): string {
  const rows = Object.entries(samples).map(([name, times]) => [
    label(results, name),
    ...clocks(
      times.map(({ update }) => update),
      ' ms',
    ),
    ...clocks(
      times.map(({ evaluation }) => evaluation),
      ' ms',
    ),
    range(
      spread(times.map(({ update, evaluation }) => (100 * update.wall) / (update.wall + evaluation.wall))),
      ' %',
    ),
  ]);
  const heading = `L-BFGS, ${history} pairs, ${size}²`;
  return table(
    [heading, 'update, wall', 'CPU', 'forward and backward, wall', 'CPU', 'share of the update'],
    rows,
  );
}

function memoryTable(results: Results, { size, history, samples }: Results['memory'][number]): string {
  const rows = Object.entries(samples).map(([name, { idleBytes, peakBytes, deviceBytes }]) => [
    label(results, name),
    megabytes(peakBytes),
    megabytes(idleBytes),
    megabytes(peakBytes - idleBytes),
    deviceBytes === undefined ? '' : megabytes(deviceBytes),
  ]);
  const heading = `memory of a job, ${size}², ${history} pairs`;
  return table(
    [heading, 'peak of the process', 'before the job', 'above that', "library's own account"],
    rows,
  );
}

function startupTable(results: Results, { size, cold, warm, node }: Results['startup'][number]): string {
  const seconds = (values: readonly number[]) => (values.length > 0 ? range(spread(values), ' s') : '');
  const rows = [
    ...Object.entries(cold).map(([name, values]) => [
      `${label(results, name)}, caches empty`,
      seconds(values),
    ]),
    ...Object.entries(warm).map(([name, values]) => [
      `${label(results, name)}, caches warm`,
      seconds(values),
    ]),
    ['Node alone, doing nothing', seconds(node)],
  ];
  return table([`start to first evaluation, ${size}²`, 'wall'], rows);
}

function agreementTable(results: Results): string {
  const rows = results.checks.flatMap(({ size, checks }) => {
    const reference = checks['torch-cpu'] ? 'torch-cpu' : SCUMBLE;
    return Object.entries(checks).map(([name, check]) => {
      const apart = deviations(check, checks[reference]!);
      const cell = (field: keyof typeof check) =>
        `${check[field].toPrecision(7)} (${name === reference ? 'reference' : apart[field].toExponential(1)})`;
      return [
        `${label(results, name)}, ${size}²`,
        ...(['style', 'content', 'gradientSum', 'gradientMax'] as const).map(cell),
      ];
    });
  });
  return rows.length > 0
    ? table(['at the start', 'style loss', 'content loss', 'gradient, sum of sizes', 'largest'], rows)
    : '';
}

function leftOutLines({ leftOut }: Results): string {
  return leftOut
    .map(({ what, system, why }) => `- ${system} left out of ${what}: ${why.replace(/\.$/, '')}.`)
    .join('\n');
}

function clocks(times: readonly Time[], unit: string): [string, string] {
  if (times.length === 0) return ['', ''];
  return [
    range(spread(times.map(({ wall }) => wall)), unit),
    range(spread(times.map(({ cpu }) => cpu)), unit),
  ];
}

function label(results: Results, name: string): string {
  return results.systems[name]?.label ?? name;
}

/** "375 ms (361–402)": the median, and the least and the most. */
export function range({ median, low, high }: Spread, unit = ''): string {
  const all = `${figure(median)}${unit}`;
  return low === high ? all : `${all} (${figure(low)}–${figure(high)})`;
}

/** Three significant digits, all of those before the point, and thousands set apart. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const decimals = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en', { maximumFractionDigits: Math.min(decimals, 20) });
}

function megabytes(bytes: number): string {
  return `${figure(bytes / 1e6)} MB`;
}

function gigabytes(bytes: number): string {
  return `${figure(bytes / 1e9)} GB`;
}

/** A Markdown table whose columns line up in plain text too. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, i) =>
    Math.max(3, heading.length, ...rows.map((row) => row[i]!.length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(headings), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
