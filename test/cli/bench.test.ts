import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readResults, type Results } from '../../bench/results.js';
import { benchRequest } from '../../src/cli/bench-options.js';
import { UserError } from '../../src/errors.js';
import { createProgram } from '../../src/cli/program.js';
import { runScumble, startScumble } from './run.js';

let folder: string;
const file = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scumble-bench-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bench = (...args: string[]) => runScumble(['bench', ...args]);
const read = (name: string) => readFileSync(file(name), 'utf8');

describe('scumble bench', () => {
  it('measures, and writes all that was measured in every form', () => {
    const outputs = ['json', 'csv', 'html'].flatMap((form) => [`--${form}`, file(`first.${form}`)]);
    const run = bench(...['--kernel', 'sum', 'mse,copy', '--size', '16', '--rounds', '2'], ...outputs);
    expect(run).toMatchObject({
      code: 0,
      stderr: 'Measuring what the adapter can do …\nRound 1 of 2 …\nRound 2 of 2 …\n',
    });
    const results = readResults(JSON.parse(read('first.json'))) as Results;
    expect(results).toMatchObject({ format: 2, rounds: 2, evaluations: [], lbfgs: [], leftOut: [] });
    expect(new Set(results.kernels.map(({ kernel }) => kernel))).toEqual(new Set(['mse', 'sum', 'copy']));
    for (const line of results.kernels) {
      expect(line.wall).toHaveLength(2);
      expect(line.milliseconds).toBeGreaterThan(0);
      // Sums of at most 16,384 numbers: far below a wrong digit.
      expect(line.error!.relative).toBeLessThan(1e-4);
      expect(run.stdout).toContain(`${line.shape} `);
    }
    const { ceilings, pulse } = results;
    expect(ceilings.f32.forms.length).toBeGreaterThan(5);
    const positive = [
      ...[ceilings.f32.perSecond, ceilings.bandwidth.perSecond, ceilings.submitMicroseconds],
      ...pulse.f32.flat(),
      ...pulse.bandwidth.flat(),
    ];
    expect(positive.every((value) => value > 0)).toBe(true);
    expect(read('first.csv').trim().split('\r\n')).toHaveLength(1 + results.kernels.length);
    expect(read('first.html')).toMatch(/^<!doctype html>/);
  });

  it('compares with an older run: itself is the same, and a millionth of the time a regression', () => {
    const same = bench('--from', file('first.json'), '--compare', file('first.json'));
    expect(same).toMatchObject({ code: 0, stderr: '' });
    expect(same.stdout).toContain(', 0 got slower and 0 got faster beyond noise.');

    const results = readResults(JSON.parse(read('first.json'))) as Results;
    const faster = (rounds: number[][]) => rounds.map((round) => round.map((time) => time / 1e6));
    results.kernels[0]!.wall = faster(results.kernels[0]!.wall);
    if (results.kernels[0]!.gpu) results.kernels[0]!.gpu = faster(results.kernels[0]!.gpu);
    writeFileSync(file('faster.json'), JSON.stringify(results));
    const run = bench('--from', file('first.json'), '--compare', file('faster.json'));
    expect(run).toMatchObject({ code: 3, stderr: '' });
    expect(run.stdout).toMatch(/^slower +mse /m);
    expect(bench('--from', file('faster.json'), '--compare', file('first.json')).code).toBe(0);
  });

  it('ends soon after Ctrl-C, says so, and leaves older results as they are', async () => {
    writeFileSync(file('old.json'), 'kept');
    const { kill, said, done } = startScumble(['bench', '--json', file('old.json')]);
    while (!said.stderr.includes('Measuring')) await new Promise((resolve) => setTimeout(resolve, 50));
    kill('SIGINT');
    expect(await done).toEqual({
      code: 130,
      stdout: 'Stopped before anything was measured; nothing was written.\n',
      stderr: 'Measuring what the adapter can do …\nStopping; once more to stop without a report.\n',
    });
    expect(read('old.json')).toBe('kept');
  });

  it('lists what there is to measure', () => {
    const { code, stdout } = bench('--list', '--size', '16', '--kernel', 'evaluation', 'conv2d', 'relu');
    expect(code).toBe(0);
    const rows = stdout.trim().split('\n');
    expect(rows[0]).toMatch(/^kernel +shape +variants$/);
    expect(rows[1]).toBe('evaluation');
    expect(rows).toHaveLength(2 + 9 + 5);
    expect(rows.find((row) => row.includes('64→64 @ 16²'))).toContain('direct');
  });
});

