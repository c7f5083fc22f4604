import { expect, it } from 'vitest';
import { ValidationError } from '../../src/gpu/errors.js';
import { Gpu } from '../../src/gpu/gpu.js';
import { Recorder } from '../../src/gpu/recorder.js';
import { TEXEL_COLUMNS } from '../../src/gpu/texels.js';
import { canTimeSteps, RunTimer, StepTimer, timeRuns } from '../../src/gpu/timing.js';
import { add, axpy } from '../../src/kernels/index.js';
import { useGpu } from '../support/gpu.js';
import { openDawn } from '../../src/node/dawn.js';

const gpu = useGpu();

/** Numbers, in 16 MiB. */
const COPIED = 2 ** 22;

/** A tensor of ones, texels for as many, and what records the copy. */
function copied() {
  const x = gpu().tensor('x', [COPIED], new Float32Array(COPIED).fill(1));
  const texels = gpu().zeros('texels', [COPIED], 'texels');
  const pitch = 16 * TEXEL_COLUMNS;
  const piece = { offset: 0, pitch, columns: TEXEL_COLUMNS, rows: COPIED / (4 * TEXEL_COLUMNS), row: 0 };
  return { x, texels, copy: (r: Recorder) => r.copyIntoTexels('copy', x, texels, [piece]) };
}

it('times every step of a program, and runs it once each time', async (context) => {
  if (!canTimeSteps(gpu().device)) return context.skip();
  const x = gpu().tensor('x', [1000], new Float32Array(1000).fill(1));
  const total = gpu().tensor('total', [1000]);
  const recorder = new Recorder(gpu(), 'timed');
  axpy(recorder, 1, add(recorder, x, x), total);
  const program = await recorder.freeze();
  const timer = new StepTimer(program);
  for (let run = 1; run <= 3; run++) {
    const times = await timer.run();
    expect(times).toHaveLength(2);
    expect(times.every((milliseconds) => milliseconds >= 0)).toBe(true);
    expect((await gpu().read(total))[999]).toBe(2 * run);
  }
  const held = gpu().memory.bytes;
  await timeRuns(program, 4);
  expect((await gpu().read(total))[0]).toBe(2 * 7);
  timer.dispose();
  // Two timestamps of eight bytes for each of two steps, on the GPU and where they are read.
  expect(held - gpu().memory.bytes).toBe(2 * 2 * 2 * 8);
  program.dispose();
  await expect(new StepTimer(program).run()).rejects.toThrow(ValidationError);
  gpu().free(x);
  gpu().free(total);
});

it('times more steps than one query set has room for', async (context) => {
  if (!canTimeSteps(gpu().device)) return context.skip();
  const total = gpu().tensor('total', [1]);
  const recorder = new Recorder(gpu(), 'long');
  const count = 2050;
  for (let i = 0; i < count; i++) axpy(recorder, 1, gpu().one(), total);
  const program = await recorder.freeze();
  const timer = new StepTimer(program);
  const spans = await timer.spans();
  expect(spans).toHaveLength(count);
  for (let i = 1; i < count; i++) expect(spans[i]!.begin >= spans[i - 1]!.end, `step ${i}`).toBe(true);
  expect(spans[count - 1]!.begin).toBeGreaterThan(0n);
  expect((await gpu().read(total))[0]).toBe(count);
  timer.dispose();
  program.dispose();
  gpu().free(total);
});

it('times a copy into texels as a step of its own', async (context) => {
  if (!canTimeSteps(gpu().device)) return context.skip();
  const { x, texels, copy } = copied();
  const total = gpu().tensor('total', [1]);
  const recorder = new Recorder(gpu(), 'timed');
  axpy(recorder, 1, gpu().one(), total);
  copy(recorder);
  axpy(recorder, 1, gpu().one(), total);
  const program = await recorder.freeze();
  const timer = new StepTimer(program);
  const spans = await timer.spans();
  expect(spans).toHaveLength(3);
  expect(spans[1]!.begin).toBeGreaterThanOrEqual(spans[0]!.end);
  // 16 MiB cannot be copied in no time.
  expect(spans[1]!.end).toBeGreaterThan(spans[1]!.begin);
  expect(spans[2]!.begin).toBeGreaterThanOrEqual(spans[1]!.end);
  expect((await gpu().read(total))[0]).toBe(2);
  expect((await gpu().read(texels))[COPIED - 1]).toBe(1);
  timer.dispose();
  program.dispose();
  for (const tensor of [x, texels, total]) gpu().free(tensor);
});

it('times programs as one, with the passes of a plain run', async (context) => {
  if (!canTimeSteps(gpu().device)) return context.skip();
  const { x, texels, copy } = copied();
  const total = gpu().tensor('total', [1]);
  const dispatch = (r: Recorder) => axpy(r, 1, add(r, gpu().one(), gpu().zero()), total);
  const freeze = (...steps: ((r: Recorder) => void)[]) => {
    const recorder = new Recorder(gpu(), 'timed');
    for (const step of steps) step(recorder);
    return recorder.freeze();
  };
  // Passes at both ends and between copies, a copy at either end, and copies alone.
  const programs = await Promise.all([
    freeze(dispatch, copy, dispatch, dispatch),
    freeze(copy, dispatch),
    freeze(dispatch, copy),
    freeze(copy),
  ]);
  const timer = new RunTimer(gpu(), programs);
  // Four copies of 16 MiB take a while, whatever counts.
  expect(await timer.run()).toBeGreaterThan(0);
  expect((await gpu().read(total))[0]).toBe(5);
  for (const [i, program] of programs.entries()) {
    const alone = new RunTimer(gpu(), [program]);
    const milliseconds = await alone.run();
    expect(milliseconds, `program ${i}`).toBeGreaterThan(0);
    expect(milliseconds, `program ${i}`).toBeLessThan(10_000);
    alone.dispose();
  }
  timer.dispose();
  programs.forEach((program) => program.dispose());
  await expect(new RunTimer(gpu(), programs).run()).rejects.toThrow(ValidationError);
  for (const tensor of [x, texels, total]) gpu().free(tensor);
});

it('says so on a device that was made without timestamps', async () => {
  const dawn = await openDawn();
  const adapter = await dawn.gpu.requestAdapter();
  const device = await adapter!.requestDevice();
  const adopted = Gpu.adopt(device);
  const recorder = new Recorder(adopted, 'job');
  add(recorder, adopted.one(), adopted.one());
  const program = await recorder.freeze();
  expect(() => new StepTimer(program)).toThrow('Timing job: the device lacks timestamp-query.');
  program.dispose();
  adopted.dispose();
  device.destroy();
  dawn.close();
});
