import { describe, expect, it } from 'vitest';
import { casesAt } from '../../bench/kernels.js';
import { type Case, measureCase } from '../../bench/measure.js';
import { driftLine } from '../../bench/report.js';
import { digits, tableRow } from '../../bench/table.js';
import { Recorder } from '../../src/gpu/recorder.js';
import type { Shape, Tensor } from '../../src/gpu/tensor.js';
import { add, axpy, fill } from '../../src/kernels/index.js';
import { useGpu } from '../support/gpu.js';

const gpu = useGpu();
const roofline = { flops: 1e9, bandwidth: 1e9 };
const name = { kernel: 'k', direction: 'forward', shape: '100' } as const;

describe('a measurement', () => {
  it('counts operations and bytes, and holds the time against whichever takes longer', async () => {
    const m = await measureCase(gpu(), roofline, {
      ...name,
      record: (r, { tensor, constant }) => add(r, tensor([100]), constant([100])),
    });
    expect(m).toMatchObject({ ...name, flops: 100, bytes: 3 * 400 });
    // 1200 bytes at 1 GB/s outlast 100 operations at 1 GFLOP/s: 1.2 µs at least.
    expect(m.rooflineFraction).toBeCloseTo(1.2e-3 / m.milliseconds, 12);
    expect(m.gflopsPerSecond).toBeCloseTo(1e-4 / m.milliseconds, 12);
    expect(m.gigabytesPerSecond).toBeCloseTo(1.2e-3 / m.milliseconds, 12);
  });

  it('counts what is updated twice, what passes between dispatches not at all, and sums operations', async () => {
    const m = await measureCase(gpu(), roofline, {
      ...name,
      record: (r, { tensor }) => {
        const y = tensor([100]);
        axpy(r, 1, add(r, tensor([100]), tensor([100])), y);
        return y;
      },
    });
    expect(m).toMatchObject({ flops: 300, bytes: 3 * 400 + 400 });
    expect(m.steps.map(({ shader }) => shader)).toEqual(['add', 'axpy']);
  });

  it('counts what is only written once', async () => {
    const m = await measureCase(gpu(), roofline, {
      ...name,
      record: (r, { unread }) => {
        const y = unread([100]);
        fill(r, y, 1);
        return y;
      },
    });
    expect(m.bytes).toBe(400);
  });

  it('leaves out what would take too long', async () => {
    const before = gpu().memory.bytes;
    const item: Case = { ...name, record: (r, { tensor }) => add(r, tensor([100]), tensor([100])) };
    const guess = (flops: number) => 50 * flops;
    await expect(measureCase(gpu(), roofline, item, guess, 4999)).rejects.toThrow('about 5 s');
    expect(gpu().memory.bytes).toBe(before);
    expect((await measureCase(gpu(), roofline, item, guess, 5000)).flops).toBe(100);
  });

  it('gives back the memory it took', async () => {
    const before = gpu().memory.bytes;
    await measureCase(gpu(), roofline, {
      ...name,
      record: (r, { tensor }) => add(r, tensor([9]), tensor([9])),
    });
    expect(gpu().memory.bytes).toBe(before);
  });
});

// Recorded only: to compile them all would take longer than it could tell, and the kernels have tests of their own.
it.each(casesAt(8))('the bench can record $kernel on $shape', ({ kernel, record }) => {
  const made: Tensor[] = [];
  const make = (shape: Shape) => {
    made.push(gpu().tensor('input', shape));
    return made.at(-1)!;
  };
  const recorder = new Recorder(gpu(), kernel);
  record(recorder, { tensor: make, constant: make, unread: make });
  expect(recorder.steps.length).toBeGreaterThan(0);
  made.forEach((tensor) => gpu().free(tensor));
});

it('warns when the adapter was not equally fast all the time', () => {
  expect(driftLine(100e9, 90e9)).toBeUndefined();
  expect(driftLine(100e9, 50e9)).toContain('from 100 to 50.0 GFLOP/s');
  expect(driftLine(50e9, 100e9)).toContain('from 50.0 to 100 GFLOP/s');
});

it('prints numbers with three digits, and columns in line', () => {
  expect([0, 0.01234, 1.234, 123.4, 12345.6, 1e-9].map(digits)).toEqual([
    '0',
    '0.0123',
    '1.23',
    '123',
    '12346',
    '0.000000',
  ]);
  const columns = [
    { heading: 'a', width: 4, align: 'left' },
    { heading: 'b', width: 4, align: 'right' },
  ] as const;
  expect(tableRow(columns, ['x', '1.5'])).toBe('x      1.5');
});