describe('is refused in one sentence, before anything is measured:', () => {
  it.each([
    [['--size', '15'], '--size takes a whole number from 16 to 4096, not "15".'],
    [['--size', '64,big'], '--size takes a whole number from 16 to 4096, not "big".'],
    [['--history', '0'], '--history takes a whole number from 1 to 255, not "0".'],
    [['--rounds', '0'], '--rounds takes a whole number from 1 to 100, not "0".'],
    [['--patience', 'none'], '--patience takes a number of seconds above 0, not "none".'],
    [
      ['--kernel', 'conv'],
      '--kernel knows nothing called conv; choose from evaluation, lbfgs.update, conv2d,',
    ],
    [
      ['--from', 'a', '--size', '16', '--list'],
      '--from measures nothing, so --size, --list would do nothing',
    ],
    [['--html', 'a', '--html', 'b'], '--html is there twice, and takes one value; leave one of the two out.'],
    [['--kernel', ''], '--kernel takes names, not "".'],
    [
      ['--list', '--json', 'a'],
      '--list goes with --kernel, --size, --variant, --history and --adapter alone',
    ],
    [['--tune', '--rounds', '2'], '--tune goes with --size and --adapter alone, so leave out --rounds.'],
    [['--from', '/dev/zero'], 'Cannot read /dev/zero: it is a device, not a file.'],
    [['--json', '/nowhere/a.json'], 'Cannot write /nowhere/a.json: there is no folder /nowhere'],
    [['--compare', '/nowhere/a.json'], 'Cannot read /nowhere/a.json: there is no such file.'],
    [
      ['--compare', 'package.json'],
      'package.json holds no results of scumble bench --json: it has no format;',
    ],
    [['--compare', 'README.md'], 'README.md holds no results of scumble bench --json: it is not JSON;'],
    [['--json', 'README.md', '--compare', 'README.md'], '--json and --compare are one and the same file'],
    [['--json', 'a', '--csv', 'a'], '--csv and --json are one and the same file'],
  ])('%j', async (args, words) => {
    const refused = createProgram().parseAsync(['bench', ...args], { from: 'user' });
    const error: unknown = await refused.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringMatching(/^[^\n]*\.$/) });
    expect(String(error)).toContain(words);
    expect(existsSync('a')).toBe(false);
  });

  it('a cache folder that cannot be made, where tuning is to be kept', () => {
    writeFileSync(file('taken'), '');
    const { code, stderr } = runScumble(['bench', '--tune'], { SCUMBLE_CACHE: file('taken') });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^scumble: Cannot make the cache folder .*taken: [^\n]* SCUMBLE_CACHE\.\n$/);
  });

  it('a variant that nothing has', () => {
    const { code, stderr } = bench('--variant', 'fast', '--kernel', 'conv2d', '--size', '16');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^scumble: --variant: nothing .* called fast; there are .*direct.*\.\n$/);
  });
});

it('asks for the default where nothing is said, and takes several with spaces or commas', () => {
  const parsed = (...args: string[]) => {
    const command = createProgram().commands.find((each) => each.name() === 'bench')!;
    // Parsed as the program would, without running what follows.
    command.action(() => undefined).parse(args, { from: 'user' });
    return benchRequest(command.opts());
  };
  expect(parsed()).toEqual({ size: [128, 256], history: [10, 20, 50, 100], rounds: 3, patience: 1 });
  expect(parsed('--size', '64', '96,32', '--kernel', 'conv2d', 'gram', '--patience', '.5')).toMatchObject({
    size: [64, 96, 32],
    kernel: ['conv2d', 'gram'],
    patience: 0.5,
  });
  const twice = parsed('--size', '64,64', '--size', '64', '32', '--history', '5', '5');
  expect(twice, 'each once').toMatchObject({ size: [64, 32], history: [5] });
});
