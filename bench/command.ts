import { UserError } from '../src/errors.js';
import { Gpu } from '../src/gpu/gpu.js';
import { openDawn } from '../src/node/dawn.js';
import { assertDistinct, type NamedFile } from '../src/node/distinct-files.js';
import { fileReason } from '../src/node/fs-errors.js';
import { assertReplaceable, replaceFile } from '../src/node/output-files.js';
import { readWhole } from '../src/node/read-whole.js';
import { Tuning } from '../src/node/tuning.js';
import { type Comparison, compare } from './compare.js';
import { listText } from './list.js';
import { planLines } from './plan.js';
import { comparisonText } from './report/compare-text.js';
import { csvReport } from './report/csv.js';
import { htmlReport } from './report/html.js';
import { textReport } from './report/text.js';
import { tuneText } from './report/tune-text.js';
import type { BenchRequest } from './request.js';
import { readResults, type Results } from './results.js';
import { type BenchHooks, runBench } from './run.js';
import { tuneSizes, tuningRows } from './tune.js';

export interface BenchOutcome {
  /** What to print. */
  text: string;
  /** How many lines got slower beyond noise, of those compared. */
  slower: number;
}

/** More than any bench has to tell; what is larger is some other file. */
const MAX_RESULTS_BYTES = 2 ** 28;

/** The formats that results are written in, by the option that asks for them. */
const WRITERS = {
  json: (results: Results) => `${JSON.stringify(results, undefined, 2)}\n`,
  csv: csvReport,
  html: htmlReport,
} as const satisfies Record<string, (results: Results, comparison?: Comparison) => string>;
const FORMATS = Object.keys(WRITERS) as (keyof typeof WRITERS)[];

/**
 * All of `scumble bench` but the printing: measures, or reads an older run, compares, and writes the files asked for.
 *
 * @throws UserError, before anything is measured, for what cannot be read or written or is not there.
 */
export async function bench(request: BenchRequest, hooks: BenchHooks = {}): Promise<BenchOutcome> {
  const plan = planLines(request);
  await checkFiles(request);
  const before = request.compare === undefined ? undefined : await openResults(request.compare);
  if (request.tune) {
    const notices = new Set<string>();
    const onNotice = (sentence: string) => void notices.add(sentence);
    const measured = await onGpu(request, (gpu) => tuneSizes(gpu, request.size, { ...hooks, onNotice }));
    return { text: [tuneText(tuningRows(measured)), ...notices].join('\n\n'), slower: 0 };
  }
  if (request.list) return { text: await onGpu(request, (gpu) => listText(gpu, plan)), slower: 0 };

  const notes: string[] = [];
  const results =
    request.from === undefined
      ? await onGpu(request, (gpu, tuning) => {
          if (request.variant === undefined) notes.push(choiceText(tuning.measured.length));
          return runBench(gpu, request, plan, hooks);
        })
      : await openResults(request.from);
  const comparison = before && compare(results, before);
  for (const format of FORMATS) {
    const path = request[format];
    if (path !== undefined) await replaceFile(path, WRITERS[format](results, comparison));
  }
  return {
    text: [textReport(results), ...notes, ...(comparison ? [comparisonText(comparison)] : [])].join('\n\n'),
    slower: comparison?.changes.filter(({ verdict }) => verdict === 'slower').length ?? 0,
  };
}

/** What variants were chosen by. */
function choiceText(shapes: number): string {
  return shapes > 0
    ? `Variants are those found fastest on the ${shapes} shapes tuned on this adapter, as stylize chooses them; --tune times them anew.`
    : 'No shape has been tuned on this adapter, so variants are the usual ones; --tune times them.';
}

async function checkFiles(request: BenchRequest): Promise<void> {
  const named = (role: 'compare' | 'from' | (typeof FORMATS)[number]): NamedFile[] => {
    const path = request[role];
    return path === undefined ? [] : [{ role: `--${role}`, path }];
  };
  const outputs = FORMATS.flatMap(named);
  // One after the other, for the two may well be one file: a run compared with itself has not changed.
  for (const inputs of [named('from'), named('compare')]) await assertDistinct(inputs, outputs);
  for (const { path } of outputs) await assertReplaceable(path);
}

async function openResults(path: string): Promise<Results> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(await readWhole(path, MAX_RESULTS_BYTES)).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw notResults(path, 'it is not JSON');
    throw new UserError(`Cannot read ${path}: ${fileReason(error)}.`, 2, { cause: error });
  }
  const results = readResults(json);
  if (typeof results === 'string') throw notResults(path, results.replace(/\.$/, ''));
  return results;
}

function notResults(path: string, why: string): UserError {
  return new UserError(`${path} holds no results of scumble bench --json: ${why}; name a file that does.`);
}

async function onGpu<T>(
  { adapter }: BenchRequest,
  work: (gpu: Gpu, tuning: Tuning) => T | Promise<T>,
): Promise<T> {
  const dawn = await openDawn({ adapter });
  let gpu: Gpu | undefined;
  try {
    gpu = await Gpu.request(dawn.gpu);
    return await work(gpu, await Tuning.open(gpu));
  } finally {
    gpu?.dispose();
    dawn.close();
  }
}
