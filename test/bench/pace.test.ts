import { expect, it } from 'vitest';
import type { Round } from '../../bench/measure.js';
import { Pace } from '../../bench/pace.js';

const variants = { conv2d: 'winograd' };
const round = (flops: number, wall: number[], gpu?: number[]): Round => ({
  work: { kernel: 'conv2d', direction: 'forward', shape: '', variants, flops, bytes: 1, steps: [] },
  samples: { wall, ...(gpu && { gpu }) },
});
const work = { kernel: 'conv2d', variants, flops: 1000 };

it('guesses by the fastest line of the same kernel and variant, the last or not', () => {
  const pace = new Pace();
  expect(pace.guess(work)).toBe(0);
  pace.note(round(100, [9], [2]));
  pace.note(round(100, [9], [20]));
  expect(pace.guess(work)).toBe(20);
  expect(pace.guess({ ...work, variants: { conv2d: 'direct' } })).toBe(0);
  expect(pace.guess({ ...work, kernel: 'conv2d.dInput' })).toBe(0);
});

it('learns nothing of what computes nothing, and goes by the host where the clock of the GPU cannot tell', () => {
  const pace = new Pace();
  pace.note(round(0, [9]));
  expect(pace.guess(work)).toBe(0);
  pace.note(round(100, [9], [0]));
  expect(pace.guess(work)).toBe(90);
});
