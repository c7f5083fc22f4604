import { spawn, spawnSync } from 'node:child_process';

export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs Node on TypeScript as from a bare shell: of the environment, only what finds programs, so that
 * XDG_RUNTIME_DIR and other variables that quieten drivers are missing.
 */
export function runNode(args: readonly string[], env: Record<string, string> = {}): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', ...args], {
    env: { PATH: process.env['PATH'], ...driverChoice(), ...env },
    encoding: 'utf8',
    timeout: 50_000,
  });
  return { code: status, stdout, stderr };
}

/** Runs the command line from its sources. */
export function runScumble(args: readonly string[], env: Record<string, string> = {}): Run {
  return runNode(['src/cli/main.ts', ...args], env);
}

/** Starts the command line from its sources and leaves it running: to be sent signals, or to be heard no longer. */
export function startScumble(
  args: readonly string[],
  env: Record<string, string> = {},
): {
  kill: (signal: NodeJS.Signals) => void;
  stopListening: () => void;
  /** What it has said so far. */
  said: { readonly stdout: string; readonly stderr: string };
  done: Promise<Run>;
} {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...args], {
    env: { PATH: process.env['PATH'], ...driverChoice(), ...env },
    timeout: 50_000,
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  }
  const done = new Promise<Run>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  });
  return {
    kill: (signal) => void child.kill(signal),
    stopListening: () => child.stdout.destroy(),
    said: output,
    done,
  };
}

/** The machine's choice of Vulkan driver, without which there may be no adapter. */
function driverChoice(): Record<string, string> {
  const names = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES', 'VK_ADD_DRIVER_FILES'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
