import type { Gpu } from '../gpu/gpu.js';
import { Recorder } from '../gpu/recorder.js';
import { timeRuns } from '../gpu/timing.js';
import type { Tensor } from '../gpu/tensor.js';
import { conv2d } from './conv2d.js';
import { gram, gramBackward } from './gram.js';

/** Raised when variants or probes change, so that rankings cached by an older version are measured anew. */
export const CALIBRATION_VERSION = 2;

/** Runs timed of each variant, after one that is not; the fastest counts. */
const RUNS = 3;

interface Probe {
  operation: string;
  variants: readonly string[];
  /** Records the operation once on feature maps [1, 64, n, n] and weights [64, 64, 3, 3]; all are zeros. */
  record(recorder: Recorder, inputs: { maps: Tensor; weights: Tensor; matrix: Tensor }): Tensor;
}

const PROBES: readonly Probe[] = [
  {
    operation: 'conv2d',
    variants: ['direct', 'tiled', 'uniform', 'winograd'],
    record: (recorder, { maps, weights }) => conv2d(recorder, maps, weights, undefined, { padding: 1 }),
  },
  {
    operation: 'gram',
    variants: ['lanes', 'tiled'],
    record: (recorder, { maps }) => gram(recorder, maps),
  },
  {
    operation: 'gram.dInput',
    variants: ['lanes', 'tiled'],
    record: (recorder, { maps, matrix }) => gramBackward(recorder, maps, matrix),
  },
];

/**
 * Finds out which variants are fast on this adapter: times each on a layer of VGG-19's kind and ranks them in
 * `gpu.variants`. Takes a second or so, most of it compilation; keep `gpu.variants.ranked` to spare the next process.
 * What is recorded before keeps the variants it was recorded with. Forced operations are left alone.
 */
export async function calibrate(gpu: Gpu): Promise<void> {
  // Enough work to tell variants apart, at the speed that is to be expected.
  const side = gpu.facts.software ? 32 : 256;
  const inputs = {
    maps: gpu.tensor('probe.maps', [1, 64, side, side]),
    weights: gpu.tensor('probe.weights', [64, 64, 3, 3]),
    matrix: gpu.tensor('probe.matrix', [64, 64]),
  };
  inputs.weights.storage.frozen = true;
  try {
    for (const probe of PROBES) {
      if (gpu.variants.forcedFor(probe.operation) === undefined) await rank(gpu, probe, inputs);
    }
  } finally {
    Object.values(inputs).forEach((tensor) => gpu.free(tensor));
  }
}

async function rank(gpu: Gpu, probe: Probe, inputs: Parameters<Probe['record']>[1]): Promise<void> {
  const times = new Map<string, number>();
  let shape = '';
  for (const variant of probe.variants) {
    gpu.variants.force(probe.operation, variant);
    try {
      const recorder = new Recorder(gpu, `calibrate ${probe.operation}`);
      const output = probe.record(recorder, inputs);
      shape = recorder.choices[0]!.shape;
      const program = await recorder.freeze([output]);
      await timeRuns(program);
      const runs = [];
      for (let i = 0; i < RUNS; i++) runs.push(await timeRuns(program));
      times.set(variant, Math.min(...runs));
      program.dispose();
    } finally {
      gpu.variants.force(probe.operation, undefined);
    }
  }
  gpu.variants.rank(
    probe.operation,
    shape,
    probe.variants.toSorted((a, b) => times.get(a)! - times.get(b)!),
  );
}
