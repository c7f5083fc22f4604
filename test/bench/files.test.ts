import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openComparable, openResults, writeFiles } from '../../bench/files.js';
import { line, results } from './results.js';

let folder: string;
const file = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scumble-bench-files-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const measured = results({ kernels: [line({}, [[1, 2, 3]])] });

it('a file that cannot be written is told, and the others are written', async () => {
  const complaint = await writeFiles(
    { json: file('nowhere/a.json'), csv: file('a.csv'), html: file('nowhere/a.html') },
    measured,
  );
  expect(complaint!.message).toMatch(/^Cannot write .*a\.json: .* make it first\. Cannot write .*a\.html: /);
  expect(readFileSync(file('a.csv'), 'utf8')).toContain('conv2d');
});

it('results without a line are not written, unless they come out of a file', async () => {
  const complaint = await writeFiles({ json: file('empty.json') }, results());
  expect(complaint!.message).toMatch(/^Nothing was measured, /);
  expect(existsSync(file('empty.json'))).toBe(false);
  expect(await writeFiles({ from: 'old.json', json: file('empty.json') }, results())).toBeUndefined();
  expect(existsSync(file('empty.json'))).toBe(true);
});

it('reads what an editor has put a byte-order mark before', async () => {
  writeFileSync(file('mark.json'), `\ufeff${JSON.stringify(measured)}`);
  expect(await openResults(file('mark.json'))).toEqual(measured);
});

it('compares with no results that have no pulse, and says so', async () => {
  writeFileSync(file('dead.json'), JSON.stringify({ ...measured, pulse: { f32: [], bandwidth: [] } }));
  expect((await openResults(file('dead.json'))).kernels).toHaveLength(1);
  await expect(openComparable(file('dead.json'))).rejects.toThrow(
    /dead\.json cannot be compared, for [^\n]*\.$/,
  );
});
