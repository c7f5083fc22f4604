import { spawnSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type as systemType } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Results } from './results.js';

/** Where and on what this is measured. */
export function describeMachine(): Results['machine'] {
  const processors = cpus();
  const load = loadavg()[0]!;
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    system: `${systemType()} ${release()}`,
    node: process.versions.node,
    load: [load, load],
  };
}

function commit(): string {
  const git = (...args: string[]) => {
    const cwd = fileURLToPath(new URL('.', import.meta.url));
    const { status, stdout } = spawnSync('git', args, { cwd, encoding: 'utf8' });
    return status === 0 ? stdout.trim() : undefined;
  };
  const head = git('rev-parse', '--short', 'HEAD');
  if (!head) return 'unknown';
  return git('status', '--porcelain', '--untracked-files=no', '.', '../../src', '../../shaders')
    ? `${head} with changes`
    : head;
}
