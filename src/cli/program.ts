import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { packageFile } from '../node/package-files.js';
import { registerDevices } from './devices.js';
import { registerStylize } from './stylize.js';

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(packageFile('package.json'), 'utf8'));
  const isManifest = (value: unknown): value is { version: string } =>
    typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string';
  if (!isManifest(manifest)) throw new Error('package.json holds no version');
  return manifest.version;
}

/** The whole command line. Throws CommanderError instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('scumble')
    .description('Paint one picture in the style of another, on WebGPU.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'scumble: ')) })
    .exitOverride();
  registerStylize(program);
  registerDevices(program);
  return program;
}
