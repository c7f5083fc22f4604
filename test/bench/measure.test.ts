import { describe, expect, it } from 'vitest';
import type { Case } from '../../bench/cases/case.js';
import { Ledger } from '../../bench/ledger.js';
import { measureCase } from '../../bench/measure.js';
import { listText } from '../../bench/list.js';
import { planLines, planVariant } from '../../bench/plan.js';
import { measurePeak, type Probe } from '../../bench/probe.js';
import { repeated } from '../../bench/timing.js';
import { add, axpy, conv2d, fill } from '../../src/kernels/index.js';
import { useGpu } from '../support/gpu.js';
import { results } from './results.js';

const gpu = useGpu();
const name = { kernel: 'k', direction: 'forward', shape: '100' } as const;
const addition: Case = {
  ...name,
  record: (r, { tensor, constant }) => add(r, tensor([100]), constant([100])),
  oracle:
    ([a, b]) =>
    (i) =>
      a![i]! + b![i]!,
};

describe('a measurement', () => {
  it('counts operations and bytes, times by both clocks, and checks every element of a small output', async () => {
    const { work, samples } = await measureCase(gpu(), addition, { check: true });
    expect(work).toMatchObject({ ...name, flops: 100, bytes: 3 * 400, variants: {} });
    // One rounding of a sum below 2.
    expect(work.error).toEqual({ relative: expect.any(Number), checked: 100, of: 100 });
    expect(work.error!.relative).toBeLessThan(2 ** -23);
    expect(work.steps).toMatchObject([{ label: 'add', shader: 'add' }]);
    expect(samples.wall.length).toBeGreaterThan(0);
    expect(samples.wall.every((milliseconds) => milliseconds > 0)).toBe(true);
    if (gpu().device.features.has('timestamp-query')) {
      expect(samples.gpu!.length).toBeGreaterThan(0);
      expect(samples.steps).toHaveLength(1);
    }
  });

  it('tells a wrong oracle from a right one', async () => {
    const wrong: Case = {
      ...addition,
      oracle:
        ([a, b]) =>
        (i) =>
          a![i]! + b![i]! + 0.5,
    };
    const { work } = await measureCase(gpu(), wrong, { check: true });
    // Off by a half, relative to a largest number between 2 and 2.5.
    expect(work.error!.relative).toBeGreaterThan(0.2);
  });

  it('checks the first run of what works in place', async () => {
    const { work } = await measureCase(
      gpu(),
      {
        ...name,
        record: (r, { tensor }) => {
          const y = tensor([100]);
          axpy(r, 1, add(r, tensor([100]), tensor([100])), y);
          return y;
        },
        oracle:
          ([y, a, b]) =>
          (i) =>
            y![i]! + a![i]! + b![i]!,
      },
      { check: true },
    );
    // What is updated counts twice, what passes between dispatches not at all.
    expect(work).toMatchObject({ flops: 300, bytes: 3 * 400 + 400 });
    expect(work.steps.map(({ shader }) => shader)).toEqual(['add', 'axpy']);
    expect(work.error!.relative).toBeLessThan(1e-6);
  });

  it('counts what is only written once', async () => {
    const { work } = await measureCase(gpu(), {
      ...name,
      record: (r, { unread }) => {
        const y = unread([100]);
        fill(r, y, 1);
        return y;
      },
      oracle: () => () => 1,
    });
    expect(work.bytes).toBe(400);
    expect(work.error).toBeUndefined();
  });

  it('leaves out what would take too long, and gives back the memory it took', async () => {
    const before = gpu().memory.bytes;
    const guess = ({ flops }: { flops: number }) => 50.4 * flops;
    await expect(measureCase(gpu(), addition, { guess, patience: 5039 })).rejects.toThrow(
      'about 5.04 s a run',
    );
    expect(gpu().memory.bytes).toBe(before);
    expect((await measureCase(gpu(), addition, { guess, patience: 5040 })).work.flops).toBe(100);
    expect(gpu().memory.bytes).toBe(before);
  });

  it('tells which variant ran', async () => {
    const item: Case = {
      ...name,
      record: (r, { tensor, constant }) =>
        conv2d(r, tensor([1, 4, 8, 8]), constant([4, 4, 3, 3]), undefined, { padding: 1 }),
      oracle: () => () => 0,
    };
    gpu().variants.prefer('direct');
    const { work } = await measureCase(gpu(), item);
    gpu().variants.prefer(undefined);
    expect(work.variants).toEqual({ conv2d: 'direct' });
  });
});

it('gathers rounds by line', () => {
  const ledger = new Ledger();
  const work = { ...name, variants: {}, flops: 1e9, bytes: 1e6, steps: [] };
  ledger.add({ work, samples: { wall: [40, 60], gpu: [10, 20, 30] } });
  ledger.add({ work: { ...work, shape: '200' }, samples: { wall: [1] } });
  ledger.add({ work, samples: { wall: [50], gpu: [20] } });
  const [first, second] = ledger.lines(results().ceilings);
  expect(first).toMatchObject({
    wall: [[40, 60], [50]],
    gpu: [[10, 20, 30], [20]],
    milliseconds: 20,
    wallMilliseconds: 50,
    rooflineFraction: 0.5,
  });
  expect(second!.milliseconds).toBe(1);
  expect(second).not.toHaveProperty('gpu');
  expect([ledger.has(name), ledger.has({ ...name, kernel: 'other' })]).toEqual([true, false]);
});

