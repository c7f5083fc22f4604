// Runs the commands of the set-up without a terminal, and keeps their chatter unless they fail.
import { spawnSync } from 'node:child_process';

/** The set-up cannot go on: the message is one sentence that says why and what to do. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {string} [output] what the failed command printed
   */
  constructor(message, output = '') {
    super(message);
    this.output = output.trim();
  }
}

/**
 * Runs a command to its end with no input. Never throws: a command that cannot be started or runs out of time
 * is one that failed.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, input?: string, timeoutMs?: number }} [options]
 * @returns {{ ok: boolean, stdout: string, output: string }} `output` is stdout and stderr together
 */
export function run(command, args, { cwd, env, input = '', timeoutMs } = {}) {
  const result = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    input,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    windowsHide: true,
  });
  const stdout = result.stdout ?? '';
  const trouble = result.error ? `${result.error.message}\n` : '';
  return { ok: result.status === 0, stdout, output: `${stdout}${result.stderr ?? ''}${trouble}` };
}

/** @param {string} line */
export function say(line) {
  console.log(line);
}
