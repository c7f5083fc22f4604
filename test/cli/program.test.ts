import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { describeFailure } from '../../src/cli/failure.js';
import { UserError } from '../../src/errors.js';
import { GpuError } from '../../src/gpu/errors.js';
import { runScumble } from './run.js';

describe('the command line', () => {
  test('--help and --version go to stdout and succeed', () => {
    const help = runScumble(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: scumble /);
    expect(help.stdout).toContain('devices');
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(runScumble(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test.each([
    [['devces'], "scumble: unknown command 'devces'\n(Did you mean devices?)\n"],
    [['devices', '--jsn'], "scumble: unknown option '--jsn'\n(Did you mean --json?)\n"],
  ])('%j is refused with a suggestion', (args, stderr) => {
    expect(runScumble(args)).toEqual({ code: 2, stdout: '', stderr });
  });
});

describe('scumble help', () => {
  test('prints what --help of the same command does', () => {
    for (const names of [[], ['weights'], ['weights', 'fetch']]) {
      const { code, stdout, stderr } = runScumble(['help', ...names]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toBe(runScumble([...names, '--help']).stdout);
    }
  });

  test('knows no other command', () => {
    const stderr = 'scumble: There is no command "fetch"; scumble help lists them.\n';
    expect(runScumble(['help', 'fetch'])).toEqual({ code: 2, stdout: '', stderr });
    const inside = 'scumble: There is no command "fetsch"; scumble weights help lists them.\n';
    for (const args of [
      ['help', 'weights', 'fetsch'],
      ['weights', 'help', 'fetsch'],
    ]) {
      expect(runScumble(args)).toEqual({ code: 2, stdout: '', stderr: inside });
    }
  });
});

test.each(['stylize', 'weights fetch'])('scumble help %s foo names a command that works', (names) => {
  const full = `scumble ${names}`;
  const stderr = `scumble: ${full} has no command "foo" of its own; ${full} --help tells what it takes.\n`;
  expect(runScumble(['help', ...names.split(' '), 'foo'])).toEqual({ code: 2, stdout: '', stderr });
});

describe('what a run that failed says', () => {
  test("a user's error: its sentence and its exit code", () => {
    const error = new UserError('There is no file cat.jpg; give one that exists.', 3);
    expect(describeFailure(error, false)).toEqual({
      exitCode: 3,
      text: 'scumble: There is no file cat.jpg; give one that exists.',
    });
  });

  test('anything else: one line that calls it a defect and tells how to see more', () => {
    const { exitCode, text } = describeFailure(new TypeError('x is not a function.\nmore'), false);
    expect(exitCode).toBe(1);
    expect(text).toMatch(
      /^scumble: This is a defect in Scumble: x is not a function; .*SCUMBLE_DEBUG=1.*\.$/,
    );
    expect(describeFailure('thrown text', false).text).toContain('thrown text');
  });

  test('a GPU that is full or gone: what to do, and no talk of a defect', () => {
    const full = describeFailure(new GpuError('Freezing', 'out-of-memory', 'no'), false);
    expect(full).toMatchObject({
      exitCode: 1,
      text: expect.stringMatching(/^scumble: The GPU has not enough .*--size/),
    });
    const lost = describeFailure(new GpuError('Reading', 'device-lost', 'gone'), false);
    expect(lost).toMatchObject({
      exitCode: 1,
      text: expect.stringMatching(/^scumble: The GPU was lost .*try again/),
    });
    expect(describeFailure(new GpuError('Freezing', 'compilation', 'no'), false).text).toContain('defect');
  });

  test('a folder that was taken away while in it', () => {
    const gone = Object.assign(new Error('ENOENT: no such file or directory, uv_cwd'), { syscall: 'uv_cwd' });
    expect(describeFailure(gone, false)).toEqual({
      exitCode: 2,
      text: 'scumble: The folder that this runs in is gone; change to another one.',
    });
  });

  test('a trace, when asked for', () => {
    expect(describeFailure(new TypeError('broken'), true).text).toMatch(/^TypeError: broken\n\s+at /);
  });

  test('nothing about what commander has said, whose usage errors become 2', () => {
    const usage = new CommanderError(1, 'commander.unknownOption', 'unknown option');
    expect(describeFailure(usage, false)).toEqual({ exitCode: 2, text: undefined });
    const help = new CommanderError(0, 'commander.helpDisplayed', '(help)');
    expect(describeFailure(help, false)).toEqual({ exitCode: 0, text: undefined });
  });
});
