import { UserError } from '../src/errors.js';
import { assertDistinct, type NamedFile } from '../src/node/distinct-files.js';
import { fileReason } from '../src/node/fs-errors.js';
import { assertReplaceable, replaceFile } from '../src/node/output-files.js';
import { readWhole } from '../src/node/read-whole.js';
import type { Comparison } from './compare.js';
import { csvReport } from './report/csv.js';
import { htmlReport } from './report/html.js';
import type { BenchRequest } from './request.js';
import { allLines, readResults, type Results } from './results.js';

/** More than any bench has to tell; what is larger is some other file. */
const MAX_RESULTS_BYTES = 2 ** 28;

/** The formats that results are written in, by the option that asks for them. */
const WRITERS = {
  json: (results: Results) => `${JSON.stringify(results, undefined, 2)}\n`,
  csv: csvReport,
  html: htmlReport,
} as const satisfies Record<string, (results: Results, comparison?: Comparison) => string>;
const FORMATS = Object.keys(WRITERS) as (keyof typeof WRITERS)[];

type Files = Pick<BenchRequest, 'compare' | 'from' | keyof typeof WRITERS>;

/** @throws UserError for a file that cannot be written, or that is to be read as well. */
export async function checkFiles(files: Files): Promise<void> {
  const named = (role: keyof Files): NamedFile[] => {
    const path = files[role];
    return path === undefined ? [] : [{ role: `--${role}`, path }];
  };
  const outputs = FORMATS.flatMap(named);
  // One after the other, for the two may well be one file: a run compared with itself has not changed.
  for (const inputs of [named('from'), named('compare')]) await assertDistinct(inputs, outputs);
  for (const { path } of outputs) await assertReplaceable(path);
}

/**
 * Writes the files asked for, if there is anything to write. One that cannot be written keeps none of the others from it.
 *
 * @returns what to say of those that were not written, if any.
 */
export async function writeFiles(
  files: Files,
  results: Results,
  comparison?: Comparison,
): Promise<UserError | undefined> {
  if (files.from === undefined && allLines(results).length === 0) return new UserError(NOTHING);
  const refused: string[] = [];
  for (const format of FORMATS) {
    const path = files[format];
    if (path === undefined) continue;
    try {
      await replaceFile(path, WRITERS[format](results, comparison));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refused.push(error.message);
    }
  }
  return refused.length > 0 ? new UserError(refused.join(' ')) : undefined;
}

const NOTHING =
  'Nothing was measured, for all that was asked for is left out, and no file was written; ' +
  'choose another --kernel or a smaller --size, or have more --patience.';

/** @throws UserError where the file cannot be read or holds something else. */
export async function openResults(path: string): Promise<Results> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(await readWhole(path, MAX_RESULTS_BYTES)));
  } catch (error) {
    if (error instanceof SyntaxError) throw notResults(path, 'it is not JSON');
    throw new UserError(`Cannot read ${path}: ${fileReason(error)}.`, 2, { cause: error });
  }
  const results = readResults(json);
  if (typeof results === 'string') throw notResults(path, results);
  return results;
}

/**
 * Results that can be held against others.
 *
 * @throws UserError for those that were stopped too early for that, and what `openResults` throws.
 */
export async function openComparable(path: string): Promise<Results> {
  const results = await openResults(path);
  const { f32, bandwidth } = results.pulse;
  if (f32.length > 0 && bandwidth.length > 0) return results;
  throw new UserError(
    `${path} cannot be compared, for it does not tell how fast the adapter itself was meanwhile; name results of a bench that was not stopped at its beginning.`,
  );
}

function notResults(path: string, why: string): UserError {
  return new UserError(`${path} holds no results of scumble bench --json: ${why}; name a file that does.`);
}
