import type { Line, Results } from '../../bench/results.js';
import { median } from '../../bench/statistics.js';

/** A line with the repeats given, in milliseconds by round, by both clocks. */
export function line(name: Partial<Line>, rounds: number[][]): Line {
  const milliseconds = median(rounds.flat());
  return {
    kernel: 'conv2d',
    direction: 'forward',
    shape: '64→64 @ 128²',
    variants: { conv2d: 'winograd' },
    flops: 2e9,
    bytes: 1e8,
    milliseconds,
    wallMilliseconds: milliseconds,
    gflopsPerSecond: 2e3 / milliseconds,
    gigabytesPerSecond: 100 / milliseconds,
    rooflineFraction: 0.5,
    error: { relative: 1.25e-6, checked: 256, of: 1000 },
    steps: [{ label: 'conv2d', shader: 'winograd_multiply', milliseconds }],
    wall: rounds,
    gpu: rounds,
    ...name,
  };
}

/** Results of an adapter that does 100 GFLOP/s and 10 GB/s all the time. */
export function results(given: Partial<Results> = {}): Results {
  const peak = (perSecond: number) => ({ perSecond, form: 'best', forms: [{ form: 'best', perSecond }] });
  return {
    format: 2,
    scumble: '1.2.3',
    date: '2026-01-02T03:04:05.000Z',
    machine: {
      platform: 'linux',
      processor: 'a processor',
      cores: 2,
      memoryBytes: 2 ** 30,
      node: 'v20.19.0',
    },
    adapter: {
      vendor: 'vendor',
      architecture: '',
      device: 'device',
      description: 'an adapter <1>',
      software: true,
      features: [],
    },
    clock: { source: 'gpu', stepNanoseconds: 1 },
    rounds: 2,
    ceilings: {
      f32: peak(100e9),
      bandwidth: peak(10e9),
      dispatchMicroseconds: 10,
      submitMicroseconds: 100,
    },
    pulse: { f32: [steady(100e9), steady(100e9)], bandwidth: [steady(10e9), steady(10e9)] },
    evaluations: [],
    lbfgs: [],
    kernels: [],
    leftOut: [],
    seconds: 1,
    ...given,
  };
}

const steady = (value: number) => [value, value, value];
