import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { campaign } from '../../fuzz/campaign.js';
import { makeCase } from '../../fuzz/case.js';
import { FORMATS, seedFiles } from '../../fuzz/formats.js';
import { READER } from '../../fuzz/reader.js';
import { report } from '../../fuzz/report.js';

const fake = (name: string) => new URL(`readers/${name}.ts`, import.meta.url).href;
const names = FORMATS.map(({ name }) => name);
const ONNX = FORMATS.find(({ name }) => name === 'onnx')!;

/** The sizes of the first cases of ONNX, by which the readers that misbehave choose how. */
const sizes = (count: number) => {
  const seeds = seedFiles(ONNX);
  return Array.from({ length: count }, (_, number) => makeCase(ONNX, seeds, number).length);
};

describe('a short run of npm run fuzz', () => {
  it.each(names)('finds nothing wrong with reading %s', async (format) => {
    const tally = await campaign({ format, begin: 0, end: 200, reader: READER }, 20_000);
    expect(tally.findings).toEqual([]);
    expect(tally.mutations).toBe(200);
    // Were it all refused, or nothing, the damage would be of no use.
    expect(tally.outcomes.refused).toBeGreaterThan(10);
    expect(tally.outcomes.whole + tally.outcomes.partly).toBeGreaterThan(10);
  });
});

describe('damaged files', () => {
  it.each(FORMATS)('of $name are the same each time, and nearly all of them different', (format) => {
    const make = () => {
      const seeds = seedFiles(format);
      const cases = Array.from({ length: 100 }, (_, number) => makeCase(format, seeds, number));
      return cases.map((bytes) => createHash('sha256').update(bytes).digest('hex'));
    };
    expect(make()).toEqual(make());
    expect(new Set(make()).size).toBeGreaterThan(90);
  });
});

describe('readers that misbehave', () => {
  it('are found where they crash, and told with the command that repeats it', async () => {
    const tally = await campaign({ format: 'onnx', begin: 0, end: 8, reader: fake('crashing') });
    expect(tally.findings.map(({ number, what }) => [number, what])).toEqual(
      sizes(8).map((_, number) => [number, 'crash']),
    );
    expect(tally.outcomes).toEqual({ whole: 0, partly: 0, refused: 0, crash: 8 });
    const text = report([tally]);
    expect(text).toContain('crash: npm run fuzz -- --format onnx --case 7\n');
    for (const why of [
      'TypeError: undefined is not',
      'no sentence: "no full stop"',
      'shape [3]',
      'SIGKILL',
    ]) {
      expect(text).toContain(why);
    }
  });

  it('are found where they hang, busily or waiting', async () => {
    const tally = await campaign({ format: 'onnx', begin: 0, end: 9, reader: fake('hanging') }, 500);
    const odd = sizes(9).flatMap((size, number) => (size % 2 === 1 ? [number] : []));
    expect(odd.length).toBeGreaterThan(1);
    expect(tally.findings.map(({ number, what }) => [number, what])).toEqual(
      odd.map((number) => [number, 'hang']),
    );
    expect(tally.mutations).toBe(9);
  });

  it('are found where they take more than the file explains', async () => {
    const tally = await campaign({ format: 'onnx', begin: 0, end: 40, reader: fake('greedy') });
    const even = sizes(40).flatMap((size, number) => (size % 2 === 0 ? [number] : []));
    expect(even.length).toBeGreaterThan(10);
    expect(tally.findings.map(({ number, what }) => [number, what])).toEqual(
      even.map((number) => [number, 'greed']),
    );
  });
});
