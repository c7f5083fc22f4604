import { copyFileSync, existsSync, linkSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { openWeights } from '../../src/vgg/open-weights.js';
import { PREPROCESSINGS } from '../../src/vgg/preprocessing.js';
import { memoryRandomAccess } from '../../src/vgg/random-access.js';
import { writeSafetensors } from '../../src/vgg/write-safetensors.js';
import { runScumble as run } from './run.js';
import { openWorkshop } from './stylize-files.js';

const { path, folder, remove } = openWorkshop();
afterAll(remove);
const runScumble = (args: readonly string[]) => run(args, { SCUMBLE_CACHE: folder, TORCH_HOME: folder });

for (const name of ['v1.caffemodel', 'zoo.onnx', 'exported.onnx', 'legacy.pth', 'checkpoint.pth']) {
  copyFileSync(new URL(`../fixtures/weights/${name}`, import.meta.url), path(name));
}

const open = (name: string) =>
  openWeights(memoryRandomAccess(name, new Uint8Array(readFileSync(path(name)))));

/** conv1_1 with all weights of one value. */
function writeConstant(name: string, value: number, metadata = {}): void {
  const tensors = [
    { name: 'features.0.weight', shape: [64, 3, 3, 3], data: new Float32Array(64 * 27).fill(value) },
    { name: 'features.0.bias', shape: [64], data: new Float32Array(64) },
  ];
  writeFileSync(path(name), writeSafetensors(tensors, metadata));
}

describe('weights inspect', () => {
  test('lists tensors, what they are for, and the preprocessing', () => {
    const { code, stdout, stderr } = runScumble(['weights', 'inspect', path('v1.caffemodel')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.replace(`${path('')}/`, '')).toBe(
      `v1.caffemodel: Caffe, 7.1 KiB, 2 tensors
  conv1_1.weight  f32  64 × 3 × 3 × 3  conv1_1
  conv1_1.bias    f32  64              conv1_1
Can be used for conv1_1 of VGG-19.
No further: ${path('v1.caffemodel')} ends after its convolution 1, before conv1_2; give the weights of a VGG-19 at least as deep as the layers asked for.
Preprocessing: caffe (BGR in 0..255 − (103.939, 116.779, 123.68)).
`,
    );
  });

  test('gives the same as JSON', () => {
    const { code, stdout } = runScumble(['weights', 'inspect', '--json', path('v1.caffemodel')]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      file: path('v1.caffemodel'),
      format: 'Caffe',
      bytes: 7298,
      tensors: [
        { name: 'conv1_1.weight', shape: [64, 3, 3, 3], dtype: 'f32', layer: 'conv1_1' },
        { name: 'conv1_1.bias', shape: [64], dtype: 'f32', layer: 'conv1_1' },
      ],
      layers: ['conv1_1'],
      reason: expect.stringContaining('before conv1_2'),
      preprocessing: PREPROCESSINGS.caffe,
      metadata: {},
    });
  });

  test('tells a file of other tensors, and the embedded network', () => {
    const other = runScumble(['weights', 'inspect', path('checkpoint.pth')]).stdout;
    expect(other).toContain('state_dict.1.num_batches_tracked  i64  scalar');
    expect(other).toContain('Can be used for no layer of VGG-19.');
    expect(other).toContain('the file says nothing of it, so none (RGB in 0..1).');
    const embedded = runScumble(['weights', 'inspect', 'weights/embedded.safetensors']).stdout;
    expect(embedded).toContain('Can be used for VGG-19 from conv1_1 to conv3_1.');
  });

  test('tells numbers that are none', () => {
    writeConstant('nan.safetensors', NaN);
    const { code, stdout } = runScumble(['weights', 'inspect', path('nan.safetensors')]);
    expect(code).toBe(0);
    expect(stdout).toContain('Can be used for no layer of VGG-19.');
    expect(stdout).toMatch(/^No further: .* has infinite or undefined numbers in "features\.0\.weight"/m);
  });

  test('lets no name out of a file steer the terminal', () => {
    const name = 'a\u001b[2Jb\nc';
    const data = new Float32Array(1);
    writeFileSync(path('steering.safetensors'), writeSafetensors([{ name, shape: [1], data }]));
    const { stdout } = runScumble(['weights', 'inspect', path('steering.safetensors')]);
    expect(stdout).toContain('  a?[2Jb?c  f32  1\n');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('weights convert', () => {
  test.each([
    ['v1.caffemodel', 'caffe', 'conv1_1'],
    ['zoo.onnx', undefined, 'vgg0_conv0'],
    ['exported.onnx', undefined, 'features.0'],
  ] as const)('%s keeps its numbers and its preprocessing', async (name, preprocessing, layer) => {
    const { code, stdout, stderr } = runScumble([
      ...['weights', 'convert', path(name), '-o', path('out.safetensors')],
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Wrote conv1_1 as f32: .*out\.safetensors, 7\.\d KiB\.\n$/);
    const [before, after] = [await open(name), await open('out.safetensors')];
    expect(after.preprocessing).toEqual(preprocessing && PREPROCESSINGS[preprocessing]);
    expect(after.tensors.map((tensor) => tensor.name)).toEqual(['features.0.weight', 'features.0.bias']);
    const join = name === 'zoo.onnx' ? '_' : '.';
    for (const part of ['weight', 'bias']) {
      expect(await after.read(`features.0.${part}`)).toEqual(await before.read(`${layer}${join}${part}`));
    }
  });

  test('writes the layers asked for, as f16, with the metadata, and again', async () => {
    const args = ['weights', 'convert', 'weights/embedded.safetensors', '-o', path('shallow.safetensors')];
    expect(runScumble([...args, '--layers', 'conv_3', '--dtype', 'f16'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Wrote conv1_1 to conv2_1 as f16'),
    });
    const source = await open('shallow.safetensors');
    expect(source.tensors.map(({ name, dtype }) => `${name} ${dtype}`)).toEqual(
      [0, 2, 5].flatMap((i) => [`features.${i}.weight f16`, `features.${i}.bias f16`]),
    );
    // The embedded network is f16 itself, so that nothing is lost.
    const original = new Uint8Array(readFileSync('weights/embedded.safetensors'));
    const embedded = await openWeights(memoryRandomAccess('embedded', original));
    expect(await source.read('features.5.weight')).toEqual(await embedded.read('features.5.weight'));
    expect(source.metadata.get('license')).toBe('CC0-1.0');

    const once = readFileSync(path('shallow.safetensors'));
    expect(runScumble([...args, '--layers', 'conv2_1', '--dtype', 'f16']).code).toBe(0);
    expect(readFileSync(path('shallow.safetensors'))).toEqual(once);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('writes down another preprocessing when told to', async () => {
    const given = ['--preprocessing', 'imagenet'];
    const out = path('normalised.safetensors');
    expect(runScumble(['weights', 'convert', path('zoo.onnx'), '-o', out, ...given]).code).toBe(0);
    expect((await open('normalised.safetensors')).preprocessing).toEqual(PREPROCESSINGS.imagenet);
  });
});

describe('a failure is one sentence, exit code 2, and leaves what was there', () => {
  writeConstant('large.safetensors', 70_000);
  writeConstant('senseless.safetensors', 1, { 'scumble.preprocessing': '{"channels":"cmyk"}' });
  linkSync(path('zoo.onnx'), path('linked.safetensors'));
  writeFileSync(path('old.safetensors'), 'the old file');
  writeFileSync(path('text.onnx'), 'not weights at all\n');

  test.each([
    ['an output over the input', 'zoo.onnx', 'linked.safetensors', [], /the output and the file of weights/],
    ['another format', 'zoo.onnx', 'old.pth', [], /let its name end in \.safetensors/],
    ['a layer that is not there', 'zoo.onnx', 'old.safetensors', ['--layers', 'conv_2'], /before conv1_2/],
    ['an unknown layer', 'zoo.onnx', 'old.safetensors', ['--layers', 'conv9'], /no layer called "conv9"/],
    ['no VGG-19', 'legacy.pth', 'old.safetensors', [], /no tensor "features\.0\.weight"/],
    ['no weights', 'text.onnx', 'old.safetensors', [], /is neither a safetensors file/],
    ['no file', 'none.onnx', 'old.safetensors', [], /there is no such file/],
    ['no folder', 'zoo.onnx', 'no/out.safetensors', [], /there is no folder/],
    ['what f16 cannot hold', 'large.safetensors', 'old.safetensors', ['--dtype', 'f16'], /beyond ±65504/],
    ['a senseless preprocessing', 'senseless.safetensors', 'old.safetensors', [], /makes no sense/],
    [
      'an unknown one',
      'zoo.onnx',
      'old.safetensors',
      ['--preprocessing', 'x'],
      /auto, none, imagenet or caffe/,
    ],
  ])('%s', (_, input, output, options, sentence) => {
    const before = readdirSync(folder);
    const args = ['weights', 'convert', path(input), '-o', path(output), ...options];
    const { code, stdout, stderr } = runScumble(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^scumble: [^\n]*[.?]\n$/);
    expect(stderr).toMatch(sentence);
    expect(readFileSync(path('old.safetensors'), 'utf8')).toBe('the old file');
    expect(readdirSync(folder)).toEqual(before);
  });

  test('of weights inspect too', () => {
    const { code, stdout, stderr } = runScumble(['weights', 'inspect', path('text.onnx')]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^scumble: .*text\.onnx is neither [^\n]*\.\n$/);
  });
});

describe('stylize', () => {
  /** The first scores of a run with one layer. */
  const scores = (weights: string, ...options: string[]) => {
    const trace = path('scores.jsonl');
    const { code, stderr } = runScumble([
      ...['stylize', path('content.png'), path('style.png'), '-o', path('out.png'), '--evaluations', '2'],
      ...['--content-layers', 'conv_1', '--style-layers', 'conv_1', '--init', 'noise', '--trace', trace],
      ...['--weights', path(weights), ...options],
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(existsSync(path('out.png'))).toBe(true);
    return readFileSync(trace, 'utf8');
  };

  test('takes a Caffe model with its preprocessing, and the same once converted', () => {
    const own = scores('v1.caffemodel');
    const out = path('converted.safetensors');
    expect(runScumble(['weights', 'convert', path('v1.caffemodel'), '-o', out]).code).toBe(0);
    expect(scores('converted.safetensors')).toBe(own);
    expect(scores('converted.safetensors', '--preprocessing', 'caffe')).toBe(own);
    const none = scores('converted.safetensors', '--preprocessing', 'none');
    expect(none).not.toBe(own);
    expect(scores('v1.caffemodel', '--preprocessing', 'none')).toBe(none);
  });

  test('takes an ONNX model as the seed takes torchvision’s, unless told otherwise', () => {
    const none = scores('zoo.onnx');
    expect(scores('zoo.onnx', '--preprocessing', 'none')).toBe(none);
    expect(scores('zoo.onnx', '--preprocessing', 'imagenet')).not.toBe(none);
  });
});
