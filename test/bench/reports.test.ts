import { Script } from 'node:vm';
import Papa from 'papaparse';
import { defaultTreeAdapter as tree, type DefaultTreeAdapterMap, parse } from 'parse5';
import { describe, expect, it } from 'vitest';
import { compare } from '../../bench/compare.js';
import { attainable, figures } from '../../bench/figures.js';
import { csvReport } from '../../bench/report/csv.js';
import { familyOf } from '../../bench/report/families.js';
import { htmlReport } from '../../bench/report/html.js';
import { html } from '../../bench/report/markup.js';
import { SCRIPT } from '../../bench/report/page-script.js';
import { domains, points, roofs, ticks } from '../../bench/report/roofline.js';
import { counted, digits, table } from '../../bench/report/table.js';
import { ceilingLines, clockText, errorText, percent, textReport } from '../../bench/report/text.js';
import { readResults, type Results } from '../../bench/results.js';
import { line, results } from './results.js';

const rounds = [[1, 2, 3]];
const whole = results({
  kernels: [
    line({}, rounds),
    line({ kernel: 'copy', shape: '3 @ 128²', flops: 0, variants: {} }, rounds),
    line({ kernel: 'gram.dInput', direction: 'backward', shape: 'a "b", <c>' }, rounds),
  ],
  lbfgs: [line({ kernel: 'lbfgs.update', shape: '3 @ 128², history 10' }, rounds)],
  evaluations: [
    {
      ...line({ kernel: 'evaluation', direction: 'both', shape: '3 @ 128²', bytes: 0 }, rounds),
      size: 128,
      inThrees: [2],
      setup: [500],
      first: [3],
      memory: {
        peakBytes: 2 ** 24,
        bytes: 2 ** 23,
        evaluation: { bytes: 2 ** 22, peakBytes: 2 ** 21, unsharedBytes: 2 ** 23 },
      },
      losses: [2, 1],
    },
  ],
  leftOut: [{ kernel: 'conv2d.dWeights', direction: 'backward', shape: '3→64', why: 'it would take long' }],
});

describe('figures', () => {
  const { ceilings } = results();

  it('hold a line against whichever ceiling takes longer', () => {
    // 100 GFLOP/s and 10 GB/s: the ridge is at 10 operations a byte.
    expect(attainable({ flops: 1e9, bytes: 1e6 }, ceilings)).toEqual({
      intensity: 1000,
      bound: 'compute',
      milliseconds: 10,
    });
    expect(attainable({ flops: 1e6, bytes: 1e9 }, ceilings)).toEqual({
      intensity: 0.001,
      bound: 'memory',
      milliseconds: 100,
    });
  });

  it('are of the medians, by the GPU where it has a clock that can tell', () => {
    const work = { flops: 1e9, bytes: 1e6 };
    const wall = [[50], [40, 60]];
    expect(figures(work, { wall, gpu: [[20, 25], [15]] }, ceilings)).toEqual({
      milliseconds: 20,
      wallMilliseconds: 50,
      gflopsPerSecond: 50,
      gigabytesPerSecond: 0.05,
      rooflineFraction: 0.5,
    });
    expect(figures(work, { wall }, ceilings).milliseconds).toBe(50);
    expect(figures(work, { wall, gpu: [[0, 0, 0]] }, ceilings).milliseconds).toBe(50);
  });
});

describe('the roofline plot', () => {
  const { ceilings } = results();
  const shown = points(whole.kernels);

  it('puts a kernel at its operations a byte and its speed, and leaves out what computes nothing', () => {
    expect(
      shown.map(({ line: { kernel }, intensity, performance }) => [kernel, intensity, performance]),
    ).toEqual([
      ['conv2d', 20, 1000],
      ['gram.dInput', 20, 1000],
    ]);
  });

  it('has room for every point and the ridge', () => {
    const { x, y } = domains(shown, ceilings);
    expect(x[0]).toBeLessThan(10);
    expect(x[1]).toBeGreaterThan(20);
    expect(y[0]).toBeLessThan(100);
    expect(y[1]).toBeGreaterThan(1000);
  });

  it('has a roof that rises with the copies and ends level with the multiply-adds', () => {
    const [level, slope] = roofs(ceilings, [1, 1000]);
    expect(slope).toMatchObject({ main: true, from: [1, 10], to: [10, 100] });
    expect(level).toMatchObject({ main: true, from: [10, 100], to: [1000, 100] });
  });

  it('marks decades, and more where there are few', () => {
    expect(ticks([0.05, 200])).toEqual([0.1, 1, 10, 100]);
    expect(ticks([4, 40])).toEqual([5, 10, 20]);
  });

  it('knows kernels by their families', () => {
    expect(['conv2d.dWeights', 'gram', 'maxPool2d.dInput', 'lbfgs.update', 'resize'].map(familyOf)).toEqual([
      'convolution',
      'gram',
      'layer',
      'optimiser',
      'other',
    ]);
  });
});

