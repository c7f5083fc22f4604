import type { Command } from 'commander';
import { UserError } from '../errors.js';

/**
 * Adds `help` to a command with commands of its own. Commander's answers a name that it does not know with the list, and no
 * word.
 */
export function registerHelp(group: Command): void {
  group
    .helpCommand(false)
    .command('help')
    .description('print the help of a command')
    .argument('[command...]')
    .action((names: readonly string[]) => {
      let command = group;
      for (const name of names) {
        const found = command.commands.find((other) => other.name() === name);
        if (!found) throw new UserError(unknown(name, command));
        command = found;
      }
      command.outputHelp();
    });
}

function unknown(name: string, command: Command): string {
  const full = fullName(command);
  return command.commands.length > 0
    ? `There is no command "${name}"; ${full} help lists them.`
    : `${full} has no command "${name}" of its own; ${full} --help tells what it takes.`;
}

function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}