it('repeats while there is time, and once at least', async () => {
  let count = 0;
  const measure = () => Promise.resolve(++count);
  expect(await repeated(measure, 0, 5)).toEqual([1]);
  expect(await repeated(measure, 60_000, 3)).toEqual([2, 3, 4]);
});

it('takes the best repeat of the best form for the peak, and lets the probes take turns', async () => {
  const order: string[] = [];
  const probe = (form: string, work: number, times: number[]): Probe => ({
    form,
    work,
    run: () => {
      order.push(form);
      return Promise.resolve(times[order.filter((other) => other === form).length % times.length]!);
    },
    dispose: () => order.push(`${form} disposed`),
  });
  const peak = await measurePeak([probe('a', 1000, [4, 2, 5]), probe('b', 1000, [1, 8])]);
  expect(peak).toEqual({
    form: 'b',
    perSecond: 1e6,
    forms: [
      { form: 'b', perSecond: 1e6 },
      { form: 'a', perSecond: 5e5 },
    ],
  });
  expect(order.slice(0, 6)).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  expect(order.slice(-2)).toEqual(['a disposed', 'b disposed']);
});

it('measures no peak once it is to stop, and disposes the probes', async () => {
  const stop = new AbortController();
  const order: string[] = [];
  const probe: Probe = {
    ...{ form: 'a', work: 1 },
    run: () => {
      order.push('run');
      stop.abort();
      return Promise.resolve(1);
    },
    dispose: () => order.push('disposed'),
  };
  await expect(measurePeak([probe], stop.signal)).rejects.toBe(stop.signal.reason);
  expect(order).toEqual(['run', 'disposed']);
});

describe('a plan', () => {
  it('has everything unless something is asked for', () => {
    const plan = planLines({ size: [16] });
    expect([plan.evaluations, plan.lbfgs]).toEqual([true, true]);
    const { cases, evaluations, lbfgs } = planLines({ size: [16, 32], kernel: ['gram', 'evaluation'] });
    expect([evaluations, lbfgs]).toEqual([true, false]);
    // 512 @ 2² is the last but one of one size and the last of the other.
    expect(cases.map(({ shape }) => shape)).toEqual([
      ...['64 @ 16²', '128 @ 8²', '256 @ 4²', '512 @ 2²', '512 @ 1²'],
      ...['64 @ 32²', '128 @ 16²', '256 @ 8²', '512 @ 4²'],
    ]);
  });

  it('names what can be measured when asked for something else', () => {
    expect(() => planLines({ size: [16], kernel: ['conv2d', 'conv'] })).toThrow(
      /called conv; choose from evaluation, lbfgs.update, conv2d, /,
    );
  });

  it('has only what has the variant asked for', () => {
    const plan = planLines({ size: [16], kernel: ['conv2d', 'sum'] });
    const { cases, leftOut } = planVariant(gpu(), plan, 'direct');
    expect(cases.map(({ kernel }) => kernel)).toEqual(Array(9).fill('conv2d'));
    expect(leftOut).toEqual([]);
  });

  it('has an evaluation by a variant that is inside it', () => {
    const plan = planLines({ size: [16], kernel: ['evaluation'] });
    expect(planVariant(gpu(), plan, 'direct')).toMatchObject({ evaluations: true, cases: [] });
    expect(() => planVariant(gpu(), plan, 'fast')).toThrow(/called fast; there are .*direct/);
  });

  it('lists what has the variant, which comes first, and what the device cannot take', () => {
    const whole = planLines({ size: [16], kernel: ['evaluation', 'conv2d', 'sum'] });
    const [heading, evaluation, ...rows] = listText(gpu(), whole, 'direct').split('\n');
    gpu().variants.prefer(undefined);
    expect([heading, evaluation]).toEqual([expect.stringMatching(/^kernel /), 'evaluation']);
    expect(rows.every((row) => /^conv2d .*² +direct\b/.test(row))).toBe(true);
    expect(rows).toHaveLength(9);

    const beyond = 4 * 2 ** 20;
    const item: Case = {
      ...addition,
      record: (r, { tensor }) => add(r, tensor([beyond, 4096]), tensor([1])),
    };
    const plan = { ...planLines({ size: [16], kernel: ['sum'] }), cases: [item] };
    expect(listText(gpu(), plan)).toMatch(
      /^kernel +shape +variants\n\nLeft out: k forward on 100: [^\n]+[^.]\.$/,
    );
  });

  it('names the variants there are when asked for another', () => {
    const before = gpu().memory.bytes;
    const plan = planLines({ size: [16], kernel: ['conv2d'] });
    expect(() => planVariant(gpu(), plan, 'fast')).toThrow(/no|nothing .* called fast; there are .*direct/);
    expect(() => planVariant(gpu(), planLines({ size: [16], kernel: ['sum'] }), 'fast')).toThrow(
      /these kernels have none/,
    );
    expect(gpu().memory.bytes).toBe(before);
  });
});
