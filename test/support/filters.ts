import type { Gpu } from '../../src/gpu/gpu.js';
import { layersUpTo } from '../../src/vgg/layers.js';
import { VggFilters } from '../../src/vgg/network.js';
import { convWeights } from './seeded.js';

/** VGG-19's convolutions up to a layer with seeded numbers, as in the PyTorch fixtures. */
export function seededFilters(gpu: Gpu, deepest: string, gain = 1, seed = 1): VggFilters {
  const convolutions = layersUpTo([deepest]).filter(({ kind }) => kind === 'conv');
  const weights = convolutions.map((layer, i) => {
    const { weight, bias } = convWeights(i, gain, seed);
    return [
      layer.name,
      { weight, bias, shape: [layer.outChannels, layer.inChannels, 3, 3] as const },
    ] as const;
  });
  return VggFilters.upload(gpu, new Map(weights));
}
