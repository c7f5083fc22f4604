import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A competitor, or Scumble itself, and how to start it. */
export interface System {
  name: string;
  label: string;
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** What to do where it does not start. */
  howToGet: string;
  /** Left out unless asked for by name. */
  optional?: boolean;
  /** The built command line, of a Scumble. */
  commandLine?: string;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const file = (name: string, root = ROOT) => join(root, 'bench', 'peers', 'systems', name);
const tsx = createRequire(import.meta.url).resolve('tsx');

function typescript(name: string, root?: string): Pick<System, 'command' | 'args'> {
  return { command: process.execPath, args: ['--import', tsx, file(`${name}.ts`, root)] };
}

/** Whom the ratios are of. */
export const SCUMBLE = 'scumble';

/** The Scumble of a checkout. */
export function scumbleIn(root: string): System {
  return {
    name: SCUMBLE,
    label: 'Scumble',
    ...typescript('scumble', root),
    howToGet: 'npm run setup',
    commandLine: commandLine(root),
  };
}

function commandLine(root: string): string {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    bin: { scumble: string };
  };
  return join(root, manifest.bin.scumble);
}

/** Debian puts PyTorch beside the system's own Python, which another one may hide. */
const python = process.env['PYTHON'] ?? (existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3');

function torch(...args: string[]): Pick<System, 'command' | 'args' | 'howToGet'> {
  const threads = String(availableParallelism());
  return {
    command: python,
    args: [file('pytorch.py'), '--threads', threads, ...args],
    howToGet: args.includes('cuda')
      ? 'it takes an NVIDIA GPU and a PyTorch built for CUDA; PYTHON names the interpreter that has it'
      : 'install PyTorch and NumPy for Python 3, on Debian with apt install python3-torch python3-numpy ' +
        'libopenblas0-pthread; PYTHON names another interpreter',
  };
}

const inPeers = 'npm run peers installs it; by hand, npm ci in bench/peers';

export const SYSTEMS: readonly System[] = [
  scumbleIn(ROOT),
  { name: 'tfjs', label: 'TensorFlow.js, WebGPU', ...typescript('tfjs'), howToGet: inPeers },
  { name: 'jax-js', label: 'jax-js, WebGPU', ...typescript('jax'), howToGet: inPeers },
  { name: 'torch-cpu', label: 'PyTorch, CPU', ...torch() },
  {
    name: 'torch-cpu-malloc',
    label: 'PyTorch, CPU, glibc keeping freed memory',
    ...torch(),
    env: {
      MALLOC_MMAP_THRESHOLD_: String(2 ** 30),
      MALLOC_TRIM_THRESHOLD_: String(2 ** 32),
      MALLOC_TOP_PAD_: String(2 ** 26),
    },
    optional: true,
  },
  { name: 'torch-cuda', label: 'PyTorch, CUDA, TF32 off', ...torch('--device', 'cuda') },
  { name: 'torch-cuda-tf32', label: 'PyTorch, CUDA, TF32 on', ...torch('--device', 'cuda', '--tf32') },
];

/** Systems that round products to TF32's 10 bits of mantissa. */
export const LOW_PRECISION: ReadonlySet<string> = new Set(['torch-cuda-tf32']);
