/** What an option may not be is told in a sentence, whatever a caller in JavaScript gives for it. */
import { expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { DEFAULTS, PRESETS, resolveStyleOptions, type StyleOptions } from '../../src/style/options.js';

it('lays options over a preset over the defaults, and what is undefined over nothing', () => {
  const options = { evaluations: 7, pooling: undefined } as unknown as Partial<StyleOptions>;
  expect(resolveStyleOptions(options, 'gatys')).toEqual({ ...DEFAULTS, ...PRESETS.gatys, evaluations: 7 });
});

it.each<[Record<string, unknown>, string]>([
  [{ lineSearch: 'strong_wolfe' }, 'lineSearch must be none or strong-wolfe, not "strong_wolfe".'],
  [{ clamp: 'box' }, 'clamp must be robust, seed or none, not "box".'],
  [{ precision: 'bf16' }, 'precision must be f32 or f16, not "bf16".'],
  [{ historyBits: '16' }, 'historyBits must be 16 or 32, not "16".'],
  [{ evaluations: 0 }, 'evaluations must be a whole number from 1 to 1000000, not 0.'],
  [{ evaluations: NaN }, 'evaluations must be a whole number from 1 to 1000000, not NaN.'],
  [{ history: '5' }, 'history must be a whole number from 1 to 255, not "5".'],
  [{ seed: 3n }, 'seed must be a whole number from 0 to 9007199254740991, not 3n.'],
  [{ contentWeight: '1' }, 'contentWeight must be a number from 0 to 1e18, not "1".'],
  [{ styleWeight: null }, 'styleWeight must be a number from 0 to 1e18, not null.'],
  [{ styleWeight: NaN }, 'styleWeight must be a number from 0 to 1e18, not NaN.'],
  [{ styleWeight: [1000] }, 'styleWeight must be a number from 0 to 1e18, not an Array.'],
  [{ contentLayers: null }, "contentLayers must be a list of layers such as ['conv_4'], not null."],
  [{ styleLayers: 'conv_4' }, 'styleLayers must be a list of layers such as [\'conv_4\'], not "conv_4".'],
  [{ contentLayers: [5] }, 'VGG-19 has no layer called 5; use names such as'],
  [{ contentLayers: [], styleLayers: [] }, 'Without content and style layers there is nothing to optimise'],
])('refuses %o', (options, sentence) => {
  expect(() => resolveStyleOptions(options)).toThrow(UserError);
  expect(() => resolveStyleOptions(options)).toThrow(sentence);
});

it('refuses a preset that there is not', () => {
  expect(() => resolveStyleOptions({}, 'Seed' as 'seed')).toThrow(
    'preset must be seed or gatys, not "Seed".',
  );
});
