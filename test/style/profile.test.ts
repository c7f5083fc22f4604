import { describe, expect, it } from 'vitest';
import { canTimeSteps } from '../../src/gpu/timing.js';
import { StyleJob } from '../../src/style/job.js';
import { resolveStyleOptions, type StyleOptions } from '../../src/style/options.js';
import type { Phase, ProfiledStep } from '../../src/style/profile.js';
import { summariseKernels } from '../../src/style/profile-summary.js';
import { profileTrace, type TraceEvent } from '../../src/style/profile-trace.js';
import { seededFilters } from '../support/filters.js';
import { useGpu } from '../support/gpu.js';
import { seededImage } from '../support/seeded.js';

const gpu = useGpu();

function createJob(options: Partial<StyleOptions> = {}): Promise<StyleJob> {
  const image = (name: 'content' | 'style') => gpu().tensor(name, [1, 3, 16, 16], seededImage(name, 16, 16));
  return StyleJob.create(
    gpu(),
    { content: image('content'), style: image('style') },
    seededFilters(gpu(), 'conv1_2', 0.3),
    resolveStyleOptions({ contentLayers: ['conv_2'], styleLayers: ['conv_1', 'conv_2'], ...options }),
  );
}

describe('a profile', () => {
  it('has every dispatch of an evaluation and its update, in order, none before the end of the last', async (context) => {
    if (!canTimeSteps(gpu().device)) return context.skip();
    const job = await createJob();
    const steps = await job.profile();
    const [evaluation, update] = job.programs;
    const names = (all: readonly { scope: string; label: string; shader: string }[]) =>
      all.map(({ scope, label, shader }) => `${scope}/${label} ${shader}`);
    expect(names(steps)).toEqual(names([...evaluation!.steps, ...update!.steps]));

    const of = (phase: Phase) => steps.filter((step) => step.phase === phase);
    expect(of('update')).toHaveLength(update!.steps.length);
    expect(of('backward').map(({ label }) => label)).toContain('conv2d.dInput');
    expect(of('backward').map(({ label }) => label)).not.toContain('conv2d');
    expect(of('forward').map(({ label }) => label)).toContain('conv2d');
    expect(of('forward').map(({ label }) => label)).not.toContain('conv2d.dInput');
    for (const { variant, label } of steps) {
      // The one has variants whatever is recorded, the other never.
      if (label.startsWith('conv2d')) expect(variant).toBeTypeOf('string');
      if (label.startsWith('mse')) expect(variant).toBeUndefined();
    }

    let end = 0;
    for (const { begin, milliseconds } of steps) {
      expect(begin).toBeGreaterThanOrEqual(end);
      expect(milliseconds).toBeGreaterThanOrEqual(0);
      // Sums of milliseconds that were rounded one by one, of less than a minute: 2⁻⁵² · 6e4.
      end = begin + milliseconds - 2e-11;
    }
    expect(end).toBeGreaterThan(0);
    job.dispose();
  });

  it('is of an evaluation like any other', async (context) => {
    if (!canTimeSteps(gpu().device)) return context.skip();
    const profiled = await createJob();
    profiled.submit(2);
    await profiled.profile();
    profiled.submit(1);
    const plain = await createJob();
    plain.submit(4);
    expect(profiled.evaluations).toBe(4);
    expect(await profiled.scores()).toEqual(await plain.scores());
    profiled.dispose();
    plain.dispose();
  });

  it('leaves out what a line search does on the host', async (context) => {
    if (!canTimeSteps(gpu().device)) return context.skip();
    const job = await createJob({ lineSearch: 'strong-wolfe' });
    const steps = await job.profile();
    expect(steps).toHaveLength(job.evaluation.steps.length);
    expect(steps.map(({ phase }) => phase)).not.toContain('update');
    job.dispose();
  });
});

const step = (phase: Phase, label: string, begin: number, milliseconds: number, flops = 0): ProfiledStep => ({
  ...{ phase, label, begin, milliseconds, flops },
  scope: 'conv1_1',
  shader: 'relu',
  workgroups: [2, 3, 1],
  variant: label === 'conv2d' ? 'direct' : undefined,
});
const STEPS = [
  step('forward', 'conv2d', 0, 1.5, 3e6),
  step('forward', 'relu', 1.5, 0),
  step('forward', 'relu', 1.5, 0.5),
  { ...step('update', 'dots', 2.25, 2, 1e6), scope: 'lbfgs' },
];

it("a trace has what its format asks for: microseconds, a row a phase, and each kernel's facts", () => {
  const facts = { vendor: '', architecture: '', device: 'Tester', description: '1.0', software: true };
  const trace = profileTrace(STEPS, { ...gpu().facts, ...facts });
  const events = JSON.parse(JSON.stringify(trace.traceEvents)) as TraceEvent[];
  const runs = events.filter((event) => event.ph === 'X');
  expect(runs.map(({ name, cat, ts, dur }) => [name, cat, ts, dur])).toEqual([
    ['conv1_1/conv2d', 'forward', 0, 1500],
    ['conv1_1/relu', 'forward', 1500, 0],
    ['conv1_1/relu', 'forward', 1500, 500],
    ['lbfgs/dots', 'update', 2250, 2000],
  ]);
  expect(runs[0]!.args).toEqual({
    ...{ shader: 'relu', variant: 'direct', workgroups: '2 × 3 × 1', flops: 3e6 },
    'GFLOP/s': 2,
  });
  expect(runs[1]!.args).toEqual({ shader: 'relu', workgroups: '2 × 3 × 1', flops: 0 });
  const rows = events.flatMap((event) =>
    event.ph === 'M' && event.name === 'thread_name' ? [[event.tid, event.args['name']]] : [],
  );
  expect(rows).toEqual([
    [runs[0]!.tid, 'forward'],
    [runs[3]!.tid, 'update'],
  ]);
  expect(events.find(({ name }) => name === 'process_name')!.args).toEqual({ name: 'Tester' });
  expect(new Set(events.map(({ pid }) => pid)).size).toBe(1);
});

it('a summary adds up calls, time and work by kernel', () => {
  expect(summariseKernels(STEPS)).toEqual([
    { operation: 'lbfgs/dots', shader: 'relu', calls: 1, milliseconds: 2, share: 0.5, flops: 1e6 },
    { operation: 'conv2d', shader: 'relu', calls: 1, milliseconds: 1.5, share: 0.375, flops: 3e6 },
    { operation: 'relu', shader: 'relu', calls: 2, milliseconds: 0.5, share: 0.125, flops: 0 },
  ]);
  expect(summariseKernels([])).toEqual([]);
});
