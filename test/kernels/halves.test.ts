import { beforeEach, describe, expect, it } from 'vitest';
import { Recorder } from '../../src/gpu/recorder.js';
import { converted } from '../../src/kernels/copy.js';
import { add, copy, dot, mse, mseBackward, relu, reluBackward } from '../../src/kernels/index.js';
import { evaluate, useGpu } from '../support/gpu.js';
import { inHalves, roundedToHalves, skipWithoutHalves, STORED } from '../support/halves.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();
beforeEach((context) => skipWithoutHalves(context, gpu()));

// An odd number of halves ends in the middle of the four bytes that WebGPU counts in.
describe.each([[[1]], [[1, 3, 1, 7]], [[1, 3, 19, 20]]])('halves of shape %j', (shape) => {
  const size = shape.reduce((a, b) => a * b, 1);
  const [x, y] = [1, 2].map((seed) => roundedToHalves(uniform(seed, size))) as [Float32Array, Float32Array];
  const inputs = [x, y].map((data) => ({ data, shape }));

  it('take half the memory, but for the end', () => {
    const half = new Recorder(gpu()).temporary('half', shape, 'f16');
    expect(half.bytes).toBe(4 * Math.ceil(size / 2));
    expect(half.view([size])).toMatchObject({ dtype: 'f16', bytes: half.bytes });
  });

  it('come back as they were', async () => {
    const [back] = await evaluate(
      gpu(),
      inputs.slice(0, 1),
      inHalves((_, a) => a!),
    );
    expect(back).toBeAllClose(x, {});
  });

  it('are next to what is stored', async () => {
    const data = uniform(3, size, -1000, 1000);
    const [back] = await evaluate(
      gpu(),
      [{ data, shape }],
      inHalves((_, a) => a!),
    );
    expect(back).toBeAllClose(data, STORED);
  });

  it('are rectified exactly, and pass float32 gradients where positive', async () => {
    const dy = uniform(4, size);
    const [z, dx] = await evaluate(gpu(), [inputs[0]!, { data: dy, shape }], (r, a, d) => {
      const half = converted(r, a!, 'f16');
      const rectified = relu(r, half);
      expect(rectified.dtype).toBe('f16');
      const gradient = reluBackward(r, half, d!);
      expect(gradient.dtype).toBe('f32');
      return [converted(r, rectified, 'f32'), gradient];
    });
    expect(z).toBeAllClose(
      x.map((v) => Math.max(v, 0)),
      {},
    );
    expect(dx).toBeAllClose(
      x.map((v, i) => (v > 0 ? dy[i]! : 0)),
      {},
    );
  });

  it('are compared and multiplied as the same numbers in float32 are, to the last bit', async () => {
    const [stored, ...whole] = await evaluate(gpu(), inputs, (r, a, b) => [
      mse(r, converted(r, a!, 'f16'), b!, 3),
      mse(r, a!, b!, 3),
      dot(r, converted(r, a!, 'f16'), converted(r, b!, 'f16')),
      dot(r, a!, b!),
    ]);
    expect(stored).toEqual(whole[0]);
    expect(whole[1]).toEqual(whole[2]);
    const one = { data: Float32Array.of(1), shape: [] };
    const [da, expected] = await evaluate(gpu(), [...inputs, one], (r, a, b, dy) => [
      mseBackward(r, converted(r, a!, 'f16'), b!, dy!, 3),
      mseBackward(r, a!, b!, dy!, 3),
    ]);
    expect(da).toEqual(expected);
  });
});

describe('halves are refused', () => {
  it('by kernels that do not know them', () => {
    const recorder = new Recorder(gpu());
    const x = recorder.temporary('x', [4]);
    copy(recorder, gpu().tensor('y', [4]), x);
    expect(() => add(recorder, x, converted(recorder, x, 'f16'))).toThrow(
      'add: takes float32 numbers only, but converted[4] holds float16',
    );
  });

  it('by the host', async () => {
    const recorder = new Recorder(gpu());
    const half = converted(recorder, gpu().one(), 'f16');
    const program = await recorder.freeze([half]);
    await expect(gpu().read(half)).rejects.toThrow('holds f16: copy it to f32 first');
    expect(() => gpu().write(half, Float32Array.of(1))).toThrow('holds f16; write an f32 and copy it');
    program.dispose();
  });
});
