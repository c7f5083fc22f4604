import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { able, type Context, leaveOut } from '../context.js';
import { PeerError, PeerProcess } from '../peer-process.js';
import { inTurns } from '../rounds.js';
import type { System } from '../systems.js';

const root = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** From starting a process to the end of its first evaluation, at the smallest of the sizes. */
export async function measureStartup(context: Context): Promise<void> {
  const size = Math.min(...context.options.size);
  const { repeats } = context.options;
  const failed = (name: string, error: unknown) => leaveOut(context, 'start', name, error);
  // Of those that do the whole job; the others need most of a minute to compile their part of it.
  const systems = able(context, 'lbfgs');
  const coldTurns = systems.flatMap(({ name, label, commandLine }) => {
    if (commandLine === undefined) return [];
    const measure = () => {
      context.show(`Start with empty caches: ${label} …`);
      return inFolder(context, (caches) => startScumble(context, commandLine, size, caches));
    };
    return [{ name, measure }];
  });
  const cold = Object.fromEntries(await inTurns(coldTurns, repeats, failed));
  await inFolder(context, async (caches) => {
    const turns = systems.map((system) => ({
      name: system.name,
      measure: () => {
        context.show(`Start with warm caches: ${system.label} …`);
        // Each with caches of its own: another Scumble may rank other kernels.
        const own = join(caches, system.name);
        return system.commandLine === undefined
          ? startPeer(context, system, size, own)
          : startScumble(context, system.commandLine, size, own);
      },
    }));
    // The first round fills the caches.
    const rounds = await inTurns(turns, repeats + 1, failed);
    const warm = Object.fromEntries([...rounds].map(([name, seconds]) => [name, seconds.slice(1)]));
    const node: number[] = [];
    for (let i = 0; i < repeats; i++) node.push(await startNode());
    context.results.startup.push({ size, cold, warm, node });
  });
}

/** Where Scumble keeps its measurements, and drivers what they compile: Mesa's and NVIDIA's. */
function cacheVariables(folder: string): Record<string, string> {
  return {
    SCUMBLE_CACHE: join(folder, 'scumble'),
    MESA_SHADER_CACHE_DIR: join(folder, 'mesa'),
    __GL_SHADER_DISK_CACHE_PATH: folder,
    XDG_CACHE_HOME: folder,
  };
}

async function inFolder<T>(context: Context, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(context.settings.folder, 'caches-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the built command line on the demo's pictures. The trace gets its first line when the scores have been read. */
async function startScumble(
  context: Context,
  commandLine: string,
  size: number,
  caches: string,
): Promise<number> {
  const folder = mkdtempSync(join(context.settings.folder, 'start-'));
  const trace = join(folder, 'trace.jsonl');
  const pictures = [root('demo/content.jpg'), root('demo/style.jpg'), '-o', join(folder, 'out.png')];
  const { adapter } = context.settings;
  const options = ['--size', String(size), '--evaluations', '1', '--trace', trace, '--quiet'];
  if (adapter !== undefined) options.push('--adapter', adapter);
  try {
    return await new Promise<number>((resolve, reject) => {
      let seconds: number | undefined;
      const begun = performance.now();
      const look = () => {
        if (existsSync(trace) && statSync(trace).size > 0) seconds ??= (performance.now() - begun) / 1000;
      };
      const watcher = watch(folder, look);
      const child = spawn(process.execPath, [commandLine, 'stylize', ...pictures, ...options], {
        env: { ...process.env, ...cacheVariables(caches) },
        stdio: 'ignore',
      });
      child.on('error', reject);
      child.on('exit', (code) => {
        look();
        watcher.close();
        if (code === 0 && seconds !== undefined) resolve(seconds);
        else reject(new PeerError(`scumble stylize ended with ${code} and without a trace`));
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startPeer(context: Context, system: System, size: number, caches: string): Promise<number> {
  const begun = performance.now();
  const peer = await PeerProcess.start(system, { ...context.settings, env: cacheVariables(caches) });
  try {
    await peer.ask('setup', { size });
    return (performance.now() - begun) / 1000;
  } finally {
    await peer.close();
  }
}

function startNode(): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
    child.on('error', reject);
    child.on('exit', () => resolve((performance.now() - begun) / 1000));
  });
}
