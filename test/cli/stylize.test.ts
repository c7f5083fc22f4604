import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { stylizeRequest } from '../../src/cli/stylize-options.js';
import { decodeImage } from '../../src/image/decode.js';
import { stylizeFiles } from '../../src/node/stylize.js';
import { type Run, runScumble as run, startScumble as start } from './run.js';
import { openWorkshop } from './stylize-files.js';

const { path, folder, remove } = openWorkshop();
afterAll(remove);
afterEach(() => vi.unstubAllEnvs());

/** What was measured of the adapter is kept for this file's runs. */
const HOME = { SCUMBLE_CACHE: folder };
const runScumble = (args: readonly string[]) => run(args, HOME);
const startScumble = (args: readonly string[]) => start(args, HOME);

/** Two layers and seeded filters keep a run to a few seconds on a software adapter. */
const shallow = [
  ...['--content-layers', 'conv_2', '--style-layers', 'conv_1,conv1_2'],
  ...['--weights', path('weights.safetensors')],
];

const job = (content: string, style: string, output: string, ...options: string[]) => [
  ...['stylize', path(content), path(style), '-o', path(output)],
  ...shallow,
  ...options,
];

// There is no such file yet.
symlinkSync('later.jsonl', path('ahead.png'));

const picture = (name: string) => decodeImage(new Uint8Array(readFileSync(path(name))), name);

interface TraceLine {
  evaluation: number;
  style: number;
  content: number;
  total: number;
}

