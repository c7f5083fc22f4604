// Compiles src/ to dist/src/, and the command line with bench/ to dist/cli/, when something that goes into it has changed.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, run, say } from './shell.mjs';
import { fingerprint, hasStamp, leaveStamp } from './stamp.mjs';

const FOLDERS = ['src', 'bench', 'shaders'];
const FILES = [
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/embed-shaders.mjs',
  'scripts/bundle-cli.mjs',
];

/**
 * The files the build reads, each with its size and time of change. A list, so that a file taken away counts
 * as a change too.
 *
 * @param {string} root
 * @returns {string[]}
 */
export function buildInputs(root) {
  return [...FOLDERS.flatMap((folder) => filesIn(root, folder)), ...FILES]
    .filter((file) => !file.endsWith('.generated.ts') && existsSync(join(root, file)))
    .map((file) => ({ file, stat: statSync(join(root, file)) }))
    .filter(({ stat }) => stat.isFile())
    .map(({ file, stat }) => `${file} ${stat.size} ${stat.mtimeMs}`)
    .sort();
}

/**
 * All files in a folder of the project and below, without folders that have packages of their own.
 *
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
function filesIn(root, folder) {
  if (!existsSync(join(root, folder)) || existsSync(join(root, folder, 'package.json'))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(root, path) : [path];
  });
}

/** @param {string} root the project's folder */
export function ensureBuild(root) {
  const key = fingerprint(buildInputs(root));
  if (existsSync(join(root, 'dist', 'cli', 'main.js')) && hasStamp(root, 'build', key)) return;
  say('Building …');
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const steps = [
    ['scripts/embed-shaders.mjs', 'scripts/bundle-cli.mjs'],
    [compiler, '-p', 'tsconfig.build.json'],
    ['scripts/bundle-cli.mjs'],
  ];
  for (const step of steps) {
    const result = run(process.execPath, step, { cwd: root });
    if (!result.ok) {
      throw new SetupError(
        'Scumble does not compile; mend what the compiler says above, then run npm run setup again.',
        result.output,
      );
    }
  }
  leaveStamp(root, 'build', key);
}
