import * as v from 'valibot';
import { VGG19_LAYERS } from 'scumble';

const LAYER = v.picklist(VGG19_LAYERS.map(({ name }) => name));
const whole = (low: number, high: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high));

const SETTINGS = v.object({
  /** The shorter side of both pictures, in pixels. */
  size: whole(16, 4096),
  evaluations: whole(1, 100_000),
  network: v.picklist(['embedded', 'vgg19', 'file']),
  layers: v.picklist(['tutorial', 'gatys', 'custom']),
  contentLayers: v.array(LAYER),
  styleLayers: v.array(LAYER),
  contentWeight: v.pipe(v.number(), v.minValue(0)),
  styleWeight: v.pipe(v.number(), v.minValue(0)),
  start: v.picklist(['content', 'noise']),
});

/** What the form says. */
export type Settings = v.InferOutput<typeof SETTINGS>;

const KEY = 'scumble.settings';

/** Sets of layers by the name that the form has for them. */
export const LAYER_SETS = {
  tutorial: {
    contentLayers: ['conv2_2'],
    styleLayers: ['conv1_1', 'conv1_2', 'conv2_1', 'conv2_2', 'conv3_1'],
  },
  gatys: {
    contentLayers: ['relu4_2'],
    styleLayers: ['relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1'],
  },
} as const satisfies Record<string, Pick<Settings, 'contentLayers' | 'styleLayers'>>;

/** @param size what suits the GPU at hand. */
export function defaultSettings(size: number): Settings {
  return {
    size,
    evaluations: 300,
    network: 'embedded',
    layers: 'tutorial',
    contentLayers: [...LAYER_SETS.tutorial.contentLayers],
    styleLayers: [...LAYER_SETS.tutorial.styleLayers],
    contentWeight: 1,
    styleWeight: 1000,
    start: 'content',
  };
}

/** The settings of the last visit; nothing where there was none, or where they make no sense any more. */
export function recallSettings(): Settings | undefined {
  try {
    const { success, output } = v.safeParse(SETTINGS, JSON.parse(localStorage.getItem(KEY) ?? 'null'));
    return success ? (output as Settings) : undefined;
  } catch {
    // Storage may be switched off, or hold what is no JSON: the page works without.
    return undefined;
  }
}

export function keepSettings(settings: Settings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Likewise.
  }
}