describe('the text report', () => {
  const { ceilings } = results();

  it('tells what loads cost from every place, the cheapest first, and of older files what they have', () => {
    const loads = {
      ...{ perSecond: 16.6e9, form: 'from texels' },
      forms: [
        { form: 'from texels', perSecond: 16.6e9 },
        { form: 'from a storage buffer', perSecond: 8.61e9 },
      ],
    };
    expect(ceilingLines({ ...ceilings, loads })[2]).toBe(
      '16.6 GB/s in loads out of a cache (from texels; from a storage buffer 8.61)',
    );
    expect(ceilingLines(ceilings).join('\n')).not.toContain('loads');
  });
});

describe('the CSV file', () => {
  it('quotes what needs it, and gives back what went in', () => {
    const text = csvReport(whole);
    expect(text).toContain('"a ""b"", <c>"');
    expect(text.endsWith('\r\n')).toBe(true);
    const { data, errors } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true });
    expect(errors).toEqual([]);
    expect(data.map(({ kernel }) => kernel)).toEqual([
      'evaluation',
      'lbfgs.update',
      'conv2d',
      'copy',
      'gram.dInput',
    ]);
    expect(data[4]).toMatchObject({
      shape: 'a "b", <c>',
      variants: 'conv2d=winograd',
      gpu_ms: '2',
      repeats: '3',
    });
  });

  it('leaves empty what was not measured', () => {
    const data = Papa.parse<Record<string, string>>(csvReport(whole), { header: true }).data;
    expect(data[0]).toMatchObject({ kernel: 'evaluation', bytes: '', gigabytes_per_second: '' });
    expect(data[1]).toMatchObject({ bytes: '100000000', gigabytes_per_second: '50' });
    const coarse = csvReport(results({ kernels: [line({ gpu: [[0, 0, 1]] }, rounds)] }));
    expect(coarse).toContain('winograd_multiply,,2,3,');

    const bare = { ...line({}, rounds), gpu: undefined, error: undefined };
    const [, row = ''] = csvReport(results({ kernels: [bare] })).split('\r\n');
    expect(row).toBe(
      'conv2d,forward,64→64 @ 128²,conv2d=winograd,winograd_multiply,,2,3,2000000000,100000000,1000,50,0.5,,',
    );
  });
});

