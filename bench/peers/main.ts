/** @file `npm run peers`: Scumble beside its competitors, in one run on this machine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { UserError } from '../../src/errors.js';
import { fileReason } from '../../src/node/fs-errors.js';
import { assertReplaceable } from '../../src/node/output-files.js';
import { baselineSystem } from './baseline.js';
import { MismatchError } from './check.js';
import type { Context } from './context.js';
import { writeInputs } from './inputs.js';
import { describeMachine } from './machine.js';
import { type PeersOptions, parseOptions } from './options.js';
import { ensurePeerPackages } from './packages.js';
import { measureEvaluations } from './parts/evaluation.js';
import { measureLayers } from './parts/layers.js';
import { measureLbfgs } from './parts/lbfgs.js';
import { measureMemory } from './parts/memory.js';
import { measureStartup } from './parts/startup.js';
import { PeerError, PeerProcess } from './peer-process.js';
import { report } from './report.js';
import type { Part, Results } from './results.js';
import { SCUMBLE, SYSTEMS, type System } from './systems.js';

const MEASURE: Record<Part, (context: Context) => Promise<void>> = {
  evaluation: measureEvaluations,
  layers: measureLayers,
  lbfgs: measureLbfgs,
  memory: measureMemory,
  startup: measureStartup,
};

const show = (line: string) => void process.stderr.write(`${line}\n`);

try {
  await main(parseOptions(process.argv));
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2; // it has been said already
  } else if (error instanceof UserError || error instanceof MismatchError || error instanceof PeerError) {
    console.error(error.message);
    process.exitCode = error instanceof UserError ? error.exitCode : 1;
  } else {
    throw error;
  }
}

async function main(options: PeersOptions): Promise<void> {
  const { json, only, size, adapter } = options;
  if (json !== undefined) await assertReplaceable(json);
  ensurePeerPackages(show);
  const folder = mkdtempSync(join(tmpdir(), 'scumble-peers-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  // The systems end by themselves when nobody is left to ask them.
  for (const [signal, code] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const]) {
    process.once(signal, () => process.exit(code));
  }
  await writeInputs(folder, size);
  const results: Results = {
    machine: describeMachine(),
    ...{ systems: {}, missing: [], checks: [], evaluations: [] },
    ...{ layers: [], lbfgs: [], memory: [], startup: [], leftOut: [] },
  };
  const settings = { folder, adapter };
  const systems = await findSystems(options, settings, results);
  const context: Context = { options, settings, systems, results, show };
  for (const part of only) {
    await MEASURE[part](context);
    results.machine.load[1] = loadavg()[0]!;
    // What took an hour is not to be lost to what fails after it.
    if (json !== undefined) await writeJson(json, results);
  }
  console.log(report(results));
}

/** Starts each system once, and notes those that do not. Scumble itself must. */
async function findSystems(
  { system: wanted, baseline }: PeersOptions,
  settings: Context['settings'],
  results: Results,
): Promise<System[]> {
  const asked = SYSTEMS.filter(({ name, optional }) =>
    wanted ? name === SCUMBLE || wanted.includes(name) : !optional,
  );
  if (baseline !== undefined) {
    show(`Building Scumble at ${baseline} …`);
    asked.splice(1, 0, baselineSystem(baseline, settings.folder));
  }
  const found: System[] = [];
  for (const system of asked) {
    const { name, label, howToGet } = system;
    show(`Looking for ${label} …`);
    try {
      const peer = await PeerProcess.start(system, settings);
      await peer.close();
      results.systems[name] = { ...peer.hello, label };
      found.push(system);
    } catch (error) {
      if (!(error instanceof PeerError) || name === SCUMBLE) throw error;
      results.missing.push({ name, label, why: error.message, howToGet });
    }
  }
  return found;
}

async function writeJson(path: string, results: Results): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(results, undefined, 2)}\n`);
  } catch (error) {
    throw new UserError(`Cannot write ${path}: ${fileReason(error)}.`, 2, { cause: error });
  }
}
