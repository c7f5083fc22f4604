/** Tensors in textures: the text that shaders become for them, and what they compute from it. */
import { describe, expect, it } from 'vitest';
import { read, uniform as bindUniform, update, write } from '../../src/gpu/dispatch.js';
import { LimitError, ShapeError, ValidationError } from '../../src/gpu/errors.js';
import { Recorder } from '../../src/gpu/recorder.js';
import { type Form, Tensor } from '../../src/gpu/tensor.js';
import {
  TEXEL_COLUMNS,
  createTexels,
  inTexels,
  type TexelAccess,
  texelBytes,
  texelGrid,
} from '../../src/gpu/texels.js';
import { linearGrid } from '../../src/gpu/workgroups.js';
import { useGpu } from '../support/gpu.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();

describe('a shader for texels', () => {
  const source = `@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;
fn f(i: u32) {
  let abc = a[i] + a[b[i + 1u].x];
  c[i] = abc * 2.0;
  c[b[0].y] = a[0];
}
`;
  const accesses = (...entries: [number, TexelAccess][]) => {
    const found = new Map(entries);
    return [0, 1, 2, 3].map((binding) => found.get(binding));
  };

  it('loads what it reads, an index within an index as well', () => {
    expect(
      inTexels('x', source, accesses([0, 'read-only'], [1, 'read-only']))
        .split('\n')
        .slice(0, 8),
    ).toEqual([
      '@group(0) @binding(0) var a: texture_storage_2d<rgba32uint, read>;',
      '@group(0) @binding(1) var b: texture_storage_2d<rgba32uint, read>;',
      '@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;',
      'fn f(i: u32) {',
      '  let abc = bitcast<vec4f>(textureLoad(a, texel(u32(i)))) + ' +
        'bitcast<vec4f>(textureLoad(a, texel(u32(bitcast<vec4u>(textureLoad(b, texel(u32(i + 1u)))).x))));',
      '  c[i] = abc * 2.0;',
      '  c[bitcast<vec4u>(textureLoad(b, texel(u32(0)))).y] = bitcast<vec4f>(textureLoad(a, texel(u32(0))));',
      '}',
    ]);
  });

  it('stores what it writes', () => {
    const lines = inTexels('x', source, accesses([2, 'write-only'])).split('\n');
    expect(lines[2]).toBe('@group(0) @binding(2) var c: texture_storage_2d<rgba32uint, write>;');
    expect(lines[5]).toBe('  textureStore(c, texel(u32(i)), bitcast<vec4u>(abc * 2.0));');
    expect(lines[6]).toBe('  textureStore(c, texel(u32(b[0].y)), bitcast<vec4u>(a[0]));');
  });

  it('is refused where it does more than write', () => {
    for (const use of ['c[i] += a[i];', 'c[i].x = 1.0;', 'let old = c[i];']) {
      const text = source.replace('c[i] = abc * 2.0;', use);
      expect(() => inTexels('x', text, accesses([2, 'write-only']))).toThrow(
        'shaders/x.wgsl does more with c than to write it.',
      );
    }
  });

  it('stays as it is where nothing lies in texels', () => {
    expect(inTexels('x', source, accesses())).toBe(source);
  });

  it('is refused where it declares no array of vectors', () => {
    const scalars = '@group(0) @binding(0) var<storage, read> a: array<f32>;';
    for (const [text, binding] of [
      [scalars, 0],
      [source, 3],
    ] as const) {
      expect(() => inTexels('x', text, accesses([binding, 'read-only']))).toThrow(
        `shaders/x.wgsl declares no array of vec4f or vec4u as binding ${binding}.`,
      );
    }
  });
});

