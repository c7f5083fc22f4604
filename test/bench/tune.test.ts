import { describe, expect, it } from 'vitest';
import { tuneText } from '../../bench/report/tune-text.js';
import { tuningRows } from '../../bench/tune.js';
import { benchRequest } from '../../src/cli/bench-options.js';

describe('the table of tuning', () => {
  const rows = tuningRows([
    {
      operation: 'gram',
      shape: '64 @ 1024',
      timings: [
        { variant: 'lanes', milliseconds: 2.1, inside: 4 },
        { variant: 'tiled', milliseconds: 2, inside: 5 },
        { variant: 'plain', milliseconds: 50, rough: true },
      ],
    },
    { operation: 'conv2d', shape: '128→128 @ 8×8', timings: [{ variant: 'direct' }, { variant: 'tiled' }] },
    { operation: 'conv2d', shape: '64→64 @ 16×16', timings: [{ variant: 'tiled', milliseconds: 1 }] },
  ]);

  it('has a row for each variant, by kernel and shape, and says which is chosen and how much slower the rest are', () => {
    expect(rows.map(({ kernel, shape, variant }) => `${kernel} ${shape} ${variant}`)).toEqual([
      'conv2d 64→64 @ 16×16 tiled',
      'conv2d 128→128 @ 8×8 direct',
      'conv2d 128→128 @ 8×8 tiled',
      'gram 64 @ 1024 lanes',
      'gram 64 @ 1024 tiled',
      'gram 64 @ 1024 plain',
    ]);
    expect(rows.filter(({ chosen }) => chosen).map(({ variant }) => variant)).toEqual([
      'tiled',
      'direct',
      'lanes',
    ]);
    expect(rows.map(({ ratio }) => ratio)).toEqual([1, undefined, undefined, 1.05, 1, 25]);
  });

  it('prints as text', () => {
    const lines = tuneText(rows).split('\n');
    expect(lines[0]).toMatch(/^kernel +shape +variant +ms +times +inside$/);
    expect(lines[2]).toMatch(/^conv2d +128→128 @ 8×8 +direct +chosen$/);
    expect(lines[4]).toMatch(/^gram +64 @ 1024 +lanes +2\.10 +1\.05 +4\.00 +chosen$/);
    expect(lines[6]).toMatch(/^gram +64 @ 1024 +plain +~50\.0 +25\.00$/);
  });
});

it('goes with a size and an adapter, and refuses what it would leave undone', () => {
  expect(benchRequest({ tune: true, size: [64] })).toMatchObject({ tune: true, size: [64] });
  expect(() => benchRequest({ tune: true, json: 'a.json', rounds: 2 })).toThrow('leave out --json, --rounds');
  expect(() => benchRequest({ tune: true, from: 'a.json' })).toThrow(/--from measures nothing/);
});