const trace = (name: string): TraceLine[] =>
  readFileSync(path(name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TraceLine);

describe('a run', () => {
  const options = ['--evaluations', '50', '--trace', path('run.jsonl'), '--preview', path('preview.jpg')];
  let first: Run;
  beforeAll(() => {
    first = runScumble(job('content.png', 'style.png', 'run.png', ...options));
  });

  test('says the scores, how long it took and where the picture is, and nothing on stderr', () => {
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const last = trace('run.jsonl').at(-1)!;
    const [scores, done] = first.stdout.trimEnd().split('\n');
    expect(scores).toBe(
      `run 50: Style Loss : ${last.style.toFixed(6)} Content Loss: ${last.content.toFixed(6)}`,
    );
    expect(done).toMatch(
      /^Done in \d+m \d+s: 50 evaluations, [\d.]+ a second, [\d.]+ MiB .* L-BFGS's, .*run\.png \(32×32\)\.$/,
    );
    const [held, ofLbfgs] = [...done!.matchAll(/([\d.]+) MiB/g)].map(([, figure]) => Number(figure));
    // A hundred pairs and the one being made, of two vectors each, two bytes a number, in MiB rounded to tenths.
    expect(ofLbfgs).toBeGreaterThan((101 * 2 * 2 * 3 * 32 ** 2) / 2 ** 20 - 0.05);
    expect(held).toBeGreaterThan(ofLbfgs!);
  });

  test('traces each evaluation, and the loss falls', () => {
    const lines = trace('run.jsonl');
    expect(lines.map(({ evaluation }) => evaluation)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    for (const line of lines) {
      expect(Object.keys(line)).toEqual(['evaluation', 'style', 'content', 'total']);
      expect(line.total).toBe(line.style + line.content);
    }
    expect(lines[0]!.content).toBe(0); // It starts from the content image itself.
    expect(lines.at(-1)!.total).toBeLessThan(lines[0]!.total / 2);
  });

  test('writes a picture of the size of the content that is not the content, and a preview', () => {
    const [result, content] = [picture('run.png'), picture('content.png')];
    expect(result).toMatchObject({ width: 32, height: 32, format: 'png' });
    expect(result.data).not.toEqual(content.data);
    const preview = picture('preview.jpg');
    expect(preview.format).toBe('jpeg');
    expect(preview.width).toBeGreaterThan(4 * 32);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('gives the same bytes when repeated, and nothing to read with --quiet', () => {
    const again = runScumble([
      ...job('content.png', 'style.png', 'again.png', '--evaluations', '50'),
      '--quiet',
    ]);
    expect(again).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(path('again.png'))).toEqual(readFileSync(path('run.png')));
  });
});

describe('options', () => {
  test('a line search makes as many evaluations as asked for, and gets on', () => {
    const options = ['--line-search', 'strong-wolfe', '--evaluations', '12', '--trace', path('search.jsonl')];
    expect(runScumble(job('content.png', 'style.png', 'search.png', ...options))).toMatchObject({
      code: 0,
      stderr: '',
    });
    const lines = trace('search.jsonl');
    expect(lines.map(({ evaluation }) => evaluation)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(lines.at(-1)!.total).toBeLessThan(lines[0]!.total);
    expect(existsSync(path('search.png'))).toBe(true);
  });

  test('noise, another size, a style of another shape, and a JPEG', () => {
    // One layer, since a software adapter compiles all kernels anew for each size.
    const layers = ['--content-layers', 'conv_1', '--style-layers', 'conv_1'];
    const options = [
      ...layers,
      '--init',
      'noise',
      '--size',
      '24',
      '--evaluations',
      '2',
      '--trace',
      path('noise.jsonl'),
    ];
    expect(runScumble(job('wide.png', 'content.png', 'noise.jpg', ...options))).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(picture('noise.jpg')).toMatchObject({ width: 32, height: 24, format: 'jpeg' });
    expect(trace('noise.jsonl')[0]!.content).toBeGreaterThan(0);
  });

  test('the preset seed refuses pictures of two sizes, and --crop is the way out', () => {
    const args = job('content.png', 'wide.png', 'seed.png', '--preset', 'seed', '--evaluations', '2');
    const refused = runScumble(args);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /^scumble: .*32×32 and 48×36 pixels; cut both .*\(--crop centre or --crop random\)\.\n$/,
    );
    const cut = runScumble([...args, '--crop', 'random']);
    expect(cut.code).toBe(0);
    expect(cut.stderr).toMatch(
      /^scumble: \S*wide\.png is scaled to 32 pixels on the shorter side[^\n]*--size\.\n$/,
    );
    expect(picture('seed.png')).toMatchObject({ width: 32, height: 32 });
  });

  test('a start where there is nothing to do ends the run at once', () => {
    const args = job(
      'content.png',
      'style.png',
      'still.png',
      '--style-layers',
      '',
      '--trace',
      path('still.jsonl'),
    );
    const { code, stdout } = runScumble(args);
    expect(code).toBe(0);
    expect(stdout).toContain('since the image had stopped changing');
    expect(trace('still.jsonl').length).toBeLessThan(300);
    expect(picture('still.png').data).toEqual(picture('content.png').data);
  });
});

describe('a failure is one sentence, exit code 2, and leaves no file', () => {
  test.each([
    ['a missing file', job('none.png', 'style.png', 'out.png'), /none\.png: there is no such file\./],
    ['an empty file', job('empty.png', 'style.png', 'out.png'), /empty\.png is empty/],
    [
      'no image',
      job('content.png', 'text.png', 'out.png'),
      /text\.png is a text file, not a JPEG or PNG image/,
    ],
    [
      'an unknown layer',
      job('content.png', 'style.png', 'out.png', '--style-layers', 'conv9'),
      /no layer called "conv9"/,
    ],
    [
      'a bad number',
      job('content.png', 'style.png', 'out.png', '--size', '1.5'),
      /--size takes a whole number .*"1\.5"/,
    ],
    [
      'a weight too large',
      job('content.png', 'style.png', 'out.png', '--style-weight', '1e19'),
      /0 to 1e18, not "1e19"/,
    ],
    [
      'an empty option',
      job('content.png', 'style.png', 'out.png', '--init', ''),
      /--init takes a start, not ""\./,
    ],
    [
      'an empty name',
      ['stylize', '', path('style.png'), ...shallow],
      /nothing in the place of <content>; name a file\./,
    ],
    ['a missing folder', job('content.png', 'style.png', 'no/out.png'), /no folder .*no; make it first/],
    [
      'an output over an input',
      job('content.png', 'style.png', 'style.png'),
      /the output and the style image are one/,
    ],
    [
      'an output that a link makes another',
      job('content.png', 'style.png', 'ahead.png', '--trace', path('later.jsonl')),
      /--trace and the output are one/,
    ],
    [
      'too few pixels',
      job('content.png', 'style.png', 'out.png', '--size', '1', '--style-layers', 'pool1'),
      /The content image, at 1×1 pixels, is too small .* at least 2×2 pixels/,
    ],
    [
      'too few pixels of the other picture',
      job('content.png', 'dot.png', 'out.png', '--style-layers', 'pool1'),
      /The style image, at 1×1 pixels, is too small/,
    ],
  ])('%s', (_, args, sentence) => {
    const { code, stdout, stderr } = runScumble(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^scumble: [^\n]*[.?]\n$/);
    expect(stderr).toMatch(sentence);
    expect(existsSync(path('out.png'))).toBe(false);
  });

  test('a run that diverges is exit code 1, and keeps the picture that was there', () => {
    writeFileSync(path('kept.png'), 'the old picture');
    writeFileSync(path('kept.jsonl'), 'the old scores');
    const options = ['--weights', path('huge.safetensors'), '--trace', path('kept.jsonl')];
    const args = job('content.png', 'style.png', 'kept.png', ...options);
    const { code, stdout, stderr } = runScumble(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^scumble: The image diverged at evaluation 1 [^\n]*\.\n$/);
    // Which is on already.
    expect(stderr).not.toContain('--clamp');
    expect(readFileSync(path('kept.png'), 'utf8')).toBe('the old picture');
    expect(readFileSync(path('kept.jsonl'), 'utf8')).toBe('the old scores');
  });
});

/** The request of `job`, for what only a caller can do to a run. */
const shallowRequest = (output: string, trace?: string) =>
  stylizeRequest(path('content.png'), path('style.png'), {
    ...{ output: path(output), weights: path('weights.safetensors'), evaluations: 3 },
    ...{ contentLayers: ['conv_2'], styleLayers: ['conv_1', 'conv_2'] },
    ...(trace === undefined ? {} : { trace: path(trace) }),
  });

test('a run that is aborted before its kernels are measured measures none', async () => {
  vi.stubEnv('SCUMBLE_CACHE', path('unmeasured'));
  const controller = new AbortController();
  const reason = new Error('enough');
  const onFetch = () => controller.abort(reason);
  const painting = stylizeFiles(shallowRequest('aborted.png'), { onFetch, signal: controller.signal });
  await expect(painting).rejects.toBe(reason);
  expect(['unmeasured', 'aborted.png'].filter((name) => existsSync(path(name)))).toEqual([]);
});

test('a trace that cannot be written any more costs no picture', async () => {
  mkdirSync(path('away'));
  const request = shallowRequest('untraced.png', 'away/lost.jsonl');
  const { last, untraced } = await stylizeFiles(request, { onStart: () => rmdirSync(path('away')) });
  expect(last).toMatchObject({ evaluation: 3 });
  expect(untraced?.message).toMatch(/^Cannot write \S*lost\.jsonl: there is no such file\.$/);
  expect(picture('untraced.png').width).toBe(32);
});

test('a reader of the output that goes away costs no picture', async () => {
  const { stopListening, done } = startScumble(
    job('content.png', 'style.png', 'unheard.png', '--evaluations', '60'),
  );
  stopListening();
  const { code, stderr } = await done;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(picture('unheard.png').width).toBe(32);
});

test.each([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s writes the picture as it stands and exits %i', async (signal, code) => {
  const [output, scores] = [`${signal}.png`, `${signal}.jsonl`];
  const options = ['--evaluations', '1000000', '--trace', path(scores)];
  const { kill, done } = startScumble(job('content.png', 'style.png', output, ...options));
  while (!existsSync(path(scores)) || readFileSync(path(scores), 'utf8') === '') {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  // Twice, as `timeout` does it: to the process and to its group.
  kill(signal);
  kill(signal);
  const stopped = await done;
  expect(stopped).toMatchObject({ code, stderr: '' });
  const { evaluation } = trace(scores).at(-1)!;
  expect(trace(scores)).toHaveLength(evaluation);
  expect(stopped.stdout).toContain(`: ${evaluation} evaluation`);
  expect(stopped.stdout).toContain('Stopped after');
  expect(picture(output)).toMatchObject({ width: 32, height: 32 });
});
