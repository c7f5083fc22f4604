import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { openWeights } from '../../src/vgg/open-weights.js';
import {
  choosePreprocessing,
  describePreprocessing,
  type Preprocessing,
  PREPROCESSING_KEY,
  preprocessingName,
  preprocessingText,
  PREPROCESSINGS,
} from '../../src/vgg/preprocessing.js';
import { memoryRandomAccess } from '../../src/vgg/random-access.js';
import { writeSafetensors } from '../../src/vgg/write-safetensors.js';
import { fixture } from './support.js';

const { none, imagenet, caffe } = PREPROCESSINGS;
const odd: Preprocessing = { channels: 'bgr', range: 1, mean: [0.5, 0, -1], deviation: [1, 2, 0.25] };

/** A safetensors file that says this of its preprocessing. */
function open(text?: string) {
  const metadata: Record<string, string> = text === undefined ? {} : { [PREPROCESSING_KEY]: text };
  const bytes = writeSafetensors([{ name: 'a', shape: [1], data: Float32Array.of(1) }], metadata);
  return openWeights(memoryRandomAccess('some.safetensors', bytes));
}

describe('what a network wants done to pictures', () => {
  it.each([none, imagenet, caffe, odd])('travels in the metadata of safetensors: %j', async (given) => {
    expect((await open(preprocessingText(given))).preprocessing).toEqual(given);
  });

  it('is not known of a file that does not say it, and then none, as in the seed', async () => {
    for (const source of [
      await open(),
      await openWeights(await fixture('tensors.pth')),
      await openWeights(await fixture('zoo.onnx')),
    ]) {
      expect(source.preprocessing).toBeUndefined();
      expect(choosePreprocessing('auto', source)).toBe(none);
      expect(choosePreprocessing('imagenet', source)).toBe(imagenet);
    }
  });

  it('is what the file says unless another is chosen', async () => {
    const source = await openWeights(await fixture('v2.caffemodel'));
    expect(choosePreprocessing('auto', source)).toBe(caffe);
    expect(choosePreprocessing('none', source)).toBe(none);
    expect(() => choosePreprocessing('zzz' as 'none', source)).toThrow(
      'preprocessing must be auto, none, imagenet or caffe, not "zzz".',
    );
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '3'],
    ['two means', '{"channels":"rgb","range":1,"mean":[0,0],"deviation":[1,1,1]}'],
    ['another range', '{"channels":"rgb","range":2,"mean":[0,0,0],"deviation":[1,1,1]}'],
    ['a deviation of 0', '{"channels":"rgb","range":1,"mean":[0,0,0],"deviation":[1,0,1]}'],
    ['a mean beyond float32', '{"channels":"rgb","range":1,"mean":[0,1e300,0],"deviation":[1,1,1]}'],
    ['text for a number', '{"channels":"rgb","range":1,"mean":[0,"1",0],"deviation":[1,1,1]}'],
  ])('is refused if it makes no sense: %s', async (_, text) => {
    await expect(open(text)).rejects.toThrow(UserError);
    await expect(open(text)).rejects.toThrow('some.safetensors has a preprocessing');
  });

  it('is told by name and in words', () => {
    expect([none, imagenet, caffe, odd].map(preprocessingName)).toEqual([
      'none',
      'imagenet',
      'caffe',
      undefined,
    ]);
    expect([none, imagenet, caffe, odd].map(describePreprocessing)).toEqual([
      'RGB in 0..1',
      'RGB in 0..1 − (0.485, 0.456, 0.406), divided by (0.229, 0.224, 0.225)',
      'BGR in 0..255 − (103.939, 116.779, 123.68)',
      'BGR in 0..1 − (0.5, 0, -1), divided by (1, 2, 0.25)',
    ]);
  });
});
