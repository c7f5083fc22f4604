import type { UserError } from '../src/errors.js';
import { Gpu } from '../src/gpu/gpu.js';
import { openDawn } from '../src/node/dawn.js';
import { assertTuningKept, Tuning } from '../src/node/tuning.js';
import { compare } from './compare.js';
import { checkFiles, openComparable, openResults, writeFiles } from './files.js';
import { listText } from './list.js';
import { planLines } from './plan.js';
import { comparisonText } from './report/compare-text.js';
import { INTERRUPTED, textReport } from './report/text.js';
import { tuneText } from './report/tune-text.js';
import type { BenchRequest } from './request.js';
import { type BenchHooks, runBench } from './run.js';
import { tuneSizes, tuningRows } from './tune.js';

export interface BenchOutcome {
  /** What to print. */
  text: string;
  /** How many lines got slower beyond noise, of those compared. */
  slower: number;
  /** What went wrong in the end, to be thrown when the text is out: it is no reason to lose that. */
  complaint?: UserError | undefined;
}

/**
 * All of `scumble bench` but the printing: measures, or reads an older run, compares, and writes the files asked for.
 *
 * @throws UserError, before anything is measured, for what cannot be read or written or is not there; the signal's reason
 *   where that is aborted before anything is measured.
 */
export async function bench(request: BenchRequest, hooks: BenchHooks = {}): Promise<BenchOutcome> {
  const plan = planLines(request);
  await checkFiles(request);
  const before = request.compare === undefined ? undefined : await openComparable(request.compare);
  if (request.tune) {
    await assertTuningKept();
    const notices = new Set<string>();
    const onNotice = (sentence: string) => void notices.add(sentence);
    const measured = await onGpu(request, (gpu) => tuneSizes(gpu, request.size, { ...hooks, onNotice }));
    if (hooks.signal?.aborted) notices.add(INTERRUPTED);
    return { text: [tuneText(tuningRows(measured)), ...notices].join('\n\n'), slower: 0 };
  }
  if (request.list)
    return { text: await onGpu(request, (gpu) => listText(gpu, plan, request.variant)), slower: 0 };

  const notes: string[] = [];
  const results =
    request.from === undefined
      ? await onGpu(request, (gpu, tuning) => {
          if (request.variant === undefined) notes.push(choiceText(tuning.measured.length));
          return runBench(gpu, request, plan, hooks);
        })
      : await (before ? openComparable : openResults)(request.from);
  const comparison = before && compare(results, before);
  return {
    text: [textReport(results), ...notes, ...(comparison ? [comparisonText(comparison)] : [])].join('\n\n'),
    slower: comparison?.changes.filter(({ verdict }) => verdict === 'slower').length ?? 0,
    complaint: await writeFiles(request, results, comparison),
  };
}

/** What variants were chosen by. */
function choiceText(shapes: number): string {
  return shapes > 0
    ? `Variants are those found fastest on the ${shapes} shapes tuned on this adapter, as stylize chooses them; --tune times them anew.`
    : 'No shape has been tuned on this adapter, so variants are the usual ones; --tune times them.';
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
