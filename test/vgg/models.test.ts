/** Models with a graph, ONNX and Caffe: real files by real tools, which test/fixtures/weights/make_graphs.py made. */
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { layersUpTo } from '../../src/vgg/layers.js';
import { openWeights } from '../../src/vgg/open-weights.js';
import { PREPROCESSINGS } from '../../src/vgg/preprocessing.js';
import { memoryRandomAccess } from '../../src/vgg/random-access.js';
import { surveyWeights } from '../../src/vgg/survey.js';
import { loadVggWeights } from '../../src/vgg/weights.js';
import { expectedModels, expectModel, fixture, fixtureBytes, recorded } from './support.js';

describe('reading ONNX', () => {
  // Numbers as raw bytes, as floats, doubles and integers; PyTorch's exporters of today and of 2017; the model zoo's
  // names; names that tell nothing.
  it.each(['tensors.onnx', 'exported.onnx', 'conv2d-padding.onnx', 'zoo.onnx', 'odd-names.onnx'])(
    'gives the tensors of %s',
    async (name) => {
      const source = await openWeights(await fixture(name));
      expect(source).toMatchObject({ describe: name, format: 'ONNX' });
      await expectModel(source, (await expectedModels())[name]!);
    },
  );

  it('says nothing of the preprocessing', async () => {
    expect(await openWeights(await fixture('zoo.onnx'))).not.toHaveProperty('preprocessing');
  });

  it.each([
    ['quantised.onnx', 'a network with quantised weights'],
    ['normalised.onnx', 'a network with batch normalisation'],
    ['conv2d-padding.onnx', '"1" with the shape [4, 3, 3, 3], but conv1_1'],
    ['odd-names.onnx', '"b" with the shape [2, 3, 3, 3]'],
    ['tensors.onnx', 'no tensor "features.0.weight"'],
  ])('does not take %s for VGG-19', async (name, sentence) => {
    const source = await openWeights(await fixture(name));
    await expect(loadVggWeights(source, layersUpTo(['conv1_1']))).rejects.toThrow(UserError);
    await expect(loadVggWeights(source, layersUpTo(['conv1_1']))).rejects.toThrow(sentence);
  });

  it('refuses numbers in another file, in one sentence', async () => {
    const opening = openWeights(await fixture('external.onnx'));
    await expect(opening).rejects.toThrow(UserError);
    await expect(opening).rejects.toThrow('keeps the numbers of "w" in another file');
  });
});

describe('reading Caffe', () => {
  it.each(['v1.caffemodel', 'v2.caffemodel', 'odd.caffemodel'])('gives the tensors of %s', async (name) => {
    const source = await openWeights(await fixture(name));
    expect(source).toMatchObject({ describe: name, format: 'Caffe', preprocessing: PREPROCESSINGS.caffe });
    await expectModel(source, (await expectedModels())[name]!);
  });

  it.each([
    ['normalised.caffemodel', 'a network with batch normalisation'],
    ['odd.caffemodel', 'no tensor "features.0.weight"'],
  ])('does not take %s for VGG-19', async (name, sentence) => {
    const source = await openWeights(await fixture(name));
    await expect(loadVggWeights(source, layersUpTo(['conv1_1']))).rejects.toThrow(sentence);
  });

  it('refuses the format of before its first release, in one sentence', async () => {
    const opening = openWeights(await fixture('v0.caffemodel'));
    await expect(opening).rejects.toThrow(UserError);
    await expect(opening).rejects.toThrow('upgrade_net_proto_binary');
  });
});

describe.each(['exported.onnx', 'zoo.onnx', 'v1.caffemodel', 'v2.caffemodel'])('%s', (name) => {
  it('serves as VGG-19 as deep as it goes', async () => {
    const source = await openWeights(await fixture(name));
    const [weight, bias] = source.tensors;
    expect(surveyWeights(source)).toMatchObject({
      layers: ['conv1_1'],
      uses: new Map([
        [weight!.name, 'conv1_1'],
        [bias!.name, 'conv1_1'],
      ]),
      reason: expect.stringMatching(/ends after its convolution 1, before conv1_2/),
    });
    const { conv1_1 } = Object.fromEntries(await loadVggWeights(source, layersUpTo(['conv_1'])));
    expect(conv1_1).toEqual({
      weight: await source.read(weight!.name),
      bias: await source.read(bias!.name),
      shape: [64, 3, 3, 3],
    });
  });

  it('is read no further than the tensors asked for', async () => {
    // A megabyte of a field that no reader knows (number 1000, bytes), before everything else.
    const length = 2 ** 20;
    const unknown = [0xc2, 0x3e, 0x80, 0x80, 0x40];
    const old = await fixtureBytes(name);
    const head = name.endsWith('onnx') ? 2 : 2 + old[1]!;
    const bytes = new Uint8Array(old.length + unknown.length + length);
    bytes.set(old.subarray(0, head));
    bytes.set(unknown, head);
    bytes.set(old.subarray(head), head + unknown.length + length);
    // The last file begins with the network's name, the others with a version; both stay in front.
    const { file, reads } = recorded(memoryRandomAccess(name, bytes));
    const source = await openWeights(file);
    await loadVggWeights(source, layersUpTo(['conv1_1']));
    const total = reads.reduce((sum, [, count]) => sum + count, 0);
    expect(total).toBeLessThan(4 * 4096 + old.length);
    await expectModel(source, (await expectedModels())[name]!);
  });
});

it('refuses a model that is cut short, wherever that is', async () => {
  for (const [name, whole] of [
    // Behind the graph of an ONNX model stands the version of its operations (6 bytes), which nobody asks for.
    ['odd-names.onnx', -6],
    ['odd.caffemodel', 0],
  ] as const) {
    const bytes = await fixtureBytes(name);
    for (let length = 1; length < bytes.length + whole; length++) {
      const file = memoryRandomAccess(name, bytes.slice(0, length));
      await expect(openWeights(file), `${name}, ${length} bytes`).rejects.toThrow(UserError);
    }
  }
});
