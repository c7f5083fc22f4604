import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gramBackwardVariants, gramVariants, planGram } from '../../src/kernels/gram-plan.js';
import { converted } from '../../src/kernels/copy.js';
import { gram, gramBackward, scale } from '../../src/kernels/index.js';
import { planStrips } from '../../src/kernels/texel-strips.js';
import { inner, numericalGradient } from '../support/differences.js';
import { evaluate, inBrowser, useGpu } from '../support/gpu.js';
import { gramOracle as oracle, gramGradientOracle as backwardOracle } from '../support/gram-oracle.js';
import { roundedToHalves, skipWithoutHalves } from '../support/halves.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();

/**
 * Entries are sums of n products of numbers below 1 in magnitude, divided by n·rows. However they are grouped, the
 * rounding errors of float32 (unit roundoff 2^-24) cannot exceed about n·2^-24 of the sum of the magnitudes.
 */
const worst = (terms: number, scale: number) => (terms + 16) * 2 ** -24 * terms * scale;

/** Rounding errors are as often up as down: over a whole result they grow with the root of the length. */
const TYPICAL = 2e-6;

const SHAPES = [
  [1, 1, 1, 1],
  [1, 3, 1, 7],
  [1, 1, 37, 1],
  [1, 8, 8, 4],
  [2, 3, 5, 5],
  [1, 9, 19, 23],
  [1, 64, 6, 6],
  [1, 65, 3, 11],
  [1, 130, 4, 9],
  [1, 3, 53, 50],
];

/** What every variant takes. */
const MAPS = { shape: [64, 64], dtype: 'f32' } as const;

/** A browser's adapter takes seconds to compile what has barriers in loops: for it, only shapes that differ in kind. */
const FEWER_SHAPES = SHAPES.filter(([n, c]) => [1, 3, 65, 130].includes(n! * c!));

afterEach(() => {
  gpu().variants.force('gram', undefined);
  gpu().variants.force('gram.dInput', undefined);
});

