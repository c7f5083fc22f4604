import { readFile } from 'node:fs/promises';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngine, type Engine, type StylizeRequest } from '../../src/engine/engine.js';
import type { Budget } from '../../src/engine/job.js';
import type { WeightsInput } from '../../src/engine/weights-input.js';
import { openDawn } from '../../src/node/dawn.js';
import type { VggFilters } from '../../src/vgg/network.js';
import { seededFilters } from '../support/filters.js';
import { seededPixels, SHALLOW } from '../support/pictures.js';
import { useWatchedDevice } from '../support/watched-device.js';

const watched = useWatchedDevice();
let engine: Engine;
let filters: VggFilters;

beforeEach(async () => {
  engine = await createEngine({ device: watched().device });
  filters = seededFilters(engine.gpu, 'conv_2');
});
afterEach(() => {
  engine.dispose();
  expect(engine.gpu.memory.bytes).toBe(0);
  expect(watched().errors).toEqual([]);
});

const [width, height] = [20, 12];
function paint(options: Partial<StylizeRequest> = {}) {
  const content = seededPixels('content', height, width);
  const style = seededPixels('style', 16);
  return engine.stylize({ content, style, filters, ...SHALLOW, evaluations: 12, ...options });
}

describe.each(['none', 'strong-wolfe'] as const)('a job with line search %s', (lineSearch) => {
  it('tells the same scores and paints the same picture however it is advanced', async () => {
    const looped = await paint({ lineSearch });
    const whole = [];
    for await (const { fresh, end } of looped) whole.push(...fresh, ...(end ? [end] : []));
    expect(whole).toHaveLength(13);
    expect(whole.slice(0, 12)).toMatchObject(Array.from({ length: 12 }, (_, i) => ({ evaluation: i + 1 })));
    expect(whole[12]).toBe('complete');

    const stepped = await paint({ lineSearch });
    const parts = [];
    for (const evaluations of [1, 4, 100]) {
      const progress = await stepped.advance({ evaluations });
      parts.push(...progress.fresh, ...(progress.end ? [progress.end] : []));
    }
    expect(parts).toEqual(whole);

    const timed = await paint({ lineSearch });
    const slices = [];
    for (let i = 0; i < 5000 && !timed.progress.end; i++) {
      slices.push(...(await timed.advance({ milliseconds: 0.5 })).fresh);
    }
    expect([...slices, timed.progress.end]).toEqual(whole);

    const pictures = await Promise.all([looped, stepped, timed].map((job) => job.pixels()));
    expect(pictures[0]).toMatchObject({ width, height });
    expect(pictures[1]).toEqual(pictures[0]);
    expect(pictures[2]).toEqual(pictures[0]);
  });

  it('goes on where a loop broke off, and loses no score', async () => {
    const job = await paint({ lineSearch });
    const scores = [];
    for await (const { fresh } of job) {
      scores.push(...fresh);
      if (scores.length >= 3) break;
    }
    expect(job.progress.end).toBeUndefined();
    for await (const { fresh } of job) scores.push(...fresh);
    expect(scores.map(({ evaluation }) => evaluation)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect((await job.advance({ evaluations: 1 })).end).toBe('complete');
  });

  it('ends by the signal, and keeps what it has painted', async () => {
    const abort = new AbortController();
    const job = await paint({ lineSearch, evaluations: 10_000, signal: abort.signal });
    const reason = new Error('enough');
    const run = async () => {
      for await (const { evaluations } of job) if (evaluations >= 3) abort.abort(reason);
    };
    await expect(run()).rejects.toBe(reason);
    await expect(job.advance({ evaluations: 1 })).rejects.toBe(reason);
    const { data } = await job.pixels();
    expect(data).not.toEqual(seededPixels('content', height, width).data);
  });

  it('can be disposed of in the middle', async () => {
    const job = await paint({ lineSearch, evaluations: 10_000 });
    const running = job.advance({ evaluations: 5000 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    job.dispose();
    await expect(running).rejects.toThrow();
    await expect(job.advance({ evaluations: 1 })).rejects.toThrow(/disposed/);
    await expect(job.pixels()).rejects.toThrow(/disposed/);
    await watched().device.queue.onSubmittedWorkDone();
  });

  it.each(['job', 'engine'] as const)(
    'ends a loop in which the %s is disposed of, and all that waits',
    async (what) => {
      const job = await paint({ lineSearch, evaluations: 10_000 });
      const gone = { name: 'GpuError', message: 'Painting: the job has been disposed of.' };
      let pending: Promise<unknown> | undefined;
      const loop = async () => {
        for await (const { evaluations } of job) {
          if (evaluations < 3) continue;
          expect(pending).toBeUndefined();
          const painted = job.pixels().catch((error: unknown) => error);
          pending = Promise.all([painted, job.advance({ evaluations: 5 }).catch((error: unknown) => error)]);
          (what === 'job' ? job : engine).dispose();
        }
      };
      await expect(loop()).rejects.toMatchObject(gone);
      const [painted, advanced] = (await pending) as unknown[];
      // Of a job alone, the picture may be on its way already.
      if (what === 'engine' || painted instanceof Error) expect(painted).toMatchObject(gone);
      expect(advanced).toMatchObject(gone);
      expect(job.bytes).toBe(0);
    },
  );
});

it('returns from a call with milliseconds before an evaluation is whole', async () => {
  const job = await paint();
  const { evaluations, fresh, scores } = await job.advance({ milliseconds: 0.01 });
  expect({ evaluations, fresh, scores }).toEqual({ evaluations: 0, fresh: [], scores: undefined });
  // The picture does not move before the first evaluation is done.
  expect((await job.pixels()).data).toEqual(seededPixels('content', height, width).data);
});

it('adds nothing to the queue while two slices wait', async () => {
  const job = await paint();
  let submissions = 0;
  const { queue } = watched().device;
  const submit = queue.submit.bind(queue);
  queue.submit = (buffers) => {
    submissions++;
    return submit(buffers);
  };
  try {
    const calls = Array.from({ length: 10 }, () => job.advance({ milliseconds: 1 }));
    expect(submissions).toBe(2);
    await Promise.all(calls);
  } finally {
    queue.submit = submit;
  }
});

it('paints from noise, from another picture, and at another size', async () => {
  const noise = await paint({ start: 'noise', seed: 3 });
  const { data: speckled } = await noise.pixels();
  expect(speckled).not.toEqual((await (await paint({ start: 'noise', seed: 4 })).pixels()).data);
  const other = seededPixels('probe', height, width);
  expect((await (await paint({ start: other })).pixels()).data).toEqual(other.data);
  const small = await paint({ size: 6 });
  expect([small.width, small.height]).toEqual([10, 6]);
});

/** What a caller in JavaScript may give. */
const given = (options: Record<string, unknown>) => options as Partial<StylizeRequest>;
const ALL = { contentLayers: undefined, styleLayers: undefined } as Partial<StylizeRequest>;
const samples = (data: unknown) => given({ style: { width: 2, height: 2, data } });

it.each<[string, Partial<StylizeRequest>, RegExp]>([
  [
    'no size',
    { content: { width: 0, height: 3, data: new Uint8ClampedArray() } },
    /content picture has no size: 0×3/,
  ],
  ['no content', given({ content: undefined }), /^The content picture is undefined; give ImageData, a/],
  ['no style', given({ style: null }), /^The style picture is null; give ImageData, a GPUTexture, or texels/],
  [
    'a promise',
    given({ style: Promise.resolve() }),
    /^The style picture is a Promise; wait for it, and give/,
  ],
  ['no samples', samples(undefined), /^The style picture has undefined for its samples; give RGBA in a/],
  ['floats', samples(new Float32Array(16)), /style picture has a Float32Array for its samples/],
  ['signed bytes', samples(new Int8Array(16)), /style picture has an Int8Array for its samples/],
  ['words', samples(new Uint32Array(16)), /style picture has a Uint32Array for its samples/],
  ['plain numbers', samples(Array.from({ length: 16 }, () => 0)), /style picture has an Array for its/],
  [
    'too few samples',
    { style: { width: 2, height: 2, data: new Uint8Array(12) } },
    /style picture has 12 samples, but 2×2 pixels of RGBA are 16/,
  ],
  [
    'other proportions',
    { start: seededPixels('probe', 8) },
    /picture to start from has 8×8 pixels and cannot be scaled/,
  ],
  ...[0, -1, 1.5, NaN, Infinity].map((size): [string, Partial<StylizeRequest>, RegExp] => [
    `a size of ${size}`,
    { size },
    /^size must be a whole number from 1 to 65535, not /,
  ]),
  ['a size in text', given({ size: '64' }), /^size must be a whole number from 1 to 65535, not "64"\.$/],
  ['a start that is none', given({ start: 'nothing' }), /^start must be content or noise, not "nothing"\.$/],
  ['null for a start', given({ start: null }), /^The picture to start from is null; give ImageData/],
  ['a signal that is none', given({ signal: {} }), /^The signal is an Object; give an AbortSignal/],
  ['layers that are none', given({ contentLayers: null }), /^contentLayers must be a list of layers/],
  [
    'weights in text',
    given({ contentWeight: '1' }),
    /^contentWeight must be a number from 0 to .*, not "1"\.$/,
  ],
  ['no filters', given({ filters: undefined }), /^What stands for the filters is undefined; give what load/],
  ['filters not waited for', given({ filters: Promise.resolve() }), /filters is a Promise; wait for it/],
  ['filters that are none', given({ filters: {} }), /^What stands for the filters is an Object; give what/],
  [
    'layers that the filters lack',
    { contentLayers: ['conv5_1'] },
    /^The filters lack conv2_1, which conv5_1 needs; name conv5_1 to loadFilters or openFilters/,
  ],
  [
    'a preset that the filters lack',
    { preset: 'gatys', ...ALL },
    /^The filters lack conv2_1, which relu4_2 needs/,
  ],
  ['unknown layers', { contentLayers: ['conv9_9'] }, /no layer called "conv9_9"/],
  ['unequal pictures', { preset: 'seed' }, /of one size/],
  [
    'too small a picture',
    { content: seededPixels('content', 1), contentLayers: ['pool1'] },
    /too small for VGG-19/,
  ],
])('refuses %s', async (_, options, message) => {
  const before = engine.gpu.memory.bytes;
  await expect(paint(options)).rejects.toThrow(
    expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message) }),
  );
  expect(engine.gpu.memory.bytes).toBe(before);
});

