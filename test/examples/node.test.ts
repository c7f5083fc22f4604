/** The examples for Node are run as their readers run them, and what they say is held against float64. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { expect, it } from 'vitest';

function run(name: string, ...args: string[]) {
  const program = ['--import', 'tsx', `examples/${name}.ts`, ...args];
  return spawnSync(process.execPath, program, { encoding: 'utf8', timeout: 50_000 });
}

/** Runs an example to its end; what it printed. */
function example(name: string, ...args: string[]): string {
  const { status, stdout, stderr } = run(name, ...args);
  expect(status, stderr).toBe(0);
  return stdout;
}

const numbers = (text: string) => [...text.matchAll(/-?\d+(?:\.\d+)?(?:e-?\d+)?/g)].map(([n]) => Number(n));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

it('custom-loss.ts paints a texture of the roughness that it says', () => {
  const folder = mkdtempSync(join(tmpdir(), 'scumble-example-'));
  try {
    const file = join(folder, 'texture.png');
    const [losses, parts] = example('custom-loss', file, '40').split('\n');
    const [first, last] = numbers(losses!);
    expect(last).toBeLessThan(first! / 10);

    const { width, height, data } = PNG.sync.read(readFileSync(file));
    expect([width, height]).toEqual([64, 64]);
    const at = (x: number, y: number, colour: number) => data[4 * (y * width + x) + colour]! / 255;
    const squares: number[] = [];
    for (let y = 0; y < height - 1; y++) {
      for (let x = 0; x < width - 1; x++) {
        for (const c of [0, 1, 2]) {
          squares.push((at(x + 1, y, c) - at(x, y, c)) ** 2, (at(x, y + 1, c) - at(x, y, c)) ** 2);
        }
      }
    }
    // Rounding to bytes adds a variance of 1/12 of a step squared to either pixel, and nothing else on average.
    const [, roughness] = numbers(parts!);
    expect([mean(squares)]).toBeAllClose([roughness! + 2 / 12 / 255 ** 2], { relative: 0.01 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it.each([
  ['out.png', 'abc', '"abc" is no number of evaluations; give a whole one from 1 on.'],
  ['out.gif', '1', 'which format to write out.gif'],
])('custom-loss.ts refuses %s %s in one sentence, and before it begins', (file, count, sentence) => {
  const { status, stdout, stderr } = run('custom-loss', file, count);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^.*\n$/);
  expect(stderr).toContain(sentence);
});

it('lbfgs.ts finds the line that the normal equations give', () => {
  const t = Array.from({ length: 200 }, (_, i) => (4 * i) / 199 - 2);
  const y = t.map((value, i) => 2 * value - 1 + 0.3 * Math.sin(37 * i));
  const [meanT, meanY] = [mean(t), mean(y)];
  const slope = mean(t.map((v, i) => (v - meanT) * (y[i]! - meanY))) / mean(t.map((v) => (v - meanT) ** 2));
  const offset = meanY - slope * meanT;
  const [foundSlope, foundOffset, , square] = numbers(example('lbfgs'));
  // The optimiser stops where the gradient is below 1e-5; float32 of inputs and sums is off by less.
  expect([foundSlope, foundOffset]).toBeAllClose([slope, offset], { absolute: 2e-5 });
  expect([square]).toBeAllClose([mean(t.map((v, i) => (slope * v + offset - y[i]!) ** 2))], {
    relative: 1e-5,
  });
});

it('kernel.ts computes the convolution that it times', () => {
  const lines = example('kernel').trim().split('\n');
  const [milliseconds, rate] = numbers(lines[0]!);
  expect([milliseconds! * rate!]).toBeAllClose([(2 * 128 * 64 * 64 * 64 * 9) / 1e6], { relative: 1e-9 });

  // The first output: a padded corner sees four of the nine pixels of each channel.
  const some = (i: number) => (i % 7) / 7;
  let corner = some(0);
  for (let channel = 0; channel < 64; channel++) {
    for (const [row, column] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ] as const) {
      const weight = some(channel * 9 + (row + 1) * 3 + column + 1);
      corner += weight * some(channel * 64 * 64 + row * 64 + column);
    }
  }
  // Whichever variant is the fastest: Winograd's is the least exact, and within 1e-5 of the largest output.
  expect([numbers(lines.at(-1)!)[0]]).toBeAllClose([corner], { absolute: 1e-5 * 64 * 9 });
});
