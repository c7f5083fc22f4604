import { afterEach, describe, expect, it, vi } from 'vitest';
import { chooseForm, eligibleForms, type Form, historyForm } from '../../src/lbfgs/forms.js';
import { adapterFacts } from '../../src/gpu/facts.js';
import { TILE } from '../../src/lbfgs/history.js';
import { useGpu } from '../support/gpu.js';
import { drive, quadratic } from '../support/lbfgs.js';
import { lbfgsOracle } from '../support/lbfgs-oracle.js';
import { uniform } from '../support/random.js';

// Several pipelines to compile, on a software adapter that may have to share its cores.
vi.setConfig({ testTimeout: 120_000 });

const gpu = useGpu();
afterEach(() => gpu().variants.force('lbfgs', undefined));

describe('which forms can take a history', () => {
  it('prefers wide workgroups on a GPU, narrow ones on a processor', () => {
    expect(eligibleForms(103, 768, 2 ** 27, false)).toEqual(['wide', 'narrow']);
    expect(eligibleForms(103, 768, 2 ** 27, true)).toEqual(['narrow', 'wide']);
  });

  it('leaves narrow out where its partial sums do not fit a binding', () => {
    // 8 sums of 16 bytes a row and tile.
    expect(eligibleForms(100, 10, 128_000, true)).toEqual(['narrow', 'wide']);
    expect(eligibleForms(100, 10, 127_999, true)).toEqual(['wide']);
  });

  it('lies in texels for the narrow form alone, and only where those load fast', () => {
    const facts = (description: string) => adapterFacts({ description } as GPUAdapterInfo);
    const mesa = facts('llvmpipe (LLVM 15.0.6, 256 bits)');
    expect(historyForm('narrow', mesa)).toBe('texels');
    expect(historyForm('wide', mesa)).toBe('buffer');
    expect(historyForm('narrow', facts('SwiftShader Device'))).toBe('buffer');
    expect(historyForm('narrow', facts('NVIDIA H200'))).toBe('buffer');
  });

  it('takes the one that is forced', () => {
    const forms: Form[] = ['wide', 'narrow'];
    for (const form of forms) {
      gpu().variants.force('lbfgs', form);
      expect(chooseForm(gpu(), 5, 1)).toBe(form);
    }
  });
});

// More tiles than one, the last of them not full, in two chunks; more pairs than a lane or a row takes at a time, an odd
// number of them, and round the ring.
describe.each([
  ['wide', 32],
  ['wide', 16],
  ['narrow', 32],
  ['narrow', 16],
] as const)('the form %s, %i bits a number', (form, historyBits) => {
  const size = 2 * TILE + 501;
  const f = quadratic(Float64Array.from(uniform(1, size, 0.1, 3)), uniform(2, size));
  const start = uniform(3, size);
  const options = { history: 19, historyBits, maxBindingBytes: 2 * 20 * (historyBits / 8) * TILE };

  it('follows the two-loop recursion on vectors', async () => {
    gpu().variants.force('lbfgs', form);
    const limits = { history: 19, maxIterations: 100, toleranceChange: 0, toleranceGradient: 0 };
    const expected = lbfgsOracle(f, start, limits, 28);
    const run = await drive(gpu(), f, start, { ...options, ...limits, mode: 'seed' }, 28);
    expect(run.entries.filter(({ kept }) => kept).length).toBe(27);
    // Float32 against float64, as in steps.test.ts: the loss falls by nine digits. Numbers of 15 bits are 500 times as far
    // off as float32's; that shows in the last of these digits alone, by 2 %. One wrong product in a pair doubles the loss.
    const relative = historyBits === 32 ? 1e-3 : 0.05;
    expect(run.losses).toBeAllClose(expected.losses, { relative, absolute: 1e-9 });
  });

  it('keeps within a box, whose sides it finds', async () => {
    gpu().variants.force('lbfgs', form);
    const bounds = { low: -0.5, high: 0.5 };
    const run = await drive(
      gpu(),
      f,
      start.map((v) => v / 2),
      { ...options, bounds },
      60,
    );
    // Each variable by itself: its centre, clamped.
    const lowest = f(
      uniform(2, size).map((v) => Math.min(Math.max(v, -0.5), 0.5)),
      0,
    ).loss;
    expect(Math.max(...run.x.map(Math.abs))).toBe(0.5);
    expect(run.state.bestLoss - lowest).toBeLessThan(1e-5 * (run.losses[0]! - lowest));
  });

  it('takes more pairs than its workgroup memory has rows for', async () => {
    gpu().variants.force('lbfgs', form);
    // So ill-conditioned that it has far to go when the 129th pair comes.
    const count = 600;
    const curvatures = Float64Array.from({ length: count }, (_, i) => 10 ** (-4 * (i / (count - 1))));
    const valley = quadratic(curvatures, uniform(5, count, -2, 2));
    const limits = { history: 160, maxIterations: 1000, toleranceChange: 0, toleranceGradient: 0 };
    const expected = lbfgsOracle(valley, uniform(6, count), limits, 155);
    const run = await drive(gpu(), valley, uniform(6, count), { ...limits, historyBits, mode: 'seed' }, 155);
    expect(run.entries.filter(({ kept }) => kept).length).toBe(154);
    // Float32 loses the conjugacy of so many directions: after 155 evaluations, in which the loss falls by six digits, both
    // forms are some ten percent from float64. With the products of a few pairs wrong it is more than twofold.
    expect(run.losses).toBeAllClose(expected.losses, { relative: 0.4 });
  });
});
