import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { MismatchError, requireAgreement } from '../../bench/peers/check.js';
import { readInputs, writeInputs } from '../../bench/peers/inputs.js';
import { parseOptions } from '../../bench/peers/options.js';
import { PeerError, PeerProcess } from '../../bench/peers/peer-process.js';
import { figure, range } from '../../bench/peers/report.js';
import { inTurns } from '../../bench/peers/rounds.js';
import { ratios, spread } from '../../bench/peers/statistics.js';
import { scumbleIn, type System } from '../../bench/peers/systems.js';
import { TARGETS, verdict } from '../../bench/peers/targets.js';
import { convWeights, seededImage } from '../support/seeded.js';

const folder = mkdtempSync(join(tmpdir(), 'scumble-peers-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('turns', () => {
  it('take one sample of everybody a round, beginning with another one each time', async () => {
    const order: string[] = [];
    const turns = ['a', 'b', 'c'].map((name) => ({
      name,
      measure: () => Promise.resolve(order.push(name)),
    }));
    const samples = await inTurns(turns, 4, () => undefined);
    expect(order.join('')).toBe('abcbcacababc');
    expect(samples.get('b')).toEqual([2, 4, 9, 11]);
  });

  it('go on without who fails, whose samples are dropped', async () => {
    let calls = 0;
    const failures: string[] = [];
    const turns = [
      { name: 'sound', measure: () => Promise.resolve(1) },
      {
        name: 'broken',
        measure: () => (++calls === 2 ? Promise.reject(new Error('out of breath')) : Promise.resolve(0)),
      },
    ];
    const samples = await inTurns(turns, 3, (name, error) => failures.push(`${name}: ${String(error)}`));
    expect([...samples]).toEqual([['sound', [1, 1, 1]]]);
    expect(failures).toEqual(['broken: Error: out of breath']);
    expect(calls).toBe(2);
  });
});

describe('figures', () => {
  it('are medians between the least and the most', () => {
    expect(spread([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3 });
    expect(spread([4, 1, 2, 3])).toEqual({ median: 2.5, low: 1, high: 4 });
    expect(() => spread([])).toThrow('no values');
    expect(range(spread([1234.5, 1, 0.0123]), ' ms')).toBe('1 ms (0.0123–1,235)');
    expect(figure(0.5)).toBe('0.5');
  });

  it('are divided round by round', () => {
    expect(ratios([10, 20, 99], [5, 4])).toEqual([2, 5]);
  });

  it('reach a bar or an aim from the right side', () => {
    const speed = TARGETS.find(({ better }) => better === 'higher')!;
    const cost = TARGETS.find(({ better }) => better === 'lower')!;
    const say = (target: typeof speed, value: number) =>
      verdict(target, { median: value, low: value, high: value });
    expect([speed.aim, speed.bar, speed.bar / 2].map((value) => say(speed, value))).toEqual([
      'aim reached',
      'bar reached',
      'not yet',
    ]);
    expect([cost.aim, cost.bar, cost.bar * 2].map((value) => say(cost, value))).toEqual([
      'aim reached',
      'bar reached',
      'not yet',
    ]);
  });
});

describe('the check', () => {
  const check = { style: 40, content: 0.06, gradientSum: 400, gradientMax: 0.03 };

  it('passes what rounding explains, and fails what is another function', () => {
    const near = { ...check, style: check.style * (1 + 5e-5), gradientMax: check.gradientMax * (1 - 5e-4) };
    expect(() => requireAgreement(128, { a: check, b: near }, 'a')).not.toThrow();
    const far = { ...check, content: check.content * 1.01 };
    expect(() => requireAgreement(128, { a: check, b: far }, 'a')).toThrow(MismatchError);
    expect(() => requireAgreement(128, { a: check, b: far }, 'a')).toThrow(
      'b does not compute what a does at 128²: content is',
    );
    expect(() => requireAgreement(128, { a: check, b: { ...check, style: NaN } }, 'a')).toThrow(
      MismatchError,
    );
  });

  it('lets TF32 round more', () => {
    const rounded = { ...check, style: check.style * 1.01 };
    expect(() => requireAgreement(128, { a: check, 'torch-cuda-tf32': rounded }, 'a')).not.toThrow();
    expect(() => requireAgreement(128, { a: check, 'torch-cuda': rounded }, 'a')).toThrow(MismatchError);
  });
});

it('the inputs come back bit for bit as the generator made them', async () => {
  await writeInputs(folder, [16]);
  const { weights, biases, content, style, start } = await readInputs(folder, 16);
  const { weight, bias } = convWeights(4);
  expect(weights[4]).toEqual(weight);
  expect(biases[4]).toEqual(bias);
  const names = ['content', 'style', 'probe'] as const;
  expect([content, style, start]).toEqual(names.map((name) => seededImage(name, 16, 16)));
});

it('options: lists replace the defaults', () => {
  const parse = (...args: string[]) => parseOptions(['node', 'peers', ...args]);
  expect(parse()).toMatchObject({ size: [128, 512], repeats: 5, history: 100 });
  expect(parse('--size', '64', '256', '--only', 'memory')).toMatchObject({
    size: [64, 256],
    only: ['memory'],
  });
});

describe('a system', () => {
  const broken = (...args: string[]): System => ({
    name: 'broken',
    label: 'broken',
    command: process.execPath,
    args,
    howToGet: '',
  });

  it('that does not start says why in one line', async () => {
    const start = (system: System) => PeerProcess.start(system, { folder });
    await expect(start(broken('-e', 'require("no-such-library")'))).rejects.toThrow(PeerError);
    await expect(start(broken('-e', 'require("no-such-library")'))).rejects.toThrow(
      "Cannot find module 'no-such-library'",
    );
    await expect(start({ ...broken(), command: join(folder, 'nothing') })).rejects.toThrow('ENOENT');
  });

  it('answers in its own process: Scumble computes the loss of the inputs, and its optimiser lowers it', async () => {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const peer = await PeerProcess.start(scumbleIn(root), { folder });
    try {
      expect(peer.hello.can).toContain('evaluate');
      const { loss } = await peer.ask('setup', { size: 16 });
      const { style, content, gradientSum } = await peer.ask('check', {});
      // float32 sums of the same terms, once as two numbers and once as one.
      expect(Math.abs(style + content - loss)).toBeLessThanOrEqual(2 ** -22 * loss);
      expect(gradientSum).toBeGreaterThan(0);
      const later = await peer.ask('evaluate', { count: 10 });
      expect(later).toMatchObject({ update: true });
      expect(later.loss).toBeLessThan(loss / 2);
      await expect(peer.ask('layer', { size: 16, index: 9, direction: 'forward', count: 1 })).rejects.toThrow(
        PeerError,
      );
    } finally {
      await peer.close();
    }
  });
});
