import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bench } from '../../bench/command.js';
import { BENCH_DEFAULTS, type BenchRequest } from '../../bench/request.js';
import { readResults, type Results } from '../../bench/results.js';
import { UserError } from '../../src/errors.js';

let folder: string;
const file = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scumble-bench-run-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const small: BenchRequest = { ...BENCH_DEFAULTS, kernel: ['sum'], size: [16] };

it.each(['measuring', 'tuning'])(
  '%s that is stopped before there is anything leaves files as they are',
  async (how) => {
    writeFileSync(file('old.json'), 'kept');
    const request = how === 'tuning' ? { ...small, tune: true } : { ...small, json: file('old.json') };
    const signal = AbortSignal.abort();
    await expect(bench(request, { signal })).rejects.toBe(signal.reason);
    expect(readFileSync(file('old.json'), 'utf8')).toBe('kept');
  },
);

it('stopped in its second round, tells and writes the first, and loses nothing to a file that cannot be written', async () => {
  const inner = mkdtempSync(join(folder, 'inner-'));
  const stop = new AbortController();
  const { text, complaint } = await bench(
    {
      ...small,
      kernel: ['sum', 'axpy'],
      json: file('part.json'),
      html: file('part.html'),
      csv: join(inner, 'a'),
    },
    {
      signal: stop.signal,
      onStage: (stage) => {
        if (!stage.startsWith('Round 2')) return;
        rmSync(inner, { recursive: true, force: true });
        stop.abort();
      },
    },
  );
  const results = readResults(JSON.parse(readFileSync(file('part.json'), 'utf8'))) as Results;
  expect(results).toMatchObject({ interrupted: true, rounds: 1 });
  expect(results.kernels.map(({ wall }) => wall.length)).toEqual([1, 1]);
  for (const report of [text, readFileSync(file('part.html'), 'utf8')]) {
    expect(report).toContain('The bench was interrupted');
    expect(report).toContain('in 1 round;');
  }
  expect(complaint).toBeInstanceOf(UserError);
  expect(complaint!.message).toMatch(/^Cannot write .*: there is no folder .*\.$/);
});
