import { describe, expect, it } from 'vitest';
import { casesAt } from '../../bench/cases/index.js';
import type { Case } from '../../bench/cases/case.js';
import * as convolution from '../../bench/oracles/convolution.js';
import { recordCase } from '../../bench/measure.js';
import { accuracy, samplePlaces, SAMPLES } from '../../bench/accuracy.js';
import { uniform } from '../../bench/random.js';
import * as kernels from '../../src/kernels/index.js';
import { conv2dGeometry } from '../../src/kernels/conv2d-geometry.js';
import { conv2dGradientOracle, conv2dOracle } from '../oracles/conv2d.js';
import { useGpu } from '../support/gpu.js';

const gpu = useGpu();
const cases = casesAt(16);

it('has each line once, over all of VGG-19', () => {
  const names = cases.map(({ kernel, direction, shape }) => `${kernel} ${direction} ${shape}`);
  expect(new Set(names).size).toBe(names.length);
  expect(cases.filter(({ kernel }) => kernel === 'conv2d').map(({ shape }) => shape)).toEqual([
    '3→64 @ 16²',
    '64→64 @ 16²',
    '64→128 @ 8²',
    '128→128 @ 8²',
    '128→256 @ 4²',
    '256→256 @ 4²',
    '256→512 @ 2²',
    '512→512 @ 2²',
    '512→512 @ 1²',
  ]);
  expect(cases.filter(({ kernel }) => kernel === 'maxPool2d').map(({ shape }) => shape)).toEqual([
    '64 @ 16²',
    '128 @ 8²',
    '256 @ 4²',
    '512 @ 2²',
  ]);
});

it('has every kernel there is, but those in place whose twins are there', () => {
  // append is one number a run; scale and clamp are scaled and clamped into the same memory.
  const others = ['append', 'clamp', 'scale'];
  // What the module exports beside kernels: helpers for the host.
  const helpers = ['pairsSince', 'pixelBytes', 'pixelWords', 'ringShape', 'TEXEL_FORMATS', 'texelWords'];
  const backward = (name: string) =>
    name
      .replace(/^conv2dBackward(Input|Weights|Bias)$/, 'conv2d.d$1')
      .replace(/^(\w+)Backward$/, '$1.dInput');
  const exported = Object.keys(kernels).filter((name) => ![...others, ...helpers].includes(name));
  expect([...new Set(cases.map(({ kernel }) => kernel))].sort()).toEqual(exported.map(backward).sort());
});

const firsts = [...new Map(cases.toReversed().map((item) => [item.kernel, item])).values()];

it.each(firsts)('$kernel agrees with its oracle on $shape, at every element', async (item) => {
  const { recorder, output, inputs, dispose } = recordCase(gpu(), item);
  const program = await recorder.freeze([output]);
  try {
    program.run();
    const read = await gpu().read(output);
    const decoded = item.decode ? item.decode(read) : read;
    const oracle = item.oracle(inputs);
    const expected = Array.from(decoded, (_, i) => oracle(i));
    const largest = Math.max(...expected.map(Math.abs));
    // The kernels' own tests hold them to the last roundings; here a hundred times 2⁻²⁴ of the largest number tells a
    // wrong formula from a right one. WGSL grants the cosine of normal noise 2⁻¹¹ for radii up to 5.8.
    const tolerance = item.kernel === 'normalNoise' ? 3e-3 : 6e-6 * largest;
    expect(decoded).toBeAllClose(expected, { absolute: tolerance });
  } finally {
    program.dispose();
    dispose();
  }
});

it.each(cases)('$kernel can be recorded on $shape', (item: Case) => {
  const before = gpu().memory.bytes;
  const { recorder, bytes, dispose } = recordCase(gpu(), item);
  expect(recorder.steps.length).toBeGreaterThan(0);
  expect(bytes).toBeGreaterThan(0);
  dispose();
  expect(gpu().memory.bytes).toBe(before);
});

describe("the bench's convolution, written as a sum for each output", () => {
  const [c, o, s] = [3, 4, 5];
  const sizes = { c, o, s };
  const x = uniform(1, c * s * s);
  const w = uniform(2, o * c * 9);
  const bias = uniform(3, o);
  const dy = uniform(4, o * s * s);
  const tensor = (shape: number[]) => gpu().tensor('t', shape);
  const geometry = () => conv2dGeometry([1, c, s, s], tensor([o, c, 3, 3]), { stride: 1, padding: 1 });
  const every = (count: number, at: (i: number) => number) =>
    Float64Array.from({ length: count }, (_, i) => at(i));
  // Two orders of summing at most 36 products below 1 in float64.
  const tolerance = { absolute: 1e-14 };

  it('is that of the tests, written as a scatter', () => {
    expect(every(dy.length, convolution.convolution(sizes, x, w, bias))).toBeAllClose(
      conv2dOracle(geometry(), x, w, bias),
      tolerance,
    );
  });

  it('has the gradients of the tests', () => {
    const { dx, dw, db } = conv2dGradientOracle(geometry(), x, w, dy);
    expect(every(dx.length, convolution.convolutionInput(sizes, dy, w))).toBeAllClose(dx, tolerance);
    expect(every(dw.length, convolution.convolutionWeights(sizes, x, dy))).toBeAllClose(dw, tolerance);
    expect(every(db.length, convolution.convolutionBias(s, dy))).toBeAllClose(db, tolerance);
  });
});

describe('accuracy', () => {
  it('is the largest difference relative to the largest number expected', () => {
    expect(accuracy([1, 2, 4.5], (i) => [1, 2, 4][i]!)).toEqual({ relative: 0.125, checked: 3, of: 3 });
    expect(accuracy([0.25, 0], () => 0).relative).toBe(0.25);
    expect(accuracy([1, NaN], (i) => i).relative).toBe(Infinity);
  });

  it('looks at so many different places of a large output, the first and the last among them', () => {
    const places = samplePlaces(100_000);
    expect(new Set(places).size).toBe(SAMPLES);
    expect(places).toEqual(expect.arrayContaining([0, 99_999]));
    expect(places.every((at) => Number.isInteger(at) && at >= 0 && at < 100_000)).toBe(true);
    expect(places).toEqual(samplePlaces(100_000));
    expect(samplePlaces(SAMPLES)).toEqual(Array.from({ length: SAMPLES }, (_, i) => i));
  });

  it('finds one wrong number of few', () => {
    const output = new Float32Array(200).fill(1);
    output[137] = 0;
    expect(accuracy(output, () => 1)).toEqual({ relative: 1, checked: 200, of: 200 });
  });
});
