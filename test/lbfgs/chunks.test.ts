import { describe, expect, it, vi } from 'vitest';
import { Lbfgs, type LbfgsOptions } from '../../src/lbfgs/index.js';
import { cut, TILE } from '../../src/lbfgs/history.js';
import { useGpu } from '../support/gpu.js';
import { drive, quadratic } from '../support/lbfgs.js';
import { lbfgsOracle } from '../support/lbfgs-oracle.js';
import { uniform } from '../support/random.js';

// Several pipelines to compile, on a software adapter that may have to share its cores.
vi.setConfig({ testTimeout: 120_000 });

const gpu = useGpu();

describe('cutting the history into chunks', () => {
  it.each([
    [1, 101, 32, 2 ** 27],
    [786_432, 101, 32, 2 ** 27],
    [786_432, 101, 16, 2 ** 27],
    [12_582_912, 256, 16, 2 ** 27],
    [5_003, 4, 32, 4 * 4 * TILE],
    [TILE, 2, 16, 2 * 2 * TILE],
  ] as [number, number, 16 | 32, number][])(
    '%i elements in %i slots of %i bits under %i bytes: all elements once, in order, in pieces that fit',
    (size, slots, bits, bytes) => {
      let next = 0;
      for (const { start, count } of cut(size, { slots, bits }, bytes)) {
        expect(start).toBe(next);
        // A binding begins at a multiple of 256 bytes.
        expect((4 * start) % 256).toBe(0);
        expect(count).toBeGreaterThan(0);
        expect((bits / 8) * slots * count).toBeLessThanOrEqual(bytes);
        next += count;
      }
      expect(next).toBe(size);
    },
  );

  it('needs two chunks of each vector for a history of 100 at 512², of 318 MB', () => {
    expect(cut(3 * 512 * 512, { slots: 101, bits: 16 }, 2 ** 27).length).toBe(2);
    expect(cut(3 * 512 * 512, { slots: 101, bits: 32 }, 2 ** 27).length).toBe(3);
  });

  it('says what to do when not even one tile of the history can be bound', () => {
    expect(() => cut(10_000, { slots: 101, bits: 16 }, 65_536)).toThrow(/shorter one \(--history\)/);
  });
});

describe('5,003 variables, no multiple of anything', () => {
  const size = 5003;
  const f = quadratic(Float64Array.from(uniform(1, size, 0.1, 3)), uniform(2, size));
  const start = uniform(3, size);
  const options: LbfgsOptions = { history: 3, mode: 'seed' };

  it('takes the same steps in five chunks as in one, to the bit', async () => {
    const one = await drive(gpu(), f, start, options, 24);
    const five = await drive(gpu(), f, start, { ...options, maxBindingBytes: 4 * 4 * TILE }, 24);
    expect(five.losses).toEqual(one.losses);
    expect(five.x).toEqual(one.x);
  });

  it('follows the two-loop recursion on vectors', async () => {
    const expected = lbfgsOracle(f, start, { history: 3 }, 24);
    const run = await drive(gpu(), f, start, { ...options, maxBindingBytes: 4 * 4 * TILE }, 24);
    // Float32 against float64, see steps.test.ts.
    expect(run.losses).toBeAllClose(expected.losses, { relative: 1e-3 });
    expect(run.visited.at(-1)!).toBeNear(expected.visited.at(-1)!, 1e-3);
  });

  it('keeps within a box and goes back to its best in chunks too', async () => {
    const boxed: LbfgsOptions = { history: 3, bounds: { low: -0.5, high: 0.5 } };
    const spoilt: typeof f = (x, n) => (n === 7 ? { ...f(x, n), loss: Infinity } : f(x, n));
    const one = await drive(
      gpu(),
      spoilt,
      start.map((v) => v / 2),
      boxed,
      24,
    );
    const five = await drive(
      gpu(),
      spoilt,
      start.map((v) => v / 2),
      { ...boxed, maxBindingBytes: 4 * 4 * TILE },
      24,
    );
    expect(five.x).toEqual(one.x);
    expect(five.best).toEqual(one.best);
    expect(five.visited[7]).toEqual(five.visited[one.losses.indexOf(Math.min(...one.losses.slice(0, 6)))]);
    expect(Math.max(...five.x.map(Math.abs))).toBe(0.5);
  });
});

describe('what it holds and gives back', () => {
  it('reports its bytes: both rings, three more vectors, and little else', async () => {
    const device = gpu();
    const before = device.memory.bytes;
    const size = 30 * TILE;
    const tensors = {
      x: device.tensor('x', [size]),
      gradient: device.tensor('g', [size]),
      loss: device.tensor('l', []),
    };
    const optimiser = await Lbfgs.create(device, tensors, { history: 10 });
    const vectors = (2 * 11 + 3) * size * 4;
    expect(optimiser.bytes).toBeGreaterThan(vectors);
    expect(optimiser.bytes).toBeLessThan(vectors + 100_000);
    expect(device.memory.bytes - before).toBe(optimiser.bytes + 4 * (2 * size + 1));
    optimiser.dispose();
    for (const tensor of Object.values(tensors)) device.free(tensor);
    expect(device.memory.bytes).toBe(before);
  });

  it('makes no GPU memory while it runs, and dispatches eight passes', async () => {
    const device = gpu();
    const tensors = {
      x: device.tensor('x', [9]),
      gradient: device.tensor('g', [9]),
      loss: device.tensor('l', []),
    };
    const optimiser = await Lbfgs.create(device, tensors, {});
    const before = device.memory.bytes;
    for (let i = 0; i < 5; i++) optimiser.update.run();
    expect(optimiser.update.steps.length).toBe(8);
    expect(device.memory.bytes).toBe(before);
    optimiser.dispose();
    for (const tensor of Object.values(tensors)) device.free(tensor);
  });

  it('refuses what makes no sense, in one sentence', async () => {
    const device = gpu();
    const tensors = {
      x: device.tensor('x', [9]),
      gradient: device.tensor('g', [8]),
      loss: device.tensor('l', []),
    };
    await expect(Lbfgs.create(device, tensors)).rejects.toThrow(/differ in size/);
    const { x, loss } = tensors;
    await expect(Lbfgs.create(device, { x, gradient: x, loss }, { history: 0 })).rejects.toThrow(/1 to 255/);
    await expect(Lbfgs.create(device, { x, gradient: x, loss: x })).rejects.toThrow(/scalar/);
    await expect(Lbfgs.create(device, { x, gradient: loss, loss }, { learningRate: -1 })).rejects.toThrow(
      /learning rate/,
    );
    await expect(
      Lbfgs.create(device, { x, gradient: x, loss }, { bounds: { low: 1, high: 0 } }),
    ).rejects.toThrow(/low below high/);
    for (const tensor of Object.values(tensors)) device.free(tensor);
  });
});
