import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { Gpu } from '../../src/gpu/gpu.js';
import { openDawn } from '../../src/node/dawn.js';
import { assertProfilable } from '../../src/node/profile-file.js';
import type { Trace } from '../../src/style/profile-trace.js';
import { runScumble } from './run.js';
import { openWorkshop } from './stylize-files.js';

const { path, folder, remove } = openWorkshop();
afterAll(remove);

const job = (...options: string[]) =>
  runScumble(
    [
      ...['stylize', path('content.png'), path('style.png'), '-o', path('out.png'), '--evaluations', '2'],
      ...['--content-layers', 'conv_2', '--style-layers', 'conv_1,conv_2'],
      ...['--weights', path('weights.safetensors'), ...options],
    ],
    { SCUMBLE_CACHE: folder, TORCH_HOME: folder },
  );

it('writes a trace beside the picture, and says what each kernel took', () => {
  const { code, stdout, stderr } = job('--profile', path('profile.json'), '--trace', path('trace.jsonl'));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { traceEvents } = JSON.parse(readFileSync(path('profile.json'), 'utf8')) as Trace;
  const rows = new Set(traceEvents.flatMap((event) => (event.name === 'thread_name' ? [event.tid] : [])));
  const runs = traceEvents.filter((event) => event.ph === 'X');
  expect(new Set(runs.map(({ cat }) => cat))).toEqual(new Set(['forward', 'backward', 'update']));
  let before = 0;
  for (const { name, pid, tid, ts, dur, args } of runs) {
    expect(name).not.toBe('');
    expect(pid).toBe(1);
    expect(rows).toContain(tid);
    expect(ts).toBeGreaterThanOrEqual(before);
    expect(dur).toBeGreaterThanOrEqual(0);
    expect(args).toMatchObject({ shader: expect.any(String), workgroups: expect.any(String) });
    before = ts;
  }

  const [done, heading, columns, ...kernels] = stdout.trimEnd().split('\n');
  expect(done).toMatch(/^Done in .*: 2 evaluations/);
  expect(heading).toBe(
    `One evaluation by kernel: ${/[\d.]+ ms/.exec(heading!)![0]} in ${runs.length} dispatches, each timed by itself; ` +
      `in order in ${path('profile.json')}.`,
  );
  expect(columns).toMatch(/^operation +shader +calls +ms +share +GFLOP\/s$/);
  const cells = kernels.map((line) => line.split(/ {2,}/));
  const operation = ({ name, cat }: (typeof runs)[number]) =>
    cat === 'update' ? name : name.split('/').at(-1);
  expect(new Set(cells.map(([first]) => first))).toEqual(new Set(runs.map(operation)));
  expect(cells.reduce((sum, [, , calls]) => sum + Number(calls), 0)).toBe(runs.length);
  // The profiled evaluation is one more than those asked for, and in neither the picture nor the scores.
  expect(readFileSync(path('trace.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(2);
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);

  const plain = readFileSync(path('out.png'));
  expect(job('--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(readFileSync(path('out.png'))).toEqual(plain);
});

it('does not write it over another file of the run, or where there is no folder', () => {
  const same = job('--profile', path('content.png'));
  expect(same).toMatchObject({ code: 2, stdout: '' });
  expect(same.stderr).toMatch(/^scumble: --profile and the content image are one and the same file/);
  const nowhere = job('--profile', path('no/profile.json'));
  expect(nowhere).toMatchObject({ code: 2, stdout: '' });
  expect(nowhere.stderr).toMatch(
    /^scumble: Cannot write .*profile\.json: there is no folder .*make it first\.\n$/,
  );
  expect(existsSync(path('no'))).toBe(false);
});

it('says so in one sentence where the device has no timestamps', async () => {
  const dawn = await openDawn();
  const adapter = await dawn.gpu.requestAdapter();
  const device = await adapter!.requestDevice();
  const gpu = Gpu.adopt(device);
  expect(() => assertProfilable(gpu)).toThrow(
    /cannot time its own work .*timestamp-query.*leave --profile out, or choose another adapter with --adapter\.$/,
  );
  gpu.dispose();
  device.destroy();
  dawn.close();
});
