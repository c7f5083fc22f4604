/** @file `npm run bench`: what the adapter can do, what the main job takes, and how near each kernel comes. */
import { writeFile } from 'node:fs/promises';
import { CommanderError } from 'commander';
import { UserError } from '../src/errors.js';
import { Gpu } from '../src/gpu/gpu.js';
import { openDawn } from '../src/node/dawn.js';
import { fileReason } from '../src/node/fs-errors.js';
import { assertReplaceable } from '../src/node/image-files.js';
import { parseOptions } from './options.js';
import { Progress } from './progress.js';
import { plan, runBench, type Report } from './run.js';

const progress = new Progress();

try {
  await main();
} catch (error) {
  progress.clear();
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2; // it has been said already
  } else if (error instanceof UserError) {
    console.error(error.message);
    process.exitCode = error.exitCode;
  } else {
    throw error;
  }
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv);
  plan(options);
  const { json, adapter } = options;
  if (json !== undefined) await assertReplaceable(json);
  const dawn = await openDawn({ adapter });
  let gpu: Gpu | undefined;
  try {
    gpu = await Gpu.request(dawn.gpu);
    const report = await runBench(gpu, options, progress);
    if (json !== undefined) await writeReport(json, report);
  } finally {
    gpu?.dispose();
    dawn.close();
  }
}

async function writeReport(path: string, report: Report): Promise<void> {
  try {
    await writeFile(path, JSON.stringify(report, undefined, 2) + '\n');
  } catch (error) {
    throw new UserError(`Cannot write ${path}: ${fileReason(error)}.`, 2, { cause: error });
  }
}
