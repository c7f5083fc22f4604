import { expect, test } from 'vitest';
import { list, nonEmpty, oneOf, weight, whole } from '../../src/cli/parse.js';
import { barLine, figure, minutes, scoreLine } from '../../src/cli/progress.js';
import { stylizeRequest } from '../../src/cli/stylize-options.js';
import { UserError } from '../../src/errors.js';

test("times and scores are in the seed's words", () => {
  expect(minutes(12_300)).toBe('0m 12s');
  expect(minutes(59_600)).toBe('1m 0s');
  expect(minutes(3_725_000)).toBe('62m 5s');
  expect(scoreLine({ evaluation: 50, style: 12.345678, content: 3.4567891, total: 15.8024671 })).toBe(
    'run 50: Style Loss : 12.345678 Content Loss: 3.456789',
  );
});

test('the bar tells how far, how fast and how long', () => {
  expect(barLine(75, 300, 2.5)).toBe(
    `${'█'.repeat(8)}${'░'.repeat(22)} 75/300  2.50 evaluations/s  1m 30s left`,
  );
  expect(barLine(0, 300, 0)).toContain('starting');
  expect([0.85247, 12.345, 99.96, 1040.2].map(figure)).toEqual(['0.852', '12.3', '100', '1040']);
});

test('numbers are read whole or not at all', () => {
  const size = whole('--size', 1, 512);
  expect(size('512')).toBe(512);
  for (const text of ['0', '513', '1.5', '-1', '12px', '', ' 3', '0x10', '1e2', 'NaN']) {
    expect(() => size(text), text).toThrow(UserError);
  }
  expect(['1000', '0', '.5', '2.', '1e6'].map(weight('--style-weight', 1e18))).toEqual([
    1000, 0, 0.5, 2, 1e6,
  ]);
  for (const text of ['-1', 'Infinity', '1e999', '1e19', '1,5', '', 'x']) {
    expect(() => weight('--style-weight', 1e18)(text), text).toThrow(
      `--style-weight takes a number from 0 to 1e18, not "${text}".`,
    );
  }
});

test('a text is not empty', () => {
  expect(nonEmpty('--init <start>')('noise')).toBe('noise');
  expect(() => nonEmpty('--init <start>')('')).toThrow('--init takes a start, not "".');
  expect(() => nonEmpty('-o, --output <file>')(' ')).toThrow('--output takes a file, not " ".');
  expect(() => nonEmpty('--kernel <names...>')('')).toThrow('--kernel takes names, not "".');
});

test('words are those there are', () => {
  expect(oneOf('--clamp', ['robust', 'seed', 'none'])('seed')).toBe('seed');
  expect(() => oneOf('--clamp', ['robust', 'seed', 'none'])('Seed')).toThrow(
    '--clamp takes robust, seed or none, not "Seed".',
  );
  expect(list('conv_1, conv2_1')).toEqual(['conv_1', 'conv2_1']);
  expect(list(' ')).toEqual([]);
});

test('what was given stands over the preset, and the preset over the defaults', () => {
  const plain = stylizeRequest('a.png', 'b.png', {});
  expect(plain).toMatchObject({ output: 'stylized.png', weights: 'embedded' });
  expect(plain.options).toMatchObject({ evaluations: 300, clamp: 'robust', start: 'content' });
  const given = stylizeRequest('a.png', 'b.png', { preset: 'seed', init: 'noise', evaluations: 7 });
  expect(given.options).toMatchObject({ evaluations: 7, clamp: 'seed', start: 'noise' });
  expect(given.start).toBeUndefined();
  expect(stylizeRequest('a.png', 'b.png', { preset: 'seed', clamp: 'none' }).options.clamp).toBe('none');
  expect(stylizeRequest('a.png', 'b.png', { init: 'old.png' }).start).toBe('old.png');
});