describe.each([
  { variant: 'broadcast' as const, shapes: SHAPES },
  { variant: 'texels' as const, shapes: SHAPES },
  { variant: 'lanes' as const, shapes: SHAPES },
  { variant: 'tiled' as const, shapes: FEWER_SHAPES },
])('gram, variant $variant', ({ variant, shapes }) => {
  beforeEach((context) => {
    context.skip(!gramVariants(gpu().facts, MAPS).includes(variant), `no ${variant} on this device`);
  });

  describe.each(shapes.map((shape) => ({ shape })))('on $shape', ({ shape }) => {
    const [m, k] = [shape[0]! * shape[1]!, shape[2]! * shape[3]!];
    const x = uniform(1, m * k);
    const input = { data: x, shape };

    it('is F·Fᵀ / (N·C·H·W), and symmetric to the last bit', async () => {
      gpu().variants.force('gram', variant);
      const [g] = await evaluate(gpu(), [input], gram);
      const expected = oracle(x, m, k);
      expect(g).toBeAllClose(expected, { absolute: worst(k, 1 / (m * k)) });
      expect(g).toBeNear(expected, TYPICAL);
      expect(g).toBeAllClose(
        g!.map((_, at) => g![(at % m) * m + Math.floor(at / m)]!),
        {},
      );
    });

    it('passes (dy + dyᵀ)·F back, added to what was there', async () => {
      gpu().variants.force('gram.dInput', variant);
      const [dy, before] = [uniform(2, m * m), uniform(3, m * k)];
      const expected = backwardOracle(x, dy, m, k);
      const inputs = [input, { data: dy, shape: [m, m] }, { data: before, shape }];
      const [dx] = await evaluate(gpu(), inputs, (r, a, b) => gramBackward(r, a!, b!));
      expect(dx).toBeAllClose(expected, { absolute: worst(m, 2 / (m * k)) });
      expect(dx).toBeNear(expected, TYPICAL);
      const [sum] = await evaluate(gpu(), inputs, (r, a, b, c) => gramBackward(r, a!, b!, c));
      // One more addition, of numbers below 4: half an ulp.
      expect(sum).toBeAllClose(
        expected.map((v, i) => v + before[i]!),
        { absolute: worst(m, 2 / (m * k)) + 1.2e-7 },
      );
    });
  });

  // The first needs its rows padded.
  it('takes halves, and sums in float32', async (context) => {
    skipWithoutHalves(context, gpu());
    context.skip(!gramVariants(gpu().facts, { ...MAPS, dtype: 'f16' }).includes(variant), `none for halves`);
    gpu().variants.force('gram', variant);
    for (const shape of [
      [1, 65, 3, 11],
      [1, 8, 8, 4],
    ]) {
      const [m, k] = [shape[0]! * shape[1]!, shape[2]! * shape[3]!];
      const x = roundedToHalves(uniform(1, m * k));
      const [dy, before] = [uniform(2, m * m), uniform(3, m * k)];
      const inputs = [
        { data: x, shape },
        { data: dy, shape: [m, m] },
        { data: before, shape },
      ];
      const [g, dx, sum] = await evaluate(gpu(), inputs, (r, a, b, c) => {
        const stored = converted(r, a!, 'f16');
        return [gram(r, stored), gramBackward(r, stored, b!), gramBackward(r, stored, b!, c)];
      });
      expect(g).toBeAllClose(oracle(x, m, k), { absolute: worst(k, 1 / (m * k)) });
      const expected = backwardOracle(x, dy, m, k);
      const allowed = worst(m, 2 / (m * k));
      expect(dx).toBeAllClose(expected, { absolute: allowed });
      expect(sum).toBeAllClose(
        expected.map((v, i) => v + before[i]!),
        { absolute: allowed + 1.2e-7 },
      );
    }
  });

  it('adds up slices when there are too few tiles', async () => {
    // For texels, whose rows are to be whole multiples of 256 bytes, two strips of which the last row is not full.
    // For blocks, more entries than a workgroup adds up, by several invocations each.
    const [m, k] = ['texels', 'tiled'].includes(variant) ? [65, 20_032] : [2, 20_003];
    const { slices, shares } = planGram(variant, m, k);
    expect(slices).toBeGreaterThan(2);
    expect(shares > 1).toBe(variant === 'tiled');
    gpu().variants.force('gram', variant);
    const x = uniform(4, m * k);
    const [g] = await evaluate(gpu(), [{ data: x, shape: [1, m, 1, k] }], gram);
    // The off-diagonal sum nearly cancels, so the distance is taken relative to the diagonal.
    expect(g).toBeNear(oracle(x, m, k), TYPICAL);
  });

  it('passes back maps that lie in several strips of texels', async (context) => {
    context.skip(variant !== 'texels', 'none in texels');
    gpu().variants.force('gram.dInput', variant);
    const [m, k] = [65, 20_032];
    expect(planStrips(m, k / 4)).toHaveLength(2);
    const [x, dy, before] = [uniform(4, m * k), uniform(5, m * m), uniform(6, m * k)];
    const inputs = [
      { data: x, shape: [1, m, 1, k] },
      { data: dy, shape: [m, m] },
      { data: before, shape: [1, m, 1, k] },
    ];
    const [dx, sum] = await evaluate(gpu(), inputs, (r, a, b, c) => [
      gramBackward(r, a!, b!),
      gramBackward(r, a!, b!, c),
    ]);
    const expected = backwardOracle(x, dy, m, k);
    expect(dx).toBeNear(expected, TYPICAL);
    expect(sum).toBeNear(
      expected.map((v, i) => v + before[i]!),
      TYPICAL,
    );
  });

  it('has a gradient that agrees with finite differences', async () => {
    gpu().variants.force('gram.dInput', variant);
    const [m, k] = [3, 10];
    const [x, dy] = [uniform(5, m * k), uniform(6, m * m)];
    const inputs = [
      { data: x, shape: [1, m, 2, 5] },
      { data: dy, shape: [m, m] },
    ];
    const [dx] = await evaluate(gpu(), inputs, (r, a, b) => gramBackward(r, a!, b!));
    const expected = numericalGradient((p) => inner(oracle(p, m, k), dy), x);
    // The differences of a quadratic are exact but for rounding; what remains is float32's, on numbers below 1.
    expect(dx).toBeAllClose(expected, { absolute: 1e-6 });
  });
});

it('takes maps of more columns back than one axis of workgroups covers', async (context) => {
  context.skip(inBrowser, 'it takes SwiftShader 20 s');
  gpu().variants.force('gram.dInput', 'tiled');
  const k = 64 * 65_535 + 256;
  const x = uniform(7, k);
  const inputs = [
    { data: x, shape: [1, 1, 1, k] },
    { data: Float32Array.of(k / 2), shape: [1, 1] },
  ];
  const [dx] = await evaluate(gpu(), inputs, (r, a, b) => gramBackward(r, a!, b!));
  // (dy + dy) · F / k, exactly what went in.
  expect(dx!.every((value, i) => value === x[i])).toBe(true);
});

