import { Command } from 'commander';
import { UserError } from '../errors.js';
import { packageVersion } from '../node/package-files.js';
import { registerBench } from './bench.js';
import { registerDevices } from './devices.js';
import { registerStylize } from './stylize.js';
import { registerWeights } from './weights.js';

/** The whole command line. Throws CommanderError instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('scumble')
    .description('Paint one picture in the style of another, on WebGPU.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'scumble: ')) })
    .exitOverride();
  registerStylize(program);
  registerDevices(program);
  registerWeights(program);
  registerBench(program);
  registerHelp(program);
  return program;
}

/** Adds `scumble help`. Commander's own answers a name that it does not know with the list, and no word. */
function registerHelp(program: Command): void {
  program
    .command('help')
    .description('print the help of a command')
    .argument('[command...]')
    .action((names: readonly string[]) => {
      let command = program;
      for (const name of names) {
        const found = command.commands.find((other) => other.name() === name);
        if (!found) throw new UserError(`There is no command "${name}"; scumble help lists them.`);
        command = found;
      }
      command.outputHelp();
    });
}
