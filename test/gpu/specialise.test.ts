import { describe, expect, it } from 'vitest';
import { specialise } from '../../src/gpu/specialise.js';
import { linearGrid, MAX_WORKGROUPS_PER_AXIS } from '../../src/gpu/workgroups.js';

const source = `override COUNT: u32 = 1u;
const TILE: u32 = 4u; // TILE: u32 = 4u
const SCALE: f32 = 1.0;
const STEP = 2;
const SHARES = 1u;
fn f() { let COUNT2 = COUNT * TILE; }
`;

describe('specialising a shader', () => {
  it('hands overrides on and rewrites constants, leaving all else as it was', () => {
    const { code, overrides } = specialise('x', source, { COUNT: 7, TILE: 8, SCALE: 2, STEP: 3, SHARES: 16 });
    expect(overrides).toEqual({ COUNT: 7 });
    expect(code).toBe(
      source
        .replace('const TILE: u32 = 4u;', 'const TILE: u32 = 8u;')
        .replace('= 1.0;', '= 2.0;')
        .replace('STEP = 2;', 'STEP = 3;')
        .replace('SHARES = 1u;', 'SHARES = 16u;'),
    );
  });

  it('sets types by their aliases', () => {
    const text = 'alias Element = f32;\nalias In = f32;\nvar<private> x: Element;';
    const { code } = specialise('x', text, {}, { Element: 'vec4f' });
    expect(code).toBe('alias Element = vec4f;\nalias In = f32;\nvar<private> x: Element;');
    expect(specialise('x', text, {}, { Element: 'f32', In: 'f32' }).code).toBe(text);
  });

  it('enables halves where there are any, before all else and on no line of their own', () => {
    const text = '// Comment.\nenable subgroups;\nalias In = f32;';
    expect(specialise('x', text, {}, { In: 'vec4h' }).code).toBe(
      'enable f16; // Comment.\nenable subgroups;\nalias In = vec4h;',
    );
    expect(specialise('x', text, {}, { In: 'f16' }).code).toMatch(/^enable f16; /);
    expect(specialise('x', text, {}, { In: 'vec4f' }).code).not.toContain('enable f16');
  });

  it('refuses names that the shader does not declare', () => {
    expect(() => specialise('x', source, { COUNTS: 1 })).toThrow(
      'shaders/x.wgsl declares no override or const named COUNTS',
    );
    expect(() => specialise('x', source, { COUNT2: 1 })).toThrow(/COUNT2/);
    expect(() => specialise('x', source, {}, { TILE: 'f16' })).toThrow(
      'shaders/x.wgsl declares no alias named TILE',
    );
  });
});

describe('linear grids', () => {
  it.each([1, 255, 256, 257, 1000, 65_535 * 256, 65_535 * 256 + 1, 2 ** 31])(
    'cover %i items within the limits',
    (count) => {
      const [x, y, z] = linearGrid(count);
      expect(x * y * z * 256).toBeGreaterThanOrEqual(count);
      expect(Math.max(x, y, z)).toBeLessThanOrEqual(MAX_WORKGROUPS_PER_AXIS);
      // Few workgroups have nothing to do: less than one more row than needed.
      expect((x * y - y) * 256).toBeLessThan(count);
    },
  );
});
