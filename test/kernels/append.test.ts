import { expect, it } from 'vitest';
import { Recorder } from '../../src/gpu/recorder.js';
import { append, pairsSince, ringShape } from '../../src/kernels/index.js';
import { useGpu } from '../support/gpu.js';

const gpu = useGpu();

it('keeps the last pairs, in order, over any number of runs', async () => {
  const [a, b] = [gpu().tensor('a', []), gpu().tensor('b', [])];
  const ring = gpu().tensor('ring', ringShape(4));
  const recorder = new Recorder(gpu());
  append(recorder, a, b, ring);
  const program = await recorder.freeze();
  const push = (from: number, to: number) => {
    for (let i = from; i <= to; i++) {
      gpu().write(a, Float32Array.of(i));
      gpu().write(b, Float32Array.of(-i));
      program.run();
    }
  };
  expect(pairsSince(await gpu().read(ring), 0)).toEqual([]);
  push(1, 3);
  expect(pairsSince(await gpu().read(ring), 0)).toEqual([
    [1, -1],
    [2, -2],
    [3, -3],
  ]);
  push(4, 7);
  const full = await gpu().read(ring);
  expect(pairsSince(full, 3).map(([x]) => x)).toEqual([4, 5, 6, 7]);
  expect(pairsSince(full, 6)).toEqual([[7, -7]]);
  expect(pairsSince(full, 7)).toEqual([]);
  expect(() => pairsSince(full, 2)).toThrow(/5 pairs since the last look, but the ring holds 4/);
  program.dispose();
  for (const tensor of [a, b, ring]) gpu().free(tensor);
});

it('refuses what is no scalar or no ring', () => {
  const recorder = new Recorder(gpu());
  const tensors = [
    gpu().tensor('one', []),
    gpu().tensor('two', [2]),
    gpu().tensor('ring', ringShape(2)),
  ] as const;
  const [one, two, ring] = tensors;
  expect(() => append(recorder, one, two, ring)).toThrow(/takes scalars/);
  expect(() => append(recorder, one, one, two)).toThrow(/a ring is \[2·rows \+ 1\]/);
  for (const tensor of tensors) gpu().free(tensor);
});
