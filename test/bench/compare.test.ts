import { describe, expect, it } from 'vitest';
import { compare } from '../../bench/compare.js';
import { comparisonText, verdictSentence } from '../../bench/report/compare-text.js';
import { line, results } from './results.js';

const quiet = [
  [10, 10.1, 10.2],
  [9.9, 10, 10.1],
  [10, 10, 10.1],
];
const times = (factor: number) => quiet.map((round) => round.map((t) => factor * t));
const run = (factor: number) => results({ kernels: [line({}, times(factor))] });

describe('two runs', () => {
  it.each([
    [1, 'same'],
    [1.03, 'same'],
    [1.2, 'slower'],
    [0.97, 'same'],
    [0.8, 'faster'],
  ])('of which one took %f times as long', (factor, verdict) => {
    const { changes, band } = compare(run(factor), run(1));
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ kernel: 'conv2d', before: 10, verdict });
    expect(changes[0]!.ratio).toBeCloseTo(factor, 9);
    // The pulse was steady, so the margin alone makes the band.
    expect(band).toEqual({ low: 1 / 1.05, high: 1.05 });
  });

  it('differ by noise where the repeats do', () => {
    const noisy = [
      [8, 12, 15],
      [9, 13, 18],
      [7, 10, 11],
    ];
    const after = results({ kernels: [line({}, noisy)] });
    const { changes } = compare(after, run(1));
    expect(changes[0]!.ratio).toBeGreaterThan(1.05);
    expect(changes[0]!.verdict).toBe('same');
  });

  it('differ by the machine where its pulse does', () => {
    const half = (speeds: number[][]) => speeds.map((round) => round.map((speed) => speed / 2));
    const before = run(1);
    const after = { ...run(1.9), pulse: { f32: half(before.pulse.f32), bandwidth: before.pulse.bandwidth } };
    const { adapter, band, changes } = compare(after, before);
    expect(adapter.f32.ratio).toBeCloseTo(2, 12);
    expect(band.high).toBeCloseTo(2, 12);
    expect(changes[0]!.verdict).toBe('same');
    expect(compare({ ...run(2.2), pulse: after.pulse }, before).changes[0]!.verdict).toBe('slower');
    // The other way round, what the machine cannot explain is an improvement still.
    expect(compare(before, after).changes[0]!.verdict).toBe('same');
    expect(compare(run(1), { ...run(2.2), pulse: after.pulse }).changes[0]!.verdict).toBe('faster');
  });

  it('are compared by the clock that both have', () => {
    const withoutClock = results({
      clock: { source: 'host' },
      kernels: [{ ...line({}, times(3)), gpu: undefined }],
    });
    const before = results({ kernels: [{ ...line({}, times(1)), gpu: times(5), milliseconds: 50 }] });
    const comparison = compare(withoutClock, before);
    expect(comparison.clock).toBe('host');
    expect(comparison.changes[0]!.ratio).toBeCloseTo(3, 9);
    expect(comparison.remarks).toEqual(['The clock is not the same: it was gpu and is host.']);
  });

  it('are compared by the host where the clock of one of them cannot tell', () => {
    const coarse = results({ kernels: [{ ...line({}, times(2)), gpu: [[0, 0, 0.065]] }] });
    const fine = results({ kernels: [{ ...line({}, times(1)), gpu: times(0.001) }] });
    expect(compare(coarse, fine).changes[0]!.ratio).toBeCloseTo(2, 9);
    expect(compare(fine, coarse).changes[0]!.ratio).toBeCloseTo(0.5, 9);
  });

  it('tell of one that was interrupted', () => {
    const stopped = { ...run(1), interrupted: true as const };
    expect(compare(stopped, run(1)).remarks).toEqual(['The newer run was interrupted.']);
    expect(compare(run(1), stopped).remarks).toEqual(['The older run was interrupted.']);
  });
});

it('pairs lines by kernel, direction and shape, and tells which have no other', () => {
  const before = results({
    kernels: [line({}, quiet), line({ kernel: 'gram' }, quiet)],
    lbfgs: [line({ kernel: 'lbfgs.update', shape: '3 @ 16², history 10' }, quiet)],
  });
  const after = results({
    kernels: [line({ variants: { conv2d: 'tiled' } }, quiet), line({ shape: '3→64 @ 128²' }, quiet)],
    lbfgs: [line({ kernel: 'lbfgs.update', shape: '3 @ 16², history 10' }, quiet)],
  });
  const comparison = compare(after, before);
  expect(comparison.changes.map(({ kernel }) => kernel)).toEqual(['lbfgs.update', 'conv2d']);
  expect(comparison.changes[1]!.variants).toEqual({ before: 'winograd', after: 'tiled' });
  expect(comparison.added).toEqual([{ kernel: 'conv2d', direction: 'forward', shape: '3→64 @ 128²' }]);
  expect(comparisonText(comparison)).toContain('Not in the older run: conv2d forward on 3→64 @ 128².\n');
  expect(comparisonText(comparison)).toContain('Not measured this time: 1 of its lines.\n');
  expect(comparison.missing).toEqual([{ kernel: 'gram', direction: 'forward', shape: '64→64 @ 128²' }]);
});

it('says what else is not the same, and puts what got slower first', () => {
  const before = results({
    kernels: [line({}, quiet), line({ kernel: 'gram' }, quiet)],
    adapter: { ...results().adapter, description: 'another' },
    scumble: '1.2.2',
  });
  const after = results({ kernels: [line({}, quiet), line({ kernel: 'gram' }, times(2))] });
  const lines = comparisonText(compare(after, before)).split('\n');
  expect(lines).toContain('The adapter is not the same: it was another and is an adapter <1>.');
  expect(lines).toContain('The version of Scumble is not the same: it was 1.2.2 and is 1.2.3.');
  const rows = lines.filter((text) => /conv2d|gram/.test(text));
  expect(rows[0]).toMatch(/^slower +gram .* 2\.00×/);
  expect(lines.at(-1)).toBe('Of 2 lines, 1 got slower and 0 got faster beyond noise.');
});

it('counts one line as one', () => {
  expect(verdictSentence(compare(run(1), run(1)))).toBe(
    'Of 1 line, 0 got slower and 0 got faster beyond noise.',
  );
});
