import { describe, expect, it } from 'vitest';
import { shapeDistance } from '../../src/gpu/shape-text.js';
import { VariantTable } from '../../src/gpu/variants.js';

describe('the choice of a variant', () => {
  it('is the first of the ranking that can take the shape, and without one the first eligible', () => {
    const table = new VariantTable();
    expect(table.choose('conv2d', '8', ['a', 'b'])).toBe('a');
    table.rank('conv2d', '8', ['c', 'b', 'a']);
    expect(table.choose('conv2d', '8', ['a', 'b'])).toBe('b');
    expect(table.choose('gram', '8', ['a', 'b'])).toBe('a');
    expect(table.choose('conv2d', '8', ['d'])).toBe('d');
  });

  it('is that of the shape most like it where it was not measured itself', () => {
    const table = new VariantTable();
    table.rank('conv2d', '3→64 @ 128×128', ['a', 'b', 'c', 'd']);
    table.rank('conv2d', '64→64 @ 32×32', ['b', 'a', 'c', 'd']);
    table.rank('conv2d', '64→64 @ 128×128, relu', ['c', 'b', 'a', 'd']);
    const choose = (shape: string) => table.choose('conv2d', shape, ['d', 'c', 'b', 'a']);
    expect(choose('3→64 @ 64×64')).toBe('a');
    expect(choose('64→128 @ 64×64')).toBe('b');
    expect(choose('64→64 @ 120×120'), 'its words agree').toBe('b');
    expect(choose('64→64 @ 120×120, relu')).toBe('c');
    expect(choose('64 @ 120'), 'nothing is like it').toBe('d');
    expect(choose('64→64 @ 2×2'), 'all that is like it is far too large').toBe('d');
    const wider = table.choose('conv2d', '64→64 @ 32×33', ['new', 'd', 'c', 'b', 'a']);
    expect(wider, 'nothing like it had this choice').toBe('new');
  });

  it('is what is forced before all, for what belongs to the operation too', () => {
    const table = new VariantTable();
    table.rank('conv2d', '8', ['b', 'a']);
    table.force('conv2d', 'a');
    expect(table.choose('conv2d', '8', ['b', 'a'])).toBe('a');
    expect(table.choose('conv2d.dInput', '8', ['b', 'a'])).toBe('a');
    expect(() => table.choose('conv2d', '8', ['b'])).toThrow(/forced variant 'a' cannot take this shape/);
    table.force('conv2d.dInput', 'b');
    expect(table.choose('conv2d.dInput', '8', ['b', 'a'])).toBe('b');
    table.force('conv2d', undefined);
    expect(table.choose('conv2d', '8', ['b', 'a'])).toBe('b');
    expect(table.forcedFor('conv2d')).toBeUndefined();
  });

  it('is what is preferred wherever it can take the shape, unless something is forced', () => {
    const table = new VariantTable();
    table.rank('conv2d', '8', ['b', 'a']);
    table.prefer('a');
    expect(table.choose('conv2d', '8', ['b', 'a'])).toBe('a');
    expect(table.choose('conv2d', '8', ['b', 'c'])).toBe('b');
    expect(table.choose('gram', '8', ['c', 'a'])).toBe('a');
    table.force('conv2d', 'b');
    expect(table.choose('conv2d', '8', ['b', 'a'])).toBe('b');
    table.prefer(undefined);
    expect(table.choose('gram', '8', ['c', 'a'])).toBe('c');
  });

  it('goes over to another table whole', () => {
    const [from, to] = [new VariantTable(), new VariantTable()];
    from.rank('gram', '8', ['b', 'a']);
    from.force('conv2d', 'a');
    from.prefer('c');
    to.rank('gram', '9', ['a', 'b']);
    to.adopt(from);
    expect(to.order('gram', '8', ['a', 'b'])).toEqual(['b', 'a']);
    expect(to.order('gram', '9', ['b', 'a'])).toEqual(['a', 'b']);
    expect(to.forcedFor('conv2d')).toBe('a');
    expect(to.choose('gram', '8', ['a', 'c'])).toBe('c');
  });
});

it('knows a shape only while no variant is new', () => {
  const table = new VariantTable();
  table.rank('gram', '8', ['b', 'a']);
  expect(table.knows('gram', '8', ['a'])).toBe(true);
  expect(table.knows('gram', '8', ['a', 'b', 'c'])).toBe(false);
  expect(table.knows('gram', '9', ['a'])).toBe(false);
  expect(table.knows('conv2d', '8', ['a'])).toBe(false);
});

it('takes shapes for as unlike as their numbers are in proportion', () => {
  expect(shapeDistance('64→128 @ 64×64', '64→128 @ 64×64')).toBe(0);
  // Twice and half of 7 + 1, in logarithms, exactly.
  expect(shapeDistance('7', '15')).toBe(1);
  expect(shapeDistance('7', '3')).toBe(1);
  expect(shapeDistance('7→7', '15→3')).toBe(2);
  expect(shapeDistance('0', '0')).toBe(0);
  expect(shapeDistance('7', '7, relu')).toBeGreaterThan(shapeDistance('0', '31'));
  expect(shapeDistance('7', '7→7')).toBe(Infinity);
  // Sixteen times the pixels can be told from, sixty-four times cannot.
  expect(shapeDistance('8 @ 7×7', '8 @ 31×31')).toBe(4);
  expect(shapeDistance('8 @ 7×7', '8 @ 63×63')).toBe(Infinity);
});
