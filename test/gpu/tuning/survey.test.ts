import { describe, expect, it } from 'vitest';
import type { Step } from '../../../src/gpu/dispatch.js';
import type { Choice } from '../../../src/gpu/recorder.js';
import { stepsOfChoices } from '../../../src/gpu/tuning/survey.js';
import { truncate } from '../../../src/gpu/tuning/truncate.js';

describe('the steps of a choice', () => {
  const choice = (operation: string, from: number): Choice => ({
    operation,
    shape: '8',
    eligible: ['a', 'b'],
    variant: 'a',
    from,
  });
  const ranges = (choices: Choice[], labels: string[]) =>
    stepsOfChoices({ choices, steps: labels.map((label) => ({ label })) }).map(({ from, to }) => [from, to]);

  it('reach to the next choice, but for what is labelled otherwise at the end', () => {
    const labels = ['add', 'conv2d.transform', 'conv2d', 'relu', 'padRows', 'gram', 'gram.reduce', 'mse'];
    expect(ranges([choice('conv2d', 1), choice('gram', 4)], labels)).toEqual([
      [1, 3],
      [4, 7],
    ]);
    expect(ranges([choice('conv2d.dInput', 0)], ['conv2d.dInput', 'conv2d.dInput.restore'])).toEqual([
      [0, 2],
    ]);
  });

  it('reach as far as was said, whatever the labels', () => {
    const told = { ...choice('conv2d.dInput', 0), to: 2 };
    expect(ranges([told, choice('gram', 3)], ['conv2d.dInput', 'relu.dInput', 'relu', 'gram'])).toEqual([
      [0, 2],
      [3, 4],
    ]);
  });

  it('may hold those of other choices', () => {
    const outer = { ...choice('conv2dGramMse.dInput', 0), to: 3 };
    const labels = ['gram.symmetrise', 'gram.dInput', 'conv2d.dInput', 'conv2d.dInput'];
    const inner = [choice('gram.dInput', 1), choice('conv2d.dInput', 2)];
    expect(ranges([outer, ...inner, choice('conv2d.dInput', 3)], labels)).toEqual([
      [0, 3],
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
  });

  it('are none where nothing is labelled so', () => {
    expect(ranges([choice('conv', 0), choice('gram', 2)], ['conv2d', 'relu', 'mse'])).toEqual([
      [0, 0],
      [2, 2],
    ]);
    expect(ranges([], ['relu'])).toEqual([]);
  });
});

describe('a share of a dispatch', () => {
  const step = (...workgroups: [number, number, number]): Step => ({
    label: 'x',
    scope: '',
    direction: 'forward',
    shader: 'relu',
    constants: {},
    types: {},
    bindings: [],
    flops: 0,
    workgroups,
  });
  const groups = (share: number, ...steps: Step[]) =>
    truncate(steps, share)?.map(({ workgroups }) => workgroups);

  it('is cut off the longest axis', () => {
    expect(groups(1 / 8, step(64, 2, 1), step(3, 16, 1), step(2, 2, 8))).toEqual([
      [8, 2, 1],
      [3, 2, 1],
      [2, 2, 1],
    ]);
    expect(groups(1, step(7, 1, 1))).toEqual([[7, 1, 1]]);
  });

  it('is of the rows of a copy', () => {
    const piece = { offset: 16, pitch: 256, columns: 3, row: 5 };
    const pieces = [64, 1, 9].map((rows) => ({ ...piece, rows }));
    const copy: Step = { ...step(1, 1, 1), shader: 'copyBufferToTexture', pieces };
    const [cut] = truncate([copy], 1 / 8)!;
    expect(cut).toEqual({ ...copy, pieces: [8, 1, 2].map((rows) => ({ ...piece, rows })) });
  });

  it('is refused where it would come out much larger than asked for', () => {
    expect(groups(1 / 8, step(64, 1, 1), step(4, 1, 1))).toBeUndefined();
    expect(groups(1 / 8, step(9, 1, 1))).toBeUndefined();
    // 2 of 15 for 1.875: 7 % more.
    expect(groups(1 / 8, step(15, 1, 1))).toEqual([[2, 1, 1]]);
  });
});