it('refuses no request, and filters that are disposed of or of another device', async () => {
  await expect(engine.stylize(undefined as unknown as StylizeRequest)).rejects.toThrow(
    'The request is undefined; give one with content, style and filters.',
  );
  const dawn = await openDawn();
  const others = await createEngine({ gpu: dawn.gpu, tuning: false });
  await expect(paint({ filters: seededFilters(others.gpu, 'conv_2') })).rejects.toThrow(
    'The filters are on the device of another engine; load them with this one.',
  );
  others.dispose();
  dawn.close();
  filters.dispose();
  await expect(paint()).rejects.toThrow('The filters have been disposed of; load them anew.');
});

it.each([0, -1, NaN, '5'])('refuses a budget of %o', async (given) => {
  const job = await paint();
  const amount = given as number;
  await expect(job.advance({ evaluations: amount })).rejects.toThrow(RangeError);
  await expect(job.advance({ milliseconds: amount })).rejects.toThrow(RangeError);
});

describe('weights', () => {
  const file = () => readFile('weights/embedded.safetensors');
  const load = (source: unknown, options: Record<string, unknown> = {}) =>
    engine.loadFilters(source as WeightsInput, options);

  it('are taken as bytes and as a Blob, of another realm too', async () => {
    const bytes = new Uint8Array(await file());
    const elsewhere = runInNewContext('new ArrayBuffer(length)', { length: bytes.length }) as ArrayBuffer;
    expect(elsewhere).not.toBeInstanceOf(ArrayBuffer);
    new Uint8Array(elsewhere).set(bytes);
    for (const source of [
      bytes,
      await file(),
      bytes.buffer,
      elsewhere,
      new Blob([bytes]),
      new File([bytes], 'x'),
    ])
      (await load(source, { layers: ['conv1_1'] })).dispose();
  });

  it.each<[string, (bytes: Uint8Array<ArrayBuffer>) => unknown, RegExp]>([
    ['nothing', () => undefined, /undefined; give the bytes of a file in an ArrayBuffer/],
    [
      'floats',
      ({ buffer }) => new Float32Array(buffer.slice(0, 64)),
      /a Float32Array; give the bytes of a file/,
    ],
    ['a view', ({ buffer }) => new DataView(buffer), /a DataView; give the bytes/],
    ['shared memory', () => new SharedArrayBuffer(64), /a SharedArrayBuffer; give the bytes/],
    ['plain numbers', () => [1, 2, 3], /an Array; give the bytes/],
    ['an answer of fetch', () => new Response('x'), /a Response; give the bytes/],
    ['a path', () => 'embedded.safetensors', /"embedded\.safetensors"; give the bytes/],
    ['a promise', () => Promise.resolve(), /a Promise; wait for it, and give the bytes/],
  ])('are refused as %s', async (_, make, message) => {
    const refused = load(make(new Uint8Array(await file())));
    await expect(refused).rejects.toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message) }),
    );
  });

  it.each<[unknown, RegExp]>([
    [null, /^layers must be a list of layers such as \['conv_4'\], not null\.$/],
    ['conv_4', /^layers must be a list .*, not "conv_4"\.$/],
    [[5], /^VGG-19 has no layer called 5;/],
  ])('are refused for the layers %o', async (layers, message) => {
    await expect(load(await file(), { layers })).rejects.toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message) }),
    );
  });

  it('are refused with a preprocessing that there is not', async () => {
    const before = engine.gpu.memory.bytes;
    await expect(load(await file(), { preprocessing: 'zzz' })).rejects.toThrow(
      'preprocessing must be auto, none, imagenet or caffe, not "zzz".',
    );
    expect(engine.gpu.memory.bytes).toBe(before);
  });
});

it.each([undefined, null, 5, {}])('refuses %o for a budget', async (budget) => {
  const job = await paint();
  await expect(job.advance(budget as Budget)).rejects.toThrow(
    expect.objectContaining({ name: 'RangeError', message: expect.stringMatching(/^A budget is \{ eval/) }),
  );
});

it('prepares nothing once the signal is aborted', async () => {
  const before = engine.gpu.memory.bytes;
  const reason = new Error('changed my mind');
  await expect(paint({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(engine.gpu.memory.bytes).toBe(before);
});
