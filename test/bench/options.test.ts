import { CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseOptions } from '../../bench/options.js';
import { plan } from '../../bench/run.js';
import { UserError } from '../../src/errors.js';

const parse = (...args: string[]) => parseOptions(['node', 'bench', ...args]);

describe('the options of the bench', () => {
  let said: string[];
  beforeEach(() => {
    said = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  });
  afterEach(() => vi.restoreAllMocks());

  it('measure 128² and 256² unless asked for other sizes', () => {
    expect(parse().size).toEqual([128, 256]);
    expect(parse('--size', '64', '96').size).toEqual([64, 96]);
    expect(parse('--force', 'conv2d=direct', 'gram=tiled').force).toEqual([
      ['conv2d', 'direct'],
      ['gram', 'tiled'],
    ]);
  });

  it.each([
    [['--size', '7'], 'Give a whole number from 8 to 4096.'],
    [['--size', 'big'], 'Give a whole number from 8 to 4096.'],
    [['--force', 'conv=direct'], 'Write it as conv2d=direct, with one of conv2d, gram'],
    [['--force', 'constructor=name'], 'Write it as conv2d=direct'],
    [['--force', 'conv2d=fast'], 'The variants of conv2d are direct, tiled, uniform, winograd.'],
    [['--patience', 'none'], 'Give a number above 0.'],
    [['--nothing'], "unknown option '--nothing'"],
    [['128'], 'too many arguments'],
  ])('say in one line what is wrong with %j', (args, words) => {
    expect(() => parse(...args)).toThrow(CommanderError);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(words);
    expect(said[0]!.trimEnd()).not.toContain('\n');
  });

  it('name what can be measured when asked for something else', () => {
    expect(() => plan(parse('--kernel', 'conv2d', 'conv'))).toThrow(UserError);
    expect(() => plan(parse('--kernel', 'conv2d', 'conv'))).toThrow(
      /called conv; choose from evaluation, lbfgs/,
    );
  });

  it('choose the kernels', () => {
    const { cases, wants } = plan(parse('--kernel', 'conv2d', 'evaluation', '--size', '128'));
    expect(cases.map(({ shape }) => shape)).toEqual([
      '3→64 @ 128²',
      '64→64 @ 128²',
      '64→128 @ 64²',
      '128→128 @ 64²',
      '128→256 @ 32²',
    ]);
    expect([wants('evaluation'), wants('lbfgs.update')]).toEqual([true, false]);
  });
});