describe('a tensor in texels', () => {
  it('takes rows of 1024, or one row of whole 256 bytes', () => {
    expect(texelGrid(4)).toEqual({ columns: 16, rows: 1 });
    expect(texelGrid(17 * 16)).toEqual({ columns: 32, rows: 1 });
    expect(texelGrid(1024 * 16)).toEqual({ columns: 1024, rows: 1 });
    expect(texelGrid(1024 * 16 + 1)).toEqual({ columns: 1024, rows: 2 });
  });

  // (dy + dyᵀ) of 157 rows, padded to 160: 6400 vectors in seven rows of texels. Times a matrix of as many rows.
  const m = 157;
  const width = 160;
  const k = 36;
  const dy = uniform(1, m * m, -1, 1);
  const f = uniform(2, m * k, -1, 1);

  async function product(form: Form, resident: boolean) {
    const device = gpu();
    const inputs = { dy: device.tensor('dy', [m, m], dy), f: device.tensor('f', [m, k], f) };
    const recorder = new Recorder(device, 'texels');
    let s: Tensor;
    if (!resident) s = recorder.temporary('s', [width, width], 'f32', form);
    else s = device.zeros('s', [width, width], form);
    recorder.dispatch({
      label: 'symmetrise',
      shader: 'gram_symmetrise',
      constants: { M: m, WIDTH: width, SCALE: 0.5 },
      bindings: [read(inputs.dy), write(s)],
      workgroups: linearGrid((width * width) / 4),
    });
    const df = recorder.temporary('df', [m, k]);
    recorder.dispatch({
      label: 'product',
      shader: 'gram_backward_lanes',
      constants: { M: m, K: k, K4: k / 4, WIDTH4: width / 4, ACCUMULATE: 0 },
      bindings: [read(inputs.f), read(s), write(df)],
      workgroups: [1, width / 16, 1],
    });
    const program = await recorder.freeze([df]);
    void program.run();
    const result = {
      df: await device.read(df),
      s: resident ? await device.read(s) : undefined,
      bytes: program.bytes,
    };
    program.dispose();
    const held = device.memory.bytes;
    for (const tensor of [...Object.values(inputs), ...(resident ? [s] : [])]) device.free(tensor);
    return { ...result, freed: held - device.memory.bytes };
  }

  it('holds what one in a buffer does, and gives it to kernels', async () => {
    const buffer = await product('buffer', true);
    const texels = await product('texels', true);
    expect(Math.max(...buffer.s!.map(Math.abs))).toBeGreaterThan(0.9);
    expect(texels.s).toEqual(buffer.s);
    expect(texels.df).toEqual(buffer.df);
    expect(texels.freed).toBe(buffer.freed);
    expect(texels.freed).toBe(4 * (m * m + m * k + width * width));
  });

  it('may be a temporary, with memory of its own that goes with the program', async () => {
    const buffer = await product('buffer', false);
    const texels = await product('texels', false);
    expect(texels.df).toEqual(buffer.df);
    expect(texels.bytes).toBe(4 * (width * width + m * k));
  });

  it('is zeros until a kernel writes it', async () => {
    const tensor = gpu().zeros('zeros', [3, 5], 'texels');
    expect(await gpu().read(tensor)).toEqual(new Float32Array(15));
    gpu().free(tensor);
  });

  it('is neither updated nor bound as a uniform, and written by kernels alone', () => {
    const tensor = gpu().zeros('t', [8], 'texels');
    const recorder = new Recorder(gpu(), 'texels');
    for (const [binding, access] of [
      [update(tensor), 'update'],
      [bindUniform(tensor), 'uniform'],
    ] as const) {
      const dispatch = () =>
        recorder.dispatch({ label: 'no', shader: 'copy', bindings: [binding], workgroups: [1, 1, 1] });
      expect(dispatch).toThrow(ShapeError);
      expect(dispatch).toThrow(`no: t[8] lies in texels, and cannot be bound for the access '${access}'.`);
    }
    const view = new Tensor(tensor.storage, [4], 16);
    expect(() =>
      recorder.dispatch({ label: 'no', shader: 'copy', bindings: [read(view)], workgroups: [1, 1, 1] }),
    ).toThrow('no: t[4] is a view into texels, which are bound as a whole.');
    expect(() => gpu().write(tensor, new Float32Array(8))).toThrow(ValidationError);
    gpu().free(tensor);
  });

  it('takes copies of parts of a buffer, which leave the rest as it is', async () => {
    const device = gpu();
    // Two matrices, of which the second is the view that is copied from: its rows are 80 vec4s, 1280 bytes.
    const [rows, vectors] = [3, 80];
    const data = uniform(3, 2 * rows * vectors * 4);
    const source = device.tensor('source', [2, rows, vectors * 4], data);
    const offset = rows * vectors * 16;
    const view = new Tensor(source.storage, [rows, vectors * 4], offset);
    const to = device.zeros('to', [(2 * rows + 1) * TEXEL_COLUMNS * 4], 'texels');
    const recorder = new Recorder(device, 'copies');
    const pitch = vectors * 16;
    recorder.copyIntoTexels('copy', view, to, [
      { offset: 0, pitch, columns: 48, rows, row: 0 },
      { offset: 48 * 16, pitch, columns: 32, rows, row: rows },
      { offset: pitch + 16, pitch, columns: 1, rows: 1, row: 2 * rows },
    ]);
    await recorder.runOnce();
    const expected = new Float32Array(to.size);
    const put = (row: number, from: number, count: number) =>
      expected.set(
        data.subarray(offset / 4 + 4 * from, offset / 4 + 4 * (from + count)),
        4 * row * TEXEL_COLUMNS,
      );
    for (let row = 0; row < rows; row++) {
      put(row, row * vectors, 48);
      put(rows + row, row * vectors + 48, 32);
    }
    put(2 * rows, vectors + 1, 1);
    expect(await device.read(to)).toEqual(expected);
    expect(() => recorder.copyIntoTexels('copy', to, view, [])).toThrow(
      /^copy: copies from a buffer into texels, not from to\[\d+\] to source\[3, 320\]\.$/,
    );
    device.free(source);
    device.free(to);
  });

  it('is refused beyond the largest texture, before anything is made', () => {
    const { device } = gpu();
    const most = texelBytes(device.limits);
    expect(() => createTexels(device, 'huge', most + 1)).toThrow(LimitError);
    expect(() => createTexels(device, 'huge', most + 1)).toThrow(/^huge needs .* in one texture/);
  });
});
