import { read, uniform, update, write } from '../gpu/dispatch.js';
import type { Gpu } from '../gpu/gpu.js';
import { freezeAll, type Program } from '../gpu/program.js';
import { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { copy, dot, maxAbs, sumAbs } from '../kernels/index.js';
import type { Buffers } from './buffers.js';
import { range, wholeTiles } from './history.js';
import type { ResolvedOptions } from './options.js';
import { boundary, byFours, recordDirection } from './passes.js';

/** Gradients kept during a search: the bracket's two ends, and the newest. */
export const KEPT_GRADIENTS = 3;

/** What a search needs beside the optimiser's own tensors. */
export interface SearchBuffers {
  base: Tensor;
  direction: Tensor;
  path: Tensor;
  length: Tensor;
  kept: readonly Tensor[];
}

export interface SearchPrograms {
  /** History, recursion, direction, and where the search starts from. */
  begin: Program;
  /** x = base + t·d. */
  probe: Program;
  /** g·d and the norm of g. */
  measure: Program;
  /** gradient → kept[i], and back. */
  keep: readonly Program[];
  bring: readonly Program[];
  /** What `measure` leaves to be read. */
  slope: Tensor;
  norm: Tensor;
}

/** Records and freezes all programs of a search. */
export async function freezeSearch(
  gpu: Gpu,
  buffers: Buffers,
  search: SearchBuffers,
  options: ResolvedOptions,
): Promise<SearchPrograms> {
  const { gradient } = buffers;
  const recorder = (label: string) => new Recorder(gpu, `lbfgs.${label}`);

  const beginning = recorder('begin');
  recordDirection(beginning, buffers, options, true);
  recordBegin(beginning, buffers, search, options);

  const probing = recorder('probe');
  recordProbe(probing, buffers, search, options);

  const measuring = recorder('measure');
  const slope = dot(measuring, gradient, search.path);
  const norm = (options.stopRule === '2017' ? sumAbs : maxAbs)(measuring, gradient);

  const copying = (from: Tensor, to: Tensor) => {
    const recording = recorder('copy');
    copy(recording, from, to);
    return [recording] as const;
  };
  const [begin, probe, measure, ...copies] = await freezeAll([
    [beginning],
    [probing],
    [measuring, [slope, norm]],
    ...search.kept.map((slot) => copying(gradient, slot)),
    ...search.kept.map((slot) => copying(slot, gradient)),
  ]);
  const [keep, bring] = [copies.slice(0, search.kept.length), copies.slice(search.kept.length)];
  return { begin: begin!, probe: probe!, measure: measure!, keep, bring, slope, norm };
}

function recordBegin(recorder: Recorder, b: Buffers, search: SearchBuffers, options: ResolvedOptions): void {
  for (const chunk of b.chunks) {
    recorder.dispatch({
      label: 'search.begin',
      shader: 'lbfgs_search_begin',
      constants: boundary(options),
      bindings: [
        read(wholeTiles(b.step, chunk)),
        read(range(b.x, chunk)),
        read(range(b.gradient, chunk)),
        write(range(search.base, chunk)),
        write(range(search.direction, chunk)),
        write(wholeTiles(b.before, chunk)),
        uniform(chunk.geometry),
      ],
      workgroups: byFours(chunk.count),
    });
  }
}

function recordProbe(recorder: Recorder, b: Buffers, search: SearchBuffers, options: ResolvedOptions): void {
  for (const chunk of b.chunks) {
    recorder.dispatch({
      label: 'search.probe',
      shader: 'lbfgs_search_probe',
      constants: { ...boundary(options), BOUNDED: options.bounds ? 1 : 0 },
      bindings: [
        update(wholeTiles(b.step, chunk)),
        update(range(b.x, chunk)),
        read(range(search.base, chunk)),
        read(range(search.direction, chunk)),
        write(range(search.path, chunk)),
        read(search.length),
        uniform(chunk.geometry),
      ],
      workgroups: byFours(chunk.count),
    });
  }
}