describe('the HTML report', () => {
  const after = { ...whole, kernels: [line({}, [[9, 9, 9]]), ...whole.kernels.slice(1)] };
  const page = htmlReport(after, compare(after, whole));
  const errors: string[] = [];
  const document = parse(page, { onParseError: ({ code }) => errors.push(code) });
  const elements = all(document);

  it('is sound HTML', () => {
    expect(errors).toEqual([]);
    expect(elements.filter(({ tagName }) => tagName === 'svg')).toHaveLength(1);
    expect(elements.filter(({ tagName }) => tagName === 'h2').map(textOf)).toEqual([
      'Since Fri, 02 Jan 2026 03:04:05 GMT',
      'Roofline',
      'Whole evaluations',
      'L-BFGS, once its history is full',
      'Kernels',
      'Left out',
    ]);
  });

  it('needs no other file', () => {
    const references = elements.flatMap(({ attrs }) =>
      attrs.filter(({ name }) => /^(src|href|xlink:href|data|action|srcset|poster)$/.test(name)),
    );
    expect(references).toEqual([]);
    expect(elements.filter(({ tagName }) => tagName === 'link' || tagName === 'iframe')).toEqual([]);
    expect(page).not.toMatch(/@import|url\(|https?:\/\//);
  });

  it('escapes what it shows', () => {
    expect(textOf(elements.find(({ tagName }) => tagName === 'h1')!)).toBe('an adapter <1>');
    expect(elements.filter(({ tagName }) => tagName === 'td').map(textOf)).toContain('a "b", <c>');
    expect(html`<a title="${`"'&`}">${['<b>', html`<i></i>`]}${undefined}${false}</a>`.text).toBe(
      '<a title="&quot;&#39;&amp;">&lt;b&gt;<i></i></a>',
    );
  });

  it('has a point with words for each kernel of the plot', () => {
    const marks = elements.filter(({ attrs }) => classOf(attrs).startsWith('point '));
    expect(marks.map(({ attrs }) => classOf(attrs))).toEqual([
      'point convolution forward',
      'point gram backward',
      'point optimiser forward',
    ]);
    expect(textOf(marks[0]!)).toContain('conv2d on 64→64 @ 128² (winograd)');
    const [circle] = all(marks[0]!).filter(({ tagName }) => tagName === 'circle');
    const place = (name: string) => Number(circle!.attrs.find((attribute) => attribute.name === name)!.value);
    expect(place('cx')).toBeGreaterThan(0);
    expect(place('cy')).toBeGreaterThan(0);
  });

  it('tells of the lines of one run alone', () => {
    const other = { ...whole, kernels: [...whole.kernels, line({ kernel: 'relu' }, rounds)], lbfgs: [] };
    const text = htmlReport(other, compare(other, whole));
    expect(text).toContain('<li>Not in the older run: relu forward on 64→64 @ 128².</li>');
    expect(text).toContain('<li>Not measured this time: 1 of its lines.</li>');
  });

  it('marks what got slower', () => {
    const verdicts = elements.filter(({ attrs }) => classOf(attrs).startsWith('verdict '));
    expect(verdicts.map(textOf).filter((text) => text !== 'same')).toEqual(['slower']);
  });

  it('has a script that parses', () => {
    expect(() => new Script(SCRIPT)).not.toThrow();
  });
});

describe('the text report', () => {
  it('has everything in tables, and says what was left out', () => {
    const text = textReport(whole);
    expect(text).toContain('100 GFLOP/s in float32 multiply-adds (best)');
    expect(text).toMatch(
      /^conv2d +forward +64→64 @ 128² +winograd +2\.00 +2\.00 +1000 +50\.0 +50 % +1\.3e-6 \*$/m,
    );
    expect(text).toContain('Left out: conv2d.dWeights backward on 3→64: it would take long.\n');
    const sentence = { ...whole.leftOut[0]!, why: 'It is too large; choose another.' };
    expect(textReport({ ...whole, leftOut: [sentence] })).toContain('choose another.\n');
    expect(htmlReport({ ...whole, leftOut: [sentence] })).toContain('choose another.</li>');
    expect(text).toContain('* checked at 256 elements');
  });

  it('warns when the adapter was not equally fast all the time', () => {
    expect(textReport(whole)).not.toContain('quiet machine');
    const wandering = {
      ...whole.pulse,
      f32: [
        [100e9, 50e9],
        [100e9, 50e9],
      ],
    };
    expect(textReport({ ...whole, pulse: wandering })).toContain('from 50.0 to 100 GFLOP/s');
  });

  it('has no time by a clock that cannot tell', () => {
    const coarse = textReport(results({ kernels: [line({ gpu: [[0, 0, 1]] }, rounds)] }));
    expect(coarse).toMatch(/64→64 @ 128² +winograd +2\.00 +1000 /);
  });

  it('tells what the clock can tell apart', () => {
    expect(clockText({ source: 'gpu', stepNanoseconds: 1 })).toBe("the GPU's clock in steps of 1 ns");
    expect(clockText({ source: 'gpu', stepNanoseconds: 65_536 })).toMatch(/65,536 ns, too coarse/);
    expect(clockText({ source: 'host' })).toMatch(/host/);
  });

  it('prints numbers with three digits, and columns in line', () => {
    expect([9.996, 99.96, 0.09996].map(digits)).toEqual(['10.0', '100', '0.100']);
    expect([1, 2].map((count) => counted(count, 'line'))).toEqual(['1 line', '2 lines']);
    expect([0, 0.01234, 1.234, 123.4, 12345.6, 1e-9].map(digits)).toEqual([
      '0',
      '0.0123',
      '1.23',
      '123',
      '12346',
      '0.000000',
    ]);
    expect([0.0123, 0.5, 1.5].map(percent)).toEqual(['1.2 %', '50 %', '150 %']);
    expect(errorText(line({ error: { relative: 0, checked: 1, of: 1 } }, rounds))).toBe('0');
    const columns = [
      { heading: 'a', align: 'left', cell: (row: string) => row },
      { heading: 'long', cell: () => '1.5' },
    ] as const;
    expect(table(columns, ['x'])).toBe('a  long\nx   1.5');
  });
});

describe('a file of results', () => {
  const wrong = (where: string) => `its ${where} is not what a bench writes there`;
  const withKernel = (given: object) => ({ ...whole, kernels: [{ ...whole.kernels[0], ...given }] });

  it('is read as it was written', () => {
    expect(readResults(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
  });

  it.each([
    [{}, 'it has no format'],
    [[], 'it has no format'],
    [null, 'it is no object'],
    [{ ...whole, format: 1 }, "its format is 1, another version's, and this one reads format 2"],
    [{ ...whole, rounds: undefined }, 'it has no rounds'],
    [{ ...whole, date: 'yesterday' }, wrong('date')],
    [{ ...whole, date: '2026-02-32T00:00:00Z' }, wrong('date')],
    [withKernel({ wall: 'soon' }), wrong('kernels.0.wall')],
    [withKernel({ wall: [] }), wrong('kernels.0.wall')],
    [withKernel({ wall: [[1], []] }), wrong('kernels.0.wall.1')],
    [withKernel({ wall: [[1, 0]] }), wrong('kernels.0.wall.0.1')],
    [withKernel({ wall: [[Infinity]] }), wrong('kernels.0.wall.0.0')],
    [withKernel({ gpu: [[-1]] }), wrong('kernels.0.gpu.0.0')],
    [withKernel({ milliseconds: null }), wrong('kernels.0.milliseconds')],
    [{ ...whole, pulse: { ...whole.pulse, f32: [[0]] } }, wrong('pulse.f32.0.0')],
    [{ ...whole, evaluations: [{ ...whole.evaluations[0], setup: [] }] }, wrong('evaluations.0.setup')],
  ])('is refused in a clause where it is none: %#', (json, words) => {
    expect(readResults(json)).toBe(words);
  });

  it('may have times of nothing by a coarse clock, and no pulse', () => {
    const { pulse } = results();
    expect(readResults(withKernel({ gpu: [[0, 0]] }))).toBeTypeOf('object');
    expect(readResults({ ...whole, pulse: { ...pulse, f32: [] } })).toBeTypeOf('object');
  });

  it('cannot steer the terminal', () => {
    const adapter = { ...whole.adapter, description: 'a\u001b[31m\nb' };
    const kernels = [line({ shape: '3\u001b[2J', variants: { conv2d: '\u202e' } }, rounds)];
    const read = readResults({ ...whole, adapter, kernels }) as Results;
    expect(read.adapter.description).toBe('a?[31m?b');
    expect(read.kernels[0]).toMatchObject({ shape: '3?[2J', variants: { conv2d: '?' } });
  });
});

type Element = DefaultTreeAdapterMap['element'];

function all(node: DefaultTreeAdapterMap['parentNode']): Element[] {
  return node.childNodes.filter(tree.isElementNode).flatMap((child) => [child, ...all(child)]);
}

function textOf(node: DefaultTreeAdapterMap['parentNode']): string {
  return node.childNodes
    .map((child) => (tree.isTextNode(child) ? child.value : tree.isElementNode(child) ? textOf(child) : ''))
    .join('')
    .trim();
}

function classOf(attributes: Element['attrs']): string {
  return attributes.find(({ name }) => name === 'class')?.value ?? '';
}
