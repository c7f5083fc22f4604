import { requireObject, requireOneOf, requireWhole, shown } from '../checks.js';
import { UserError } from '../errors.js';
import { power } from '../gpu/format.js';
import { HISTORY_BITS, type HistoryBits } from '../lbfgs/index.js';
import type { Pooling } from '../vgg/network.js';
import { findLayer, requireLayers } from '../vgg/layers.js';
import type { Objective } from './objective.js';

/** What the optimised image starts from: the content image, or white noise drawn from `seed`. */
export type Start = 'content' | 'noise';

/** Everything that decides a result, beside the two images and the filters. */
export interface StyleOptions extends Objective {
  /** How many times the objective is evaluated, forward and backward. */
  evaluations: number;
  /** Pairs (s, y) that L-BFGS remembers, 1 to 255. Each takes 12 bytes a pixel, or 24 with 32 bits a number. */
  history: number;
  /**
   * Bits of a number of theirs. 16: block floating point, off by what the gradient is off itself. 32: float32, as
   * PyTorch keeps them, at twice the memory and time.
   */
  historyBits: HistoryBits;
  /** 'none' moves by lr·d; 'strong-wolfe' searches along d, at several evaluations a move. */
  lineSearch: 'none' | 'strong-wolfe';
  /** PyTorch's stopping rule of 2017 (sums of |g| and |d·t|) or today's (their maxima). */
  stopRule: '2017' | 'maxima';
  /**
   * 'robust': the box 0..1 belongs to the optimiser, the best image is kept. 'seed': x is clamped behind the
   * optimiser's back, and the last image is the result. 'none': no clamp while optimising, as an experiment.
   */
  clamp: 'robust' | 'seed' | 'none';
  start: Start;
  /** Seeds the noise; a whole number from 0. */
  seed: number;
}

type Choice = 'pooling' | 'precision' | 'historyBits' | 'lineSearch' | 'stopRule' | 'clamp' | 'start';

/** What an option may be, where it is one of a few. */
export const CHOICES: { readonly [Name in Choice]: readonly StyleOptions[Name][] } = {
  pooling: ['max', 'average'],
  precision: ['f32', 'f16'],
  historyBits: HISTORY_BITS,
  lineSearch: ['none', 'strong-wolfe'],
  stopRule: ['2017', 'maxima'],
  clamp: ['robust', 'seed', 'none'],
  start: ['content', 'noise'],
};

/** The square is still a float32 number, with what a loss multiplies it by. */
const WEIGHTS = [0, 1e18] as const;

/** The least and the most of each number. All but the weights are whole. */
export const RANGES = {
  contentWeight: WEIGHTS,
  styleWeight: WEIGHTS,
  evaluations: [1, 1_000_000],
  history: [1, 255],
  seed: [0, Number.MAX_SAFE_INTEGER],
} as const satisfies Partial<Record<keyof StyleOptions, readonly [number, number]>>;

/** The seed program's values, with the box constraint made robust. */
export const DEFAULTS: Readonly<StyleOptions> = {
  contentLayers: ['conv_4'],
  styleLayers: ['conv_1', 'conv_2', 'conv_3', 'conv_4', 'conv_5'],
  contentWeight: 1,
  styleWeight: 1000,
  pooling: 'max',
  precision: 'f32',
  evaluations: 300,
  history: 100,
  historyBits: 16,
  lineSearch: 'none',
  stopRule: '2017',
  clamp: 'robust',
  start: 'content',
  seed: 0,
};

/** Named sets of options, laid over the defaults. */
export const PRESETS = {
  /** The seed's program exactly. */
  seed: { clamp: 'seed' },
  /**
   * Gatys, Ecker and Bethge's layers: relu4_2 for the content, relu1_1 to relu5_1 for the style, average pools. Needs
   * filters of all of VGG-19 up to conv5_1.
   */
  gatys: {
    contentLayers: ['relu4_2'],
    styleLayers: ['relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1'],
    pooling: 'average' satisfies Pooling,
  },
} as const satisfies Record<string, Partial<StyleOptions>>;

/** The name of a set of options. */
export type PresetName = keyof typeof PRESETS;

/**
 * Options over a preset over the defaults, checked.
 *
 * @throws UserError for an unknown layer, preset or choice, no layer at all, or a number out of range.
 */
export function resolveStyleOptions(options: Partial<StyleOptions> = {}, preset?: PresetName): StyleOptions {
  requireObject('What stands for the options', options, 'an object such as { evaluations: 100 }');
  if (preset !== undefined) requireOneOf('preset', preset, Object.keys(PRESETS));
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const resolved: StyleOptions = { ...DEFAULTS, ...(preset ? PRESETS[preset] : {}), ...given };
  for (const name of ['contentLayers', 'styleLayers'] as const) requireLayers(name, resolved[name]);
  const layers = [...resolved.contentLayers, ...resolved.styleLayers];
  if (layers.length === 0)
    throw new UserError('Without content and style layers there is nothing to optimise; name at least one.');
  layers.forEach(findLayer);
  for (const name of Object.keys(CHOICES) as Choice[]) requireOneOf(name, resolved[name], CHOICES[name]);
  for (const name of ['evaluations', 'history', 'seed'] as const)
    requireWhole(name, resolved[name], RANGES[name]);
  for (const name of ['contentWeight', 'styleWeight'] as const) {
    const value: unknown = resolved[name];
    const [least, most] = RANGES[name];
    if (!(typeof value === 'number' && value >= least && value <= most))
      throw new UserError(`${name} must be a number from ${least} to ${power(most)}, not ${shown(value)}.`);
  }
  return resolved;
}
