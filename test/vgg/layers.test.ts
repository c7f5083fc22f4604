import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { findLayer, layerSizes, layersUpTo, VGG19_LAYERS } from '../../src/vgg/layers.js';

/** torchvision's `cfgs["E"]`, which vgg19 is built from: channels of convolutions, "M" for a pool. */
const TORCHVISION = '64 64 M 128 128 M 256 256 256 256 M 512 512 512 512 M 512 512 512 512 M'.split(' ');

/** The kinds and channels of `features.0` … `features.36` as torchvision's make_layers puts them in a row. */
function torchvisionFeatures(): { kind: string; channels: [number, number] }[] {
  let channels = 3;
  return TORCHVISION.flatMap((item) => {
    if (item === 'M') return [{ kind: 'pool', channels: [channels, channels] as [number, number] }];
    const input = channels;
    channels = Number(item);
    return [
      { kind: 'conv', channels: [input, channels] as [number, number] },
      { kind: 'relu', channels: [channels, channels] as [number, number] },
    ];
  });
}

describe('the table of layers', () => {
  it('is what torchvision builds', () => {
    const table = VGG19_LAYERS.map(({ kind, inChannels, outChannels }) => {
      return { kind, channels: [inChannels, outChannels] };
    });
    expect(table).toEqual(torchvisionFeatures());
    expect(VGG19_LAYERS.map(({ index }) => index)).toEqual([...Array(37).keys()]);
  });

  it('has the names that the seed gives when it walks over the features', () => {
    let i = 1;
    const names = torchvisionFeatures().map(({ kind }) => {
      const name = `${kind}_${i}`;
      if (kind === 'relu') i += 1;
      return name;
    });
    expect(VGG19_LAYERS.map(({ seedName }) => seedName)).toEqual(names);
    const pools = VGG19_LAYERS.filter(({ kind }) => kind === 'pool');
    expect(pools.map(({ seedName }) => seedName)).toEqual([
      'pool_3',
      'pool_5',
      'pool_9',
      'pool_13',
      'pool_17',
    ]);
    expect(pools.map(({ name }) => name)).toEqual(['pool1', 'pool2', 'pool3', 'pool4', 'pool5']);
  });

  it.each([
    ['conv_1', 'conv1_1', 0],
    ['conv_5', 'conv3_1', 10],
    ['relu_5', 'relu3_1', 11],
    ['pool_9', 'pool3', 18],
    ['conv_10', 'conv4_2', 21],
    ['conv_16', 'conv5_4', 34],
    ['relu_16', 'relu5_4', 35],
    ['pool_17', 'pool5', 36],
  ])('calls %s also %s, torchvision features.%i', (seedName, name, index) => {
    expect(findLayer(seedName)).toBe(findLayer(name));
    expect(findLayer(name)).toMatchObject({ seedName, name, index });
  });

  it('takes names in capitals and between spaces', () => {
    expect(findLayer(' Conv3_1 ').name).toBe('conv3_1');
  });
});

describe('an unknown layer', () => {
  it.each([
    ['conv_17', 'conv_1'],
    ['conv31', 'conv3_1'],
    ['rlu3_1', 'relu3_1'],
    ['pool6', 'pool1'],
  ])('%s is answered with names near it', (name, near) => {
    expect(() => findLayer(name)).toThrow(UserError);
    expect(() => findLayer(name)).toThrow(`no layer called "${name}"; did you mean `);
    expect(() => findLayer(name)).toThrow(near);
  });

  it('far from all others is answered with how names look', () => {
    expect(() => findLayer('softmax output')).toThrow('use names such as conv3_1');
    expect(() => findLayer('')).toThrow(UserError);
    expect(() => findLayer('__proto__')).toThrow(UserError);
  });
});

describe('layersUpTo', () => {
  it('ends with the deepest layer named, whatever the order and the scheme', () => {
    const names = layersUpTo(['conv_4', 'conv3_1', 'conv_1', 'conv_4']).map(({ name }) => name);
    expect(names).toHaveLength(11);
    expect(names.at(-1)).toBe('conv3_1');
    expect(layersUpTo(['pool5'])).toEqual(VGG19_LAYERS);
  });

  it('refuses to build nothing', () => {
    expect(() => layersUpTo([])).toThrow(UserError);
  });
});

describe('layerSizes', () => {
  it('halves at pools and rounds down', () => {
    const sizes = layerSizes(VGG19_LAYERS, 45, 33).filter(({ layer }) => layer.kind === 'pool');
    expect(sizes.map(({ height, width, channels }) => [height, width, channels])).toEqual([
      [22, 16, 64],
      [11, 8, 128],
      [5, 4, 256],
      [2, 2, 512],
      [1, 1, 512],
    ]);
  });

  it('takes the smallest image that reaches the deepest layer and no smaller one', () => {
    for (const [name, least] of [
      ['conv1_2', 1],
      ['pool1', 2],
      ['conv3_1', 4],
      ['conv5_4', 16],
      ['pool5', 32],
    ] as const) {
      const layers = layersUpTo([name]);
      expect(layerSizes(layers, least, least).at(-1)).toMatchObject({ height: 1, width: 1 });
      if (least === 1) continue;
      expect(() => layerSizes(layers, 100, least - 1)).toThrow(UserError);
      expect(() => layerSizes(layers, least - 1, 100)).toThrow(`use at least ${least}×${least} pixels`);
    }
  });

  it.each([
    [0, 5],
    [5, 0],
    [2.5, 4],
    [NaN, 4],
  ])('refuses %s×%s', (height, width) => {
    expect(() => layerSizes(VGG19_LAYERS, height, width)).toThrow(UserError);
  });
});