it('has maps copied into texels once for both directions, and again once they were written to', async (context) => {
  context.skip(!gramVariants(gpu().facts, MAPS).includes('texels'), 'no texels on this device');
  gpu().variants.force('gram', 'texels');
  gpu().variants.force('gram.dInput', 'texels');
  const [m, k] = [8, 64];
  const [x, dy] = [uniform(8, m * k), uniform(9, m * m)];
  const inputs = [
    { data: x, shape: [1, m, 8, 8] },
    { data: dy, shape: [m, m] },
  ];
  const copies: number[] = [];
  const [before, after] = await evaluate(gpu(), inputs, (r, a, b) => {
    const count = () => copies.push(r.steps.filter((step) => 'pieces' in step).length);
    gram(r, a!);
    const first = gramBackward(r, a!, b!);
    count();
    scale(r, a!, 3);
    const second = gramBackward(r, a!, b!);
    count();
    return [first, second];
  });
  expect(copies).toEqual([1, 2]);
  const expected = backwardOracle(x, dy, m, k);
  expect(before).toBeNear(expected, TYPICAL);
  expect(after).toBeNear(
    expected.map((v) => 3 * v),
    TYPICAL,
  );
});

describe('cutting a Gram matrix into workgroups', () => {
  it.each([
    ['broadcast', 64, 16_384],
    ['broadcast', 3, 262_145],
    ['texels', 64, 16_384],
    ['texels', 3, 4092],
    ['texels', 512, 262_208],
    ['lanes', 64, 16_384],
    ['lanes', 1, 1],
    ['lanes', 3, 262_145],
    ['tiled', 64, 262_144],
    ['tiled', 512, 1024],
    ['tiled', 4096, 1_048_576],
    ['tiled', 1, 1],
  ] as const)('covers all columns: %s, %i × %i', (variant, m, k) => {
    const { slices, slice, workgroups } = planGram(variant, m, k);
    expect(slices * slice).toBeGreaterThanOrEqual(k);
    expect((slices - 1) * slice).toBeLessThan(k);
    expect(workgroups[2]).toBe(slices);
  });

  it('offers what the adapter can run, the likely fastest first', () => {
    const facts = (software: boolean, subgroupSize: number | undefined) => ({ software, subgroupSize });
    expect(gramVariants(facts(true, 8), MAPS)).toEqual(['texels', 'broadcast', 'lanes', 'tiled']);
    // Of halves, and of rows that are no whole multiples of 256 bytes, there are no copies in texels.
    const others = ['broadcast', 'lanes', 'tiled'];
    expect(gramVariants(facts(true, 8), { ...MAPS, dtype: 'f16' })).toEqual(others);
    expect(gramVariants(facts(true, 8), { ...MAPS, shape: [64, 4160] })[0]).toBe('texels');
    expect(gramVariants(facts(true, 8), { ...MAPS, shape: [64, 4161] })).toEqual(others);
    // Nor where its slices, of which each has a matrix of its own, would take too much memory.
    expect(gramVariants(facts(true, 8), { ...MAPS, shape: [512, 65_536] })[0]).toBe('texels');
    expect(gramVariants(facts(true, 8), { ...MAPS, shape: [4096, 8192] })).toEqual(others);
    // Its gradient has no slices, and needs no more than its maps in texels.
    expect(gramBackwardVariants(facts(true, 8), { ...MAPS, shape: [4096, 8192] })[0]).toBe('texels');
    expect(gramBackwardVariants(facts(true, 8), { ...MAPS, dtype: 'f16' })).toEqual(others);
    expect(gramBackwardVariants(facts(true, 8), { ...MAPS, shape: [64, 4161] })).toEqual(others);
    expect(gramVariants(facts(true, undefined), MAPS)).toEqual(['lanes', 'tiled']);
    expect(gramVariants(facts(false, 32), MAPS)).toEqual(['tiled', 'lanes']);
    expect(gramVariants(facts(false, 8), MAPS)).toEqual(['tiled', 'lanes', 'broadcast']);
  });

  it('splits only where the tiles are too few, and holds the partial matrices small', () => {
    expect(planGram('lanes', 256, 1024).slices).toBe(1);
    expect(planGram('tiled', 64, 16_384).slices).toBeGreaterThan(100);
    expect(planGram('tiled', 4096, 1_048_576).slices * 4096 ** 2 * 4).toBeLessThanOrEqual(2 ** 26);
  });
});

it('refuses what is not a stack of feature maps, and gradients of another shape', async () => {
  const zeros = (...shape: number[]) => ({ data: new Float32Array(shape.reduce((a, b) => a * b, 1)), shape });
  await expect(evaluate(gpu(), [zeros(3, 4)], gram)).rejects.toThrow(/takes feature maps \[N, C, H, W\]/);
  await expect(
    evaluate(gpu(), [zeros(1, 3, 2, 2), zeros(4, 4)], (r, a, b) => gramBackward(r, a!, b!)),
  ).rejects.toThrow(/must be \[3, 3\]/);
});
