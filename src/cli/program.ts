import { Command } from 'commander';
import { packageVersion } from '../node/package-files.js';
import { registerBench } from './bench.js';
import { registerDevices } from './devices.js';
import { registerHelp } from './help.js';
import { registerStylize } from './stylize.js';
import { registerWeights } from './weights.js';

/** The whole command line. Throws CommanderError instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('scumble')
    .description('Paint one picture in the style of another, on WebGPU.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'scumble: ')) })
    .exitOverride();
  registerStylize(program);
  registerDevices(program);
  registerWeights(program);
  registerBench(program);
  registerHelp(program);
  return program;
}
