import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { layersUpTo } from '../../src/vgg/layers.js';
import { openWeights } from '../../src/vgg/open-weights.js';
import { memoryRandomAccess } from '../../src/vgg/random-access.js';
import { loadVggWeights } from '../../src/vgg/weights.js';
import type { WeightSource } from '../../src/vgg/weights.js';
import { writeSafetensors } from '../../src/vgg/write-safetensors.js';
import type { TensorToWrite } from '../../src/vgg/write-safetensors.js';
import { uniform } from '../support/random.js';
import { hex, recorded } from './support.js';

function tensor(name: string, shape: number[], seed: number): TensorToWrite {
  const count = shape.reduce((product, size) => product * size, 1);
  return { name, shape, data: uniform(seed, count) };
}

/** The first three convolutions of VGG-19 as torchvision names them, and a tensor of another part of it. */
function network(prefix = ''): TensorToWrite[] {
  return [
    tensor(`${prefix}features.0.weight`, [64, 3, 3, 3], 1),
    tensor(`${prefix}features.0.bias`, [64], 2),
    tensor(`${prefix}features.2.weight`, [64, 64, 3, 3], 3),
    tensor(`${prefix}features.2.bias`, [64], 4),
    tensor(`${prefix}features.5.weight`, [128, 64, 3, 3], 5),
    tensor(`${prefix}features.5.bias`, [128], 6),
    tensor(`${prefix}classifier.6.bias`, [1000], 7),
  ];
}

function open(tensors: TensorToWrite[]): Promise<WeightSource> {
  return openWeights(memoryRandomAccess('vgg.safetensors', writeSafetensors(tensors)));
}

/** `network()` with one tensor put in the place of the one of its name. */
function withTensor(replacement: TensorToWrite): TensorToWrite[] {
  return network().map((old) => (old.name === replacement.name ? replacement : old));
}

describe('loadVggWeights', () => {
  it.each(['', 'module.', 'model.', 'state_dict.module.'])(
    'finds keys that begin with "%s"',
    async (prefix) => {
      const weights = await loadVggWeights(await open(network(prefix)), layersUpTo(['relu2_1', 'conv_1']));
      expect([...weights.keys()]).toEqual(['conv1_1', 'conv1_2', 'conv2_1']);
      expect(weights.get('conv1_2')!.shape).toEqual([64, 64, 3, 3]);
      const stored = network();
      ['conv1_1', 'conv1_2', 'conv2_1'].forEach((name, i) => {
        expect(hex(weights.get(name)!.weight) === hex(stored[2 * i]!.data)).toBe(true);
        expect(weights.get(name)!.bias).toEqual(stored[2 * i + 1]!.data);
      });
    },
  );

  it('reads the header and the tensors needed, and no more', async () => {
    const { file, reads } = recorded(memoryRandomAccess('vgg', writeSafetensors(network())));
    const source = await openWeights(file);
    reads.length = 0;
    await loadVggWeights(source, layersUpTo(['pool1']));
    const needed = [64 * 27, 64, 64 * 64 * 9, 64].map((count) => 4 * count);
    expect(reads.map(([, length]) => length)).toEqual(needed);
  });

  it('prefers the names without a prefix', async () => {
    const weights = await loadVggWeights(
      await open([...network('ema.'), ...network()]),
      layersUpTo(['conv_1']),
    );
    expect(weights.get('conv1_1')!.bias).toEqual(network()[1]!.data);
  });

  it.each([
    ['a network that is too shallow', network(), 'conv_4', '"features.7.weight", which conv2_2 needs'],
    ['no network at all', network('').slice(-1), 'conv_1', '"features.0.weight", which conv1_1 needs'],
    ['two networks', [...network('a.'), ...network('b.')], 'conv_1', 'several networks'],
    [
      'too few channels',
      withTensor(tensor('features.2.weight', [32, 64, 3, 3], 1)),
      'conv_2',
      '"features.2.weight" with the shape [32, 64, 3, 3], but conv1_2 of VGG-19 needs [64, 64, 3, 3]',
    ],
    ['one axis more', withTensor(tensor('features.0.bias', [64, 1], 1)), 'conv_1', 'needs [64]'],
    [
      'a number that is none',
      withTensor({ ...tensor('features.0.bias', [64], 1), data: new Float32Array(64).fill(NaN, 63) }),
      'conv_1',
      'infinite or undefined numbers in "features.0.bias"',
    ],
  ])('refuses %s', async (_, tensors, layer, sentence) => {
    const source = await open(tensors);
    const loading = loadVggWeights(source, layersUpTo([layer]));
    await expect(loading).rejects.toThrow(UserError);
    await expect(loading).rejects.toThrow(sentence);
    await expect(loading).rejects.toThrow('vgg.safetensors');
  });
});
