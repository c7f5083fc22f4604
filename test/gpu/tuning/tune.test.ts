import { afterEach, beforeEach, expect, it } from 'vitest';
import { Gpu } from '../../../src/gpu/gpu.js';
import { Recorder } from '../../../src/gpu/recorder.js';
import type { Tensor } from '../../../src/gpu/tensor.js';
import type { Recording } from '../../../src/gpu/tuning/sites.js';
import { tuneRecording } from '../../../src/gpu/tuning/tune.js';
import { conv2d, gram, maxPool2d, relu } from '../../../src/kernels/index.js';
import { useGpu } from '../../support/gpu.js';
import { uniform } from '../../support/random.js';

const gpu = useGpu();

let image: Tensor;
let filter: Tensor;
beforeEach(() => {
  image = gpu().tensor('image', [1, 16, 20, 24], uniform(1, 16 * 20 * 24));
  filter = gpu().constant('filter', [16, 16, 3, 3], uniform(2, 16 * 16 * 9));
});
afterEach(() => {
  gpu().variants.force('conv2d', undefined);
  gpu().free(image);
  gpu().free(filter);
});

const output = (recorder: Recorder): Tensor => {
  const maps = relu(recorder, conv2d(recorder, image, filter, undefined, { padding: 1 }));
  const again = conv2d(recorder, maps, filter, undefined, { padding: 1 });
  return gram(recorder, maxPool2d(recorder, again, { window: 2 }));
};
const record: Recording = (recorder) => void output(recorder);
const BUDGET = { budget: 60_000 };

/** What a fresh recording gives to choose between, by operation and shape. */
function offered(): Map<string, readonly string[]> {
  const recorder = new Recorder(gpu());
  record(recorder);
  const choices = recorder.choices.filter(({ eligible }) => eligible.length > 1);
  return new Map(choices.map(({ operation, shape, eligible }) => [`${operation} ${shape}`, eligible]));
}

it('ranks every variant of every shape once, and leaves neither memory nor anything prepared behind', async () => {
  const table = offered();
  const before = gpu().memory.bytes;
  const measured = await tuneRecording(gpu(), record, BUDGET);
  expect(gpu().memory.bytes).toBe(before);
  const shapes = measured.map(({ operation, shape }) => `${operation} ${shape}`);
  expect(shapes.toSorted()).toEqual([...table.keys()].toSorted());
  expect(shapes).toContain('conv2d 16→16 @ 20×24');
  expect(shapes).toContain('gram 16 @ 120');
  for (const { operation, shape, timings } of measured) {
    const names = timings.map(({ variant }) => variant);
    expect(names.toSorted()).toEqual(table.get(`${operation} ${shape}`)!.toSorted());
    expect(timings.every(({ milliseconds }) => milliseconds! > 0)).toBe(true);
    expect(gpu().variants.choose(operation, shape, names.toSorted())).toBe(names[0]);
  }
  expect(await tuneRecording(gpu(), record, BUDGET), 'all is known').toEqual([]);
  const anew = await tuneRecording(gpu(), record, { ...BUDGET, anew: true });
  expect(anew.map(({ shape }) => shape).toSorted()).toEqual(measured.map(({ shape }) => shape).toSorted());
});

it('leaves alone what is forced', async () => {
  gpu().variants.force('conv2d', 'direct');
  const measured = await tuneRecording(gpu(), record, { ...BUDGET, anew: true });
  expect(measured.map(({ operation }) => operation)).toContain('gram');
  expect(measured.map(({ operation }) => operation)).not.toContain('conv2d');
  const recorder = new Recorder(gpu());
  record(recorder);
  const convolutions = recorder.choices.filter(({ operation }) => operation === 'conv2d');
  expect(convolutions.map(({ variant }) => variant)).toEqual(['direct', 'direct']);
});

it('ranks what there is no time for as the shape most like it, and has done with it', async () => {
  const fresh = Gpu.adopt(gpu().device);
  const others = offered()
    .get('conv2d 16→16 @ 20×24')!
    .filter((variant) => variant !== 'tiled');
  fresh.variants.rank('conv2d', '16→16 @ 10×10', ['tiled', ...others, 'none such']);
  const assumed = await tuneRecording(fresh, record, { budget: 0 });
  const names = new Map(assumed.map(({ shape, timings }) => [shape, timings.map(({ variant }) => variant)]));
  const table = offered();
  expect(names.get('16→16 @ 20×24')![0]).toBe('tiled');
  expect(names.get('16→16 @ 20×24')!.toSorted()).toEqual(table.get('conv2d 16→16 @ 20×24')!.toSorted());
  expect(names.get('16 @ 120')).toEqual(table.get('gram 16 @ 120'));
  expect(assumed.flatMap(({ timings }) => timings).every((timing) => timing.milliseconds === undefined)).toBe(
    true,
  );
  fresh.variants.rank('conv2d', '16→16 @ 20×23', ['direct']);
  expect(await tuneRecording(fresh, record)).toEqual([]);
  expect(fresh.variants.choose('conv2d', '16→16 @ 20×24', ['direct', 'tiled'])).toBe('tiled');
});

it('keeps what it measured before it was stopped, and leaves the rest for another time', async () => {
  const table = offered();
  const fresh = Gpu.adopt(gpu().device);
  // Convolutions weigh more and come first: when this is recorded to be timed, they are done.
  const [, ...others] = table.get('gram 16 @ 120')!;
  const late = others.find((variant) => !table.get('conv2d 16→16 @ 20×24')!.includes(variant));
  const controller = new AbortController();
  const { signal } = controller;
  const stopping: Recording = (recorder) => {
    record(recorder);
    if (recorder.choices.some(({ operation, variant }) => operation === 'gram' && variant === late))
      controller.abort();
  };
  const measured = await tuneRecording(fresh, stopping, { ...BUDGET, signal });
  expect(signal.aborted).toBe(true);
  expect(measured.map(({ shape }) => shape)).toEqual(['16→16 @ 20×24']);
  expect(await tuneRecording(fresh, record, { ...BUDGET, signal }), 'nothing more').toEqual([]);
  const rest = await tuneRecording(fresh, record, BUDGET);
  expect(rest).toHaveLength(table.size - 1);
  expect(rest.flatMap(({ timings }) => timings).every(({ milliseconds }) => milliseconds! > 0)).toBe(true);
});

it('changes nothing that is read', async () => {
  const result = async () => {
    const recorder = new Recorder(gpu());
    const made = output(recorder);
    const program = await recorder.freeze([made]);
    program.run();
    const data = await gpu().read(made);
    program.dispose();
    return data;
  };
  gpu().variants.force('conv2d', 'direct');
  gpu().variants.force('gram', 'tiled');
  try {
    const before = await result();
    gpu().variants.force('gram', undefined);
    await tuneRecording(gpu(), record, { ...BUDGET, anew: true });
    gpu().variants.force('gram', 'tiled');
    expect(await result()).toEqual(before);
  } finally {
    gpu().variants.force('gram', undefined);
  }
});
