/** The history's numbers of 16 bits, against what the format says of them. */
import { describe, expect, it } from 'vitest';
import { read, uniform as bindUniform, update, write } from '../../src/gpu/dispatch.js';
import { Recorder } from '../../src/gpu/recorder.js';
import { TILE } from '../../src/lbfgs/history.js';
import { useGpu } from '../support/gpu.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();

const SLOTS = 3;
const CANDIDATE = 1;
const ROW = 32;
const LANES = 8;

/** What shaders/parts/lbfgs_history.wgsl says, read from its comment: eight numbers out of four words. */
function decode(words: Uint32Array): number[] {
  let exponent = 0;
  words.forEach((word, i) => {
    exponent |= ((word & 1) << i) | (((word >>> 16) & 1) << (i + 4));
  });
  // An exponent of 0 stands for zeros; the whole numbers are 17 bits up.
  const unit = exponent === 0 ? 0 : 2 ** (exponent - 127 + 17);
  const high = [...words].map((word) => (word >> 17) * unit);
  const low = [...words].map((word) => ((word << 16) >> 17) * unit);
  return [...high, ...low];
}

/** Passes 1 and 2 on one step and one difference of gradients, in a history that holds nothing else. */
async function append(step: Float32Array, gradient: Float32Array) {
  const size = step.length;
  const whole = Math.ceil(size / TILE) * TILE;
  const tiles = whole / TILE;
  const device = gpu();
  const padded = new Float32Array(whole);
  padded.set(step);
  const bits = (words: number[]) => new Float32Array(Uint32Array.from(words).buffer);
  const history = [whole / (8 * ROW), SLOTS, 4 * ROW];
  const tensors = {
    s: device.tensor('s', history),
    y: device.tensor('y', history),
    gradient: device.tensor('gradient', [size], gradient),
    x: device.tensor('x', [size]),
    before: device.tensor('before', [whole]),
    step: device.tensor('step', [whole], padded),
    partials: device.tensor('partials', [SLOTS + 2, tiles, LANES, 4]),
    plan: device.tensor('plan', [SLOTS + 2, 4], new Float32Array(4 * (SLOTS + 2))),
    chunk: device.tensor('chunk', [4], bits([size, 0, tiles, 0])),
  };
  device.write(tensors.plan, bits([CANDIDATE, 0, CANDIDATE, 0, ...new Array<number>(4 * SLOTS + 4).fill(0)]));
  const { s, y, gradient: g, x, before, step: last, partials, plan, chunk } = tensors;
  const recorder = new Recorder(device, 'append');
  const constants = { SLOTS, VECTORS: 1 };
  recorder.dispatch({
    label: 'append',
    shader: 'lbfgs_append',
    constants: { ...constants, LANES, PARTS: LANES },
    bindings: [
      ...[update(s), update(y), read(g), read(x), read(before), read(last), write(partials)],
      ...[bindUniform(plan), bindUniform(chunk)],
    ],
    workgroups: [tiles, 1, 1],
  });
  recorder.dispatch({
    label: 'dots',
    shader: 'lbfgs_dots_narrow',
    constants: { ...constants, HELD: SLOTS },
    bindings: [read(s), read(y), read(g), read(x), update(partials), bindUniform(plan), bindUniform(chunk)],
    workgroups: [tiles, 1, 1],
  });
  const program = await recorder.freeze();
  program.run();
  const decoded = async (tensor: typeof s) => {
    const words = new Uint32Array((await device.read(tensor)).buffer);
    return Array.from({ length: whole / 8 }, (_, eight) => {
      const strip = Math.floor(eight / ROW);
      const at = 4 * ((strip * SLOTS + CANDIDATE) * ROW + (eight % ROW));
      return decode(words.subarray(at, at + 4));
    }).flat();
  };
  const sums = await device.read(partials);
  const row = Array.from({ length: 4 }, (_, i) =>
    Array.from({ length: tiles * LANES }, (_, k) => sums[4 * (CANDIDATE * tiles * LANES + k) + i]!).reduce(
      (a, b) => a + b,
    ),
  );
  const result = { s: await decoded(s), y: await decoded(y), products: row };
  program.dispose();
  for (const tensor of Object.values(tensors)) device.free(tensor);
  return result;
}

describe('a pair in 16 bits a number', () => {
  const size = TILE + 501;
  // From 1e-27 to 1e18, neighbours alike and neighbours far apart, and zeros.
  const spread = (seed: number) =>
    uniform(seed, size, -1, 1).map((v, i) => {
      if (i % 11 === 0) return 0;
      return v * 10 ** ((Math.floor(i / 32) % 46) - 27) * 4 ** -(i % 3);
    });

  it('is off by 2⁻¹⁴ of the largest of eight neighbours, at most', async () => {
    const [step, gradient] = [spread(1), spread(2)];
    const { s, y } = await append(step, gradient);
    for (const [exact, held] of [
      [step, s],
      [gradient, y],
    ] as const) {
      let most = 0;
      for (let i = 0; i < held.length; i += 8) {
        const eight = Array.from({ length: 8 }, (_, k) => exact[i + k] ?? 0);
        const peak = Math.max(...eight.map(Math.abs));
        for (let k = 0; k < 8; k++) {
          const off = Math.abs(held[i + k]! - eight[k]!);
          expect(off).toBeLessThanOrEqual(peak * 2 ** -14);
          if (peak > 0) most = Math.max(most, off / peak);
        }
      }
      // And no better than it can be: the bound is a tight one.
      expect(most).toBeGreaterThan(2 ** -16);
    }
  });

  it('holds small whole numbers and powers of two exactly, and nothing as nothing', async () => {
    const step = Float32Array.from(
      { length: size },
      (_, i) => [0, 1, -1, 2, 1000, -16383, 0.5, -0.25][i % 8]!,
    );
    const gradient = Float32Array.from({ length: size }, (_, i) => (i % 16 < 8 ? 0 : -(2 ** ((i % 8) - 4))));
    const { s, y } = await append(step, gradient);
    expect(s.slice(0, 8)).toEqual([0, 1, -1, 2, 1000, -16383, 0, 0].map((v) => v || expect.closeTo(0, 0)));
    expect(y.slice(0, size).map((v) => v || 0)).toEqual([...gradient].map((v) => v || 0));
  });

  it('is multiplied as it is held', async () => {
    const step = uniform(3, size, -1, 1);
    const gradient = uniform(4, size, -1, 1);
    const { s, y, products } = await append(step, gradient);
    const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Array.from(gradient, (_, i) => a[i]! * b[i]!).reduce((sum, v) => sum + v, 0);
    const expected = [dot(s, y), dot(y, y), dot(s, gradient), dot(y, gradient)];
    // Float32 sums of some 190 products each against float64, all terms at most 1: 190 · 6e-8 at the very worst.
    products.forEach((product, i) => expect(Math.abs(product! - expected[i]!)).toBeLessThan(1e-4));
    // What is held differs from what was given by more than that.
    expect(Math.abs(dot(gradient, gradient) - expected[1]!)).toBeGreaterThan(1e-4);
  });
});
