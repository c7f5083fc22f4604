import { describe, expect, it } from 'vitest';
import {
  packImage,
  type PackOptions,
  pixelBytes,
  pixelWords,
  type TexelFormat,
  unpackImage,
  type UnpackOptions,
} from '../../src/kernels/index.js';
import { floatToHalf, halfToFloat } from '../../src/vgg/half.js';
import { evaluate, useGpu } from '../support/gpu.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();

/** Seeded RGBA bytes; opaque unless an alpha is to be random too. */
function picture(seed: number, pixels: number, opaque: boolean): Uint8ClampedArray {
  const rgba = Uint8ClampedArray.from(uniform(seed, 4 * pixels, 0, 256), Math.floor);
  if (opaque) for (let i = 3; i < rgba.length; i += 4) rgba[i] = 255;
  return rgba;
}

/** v/255 on white, in float64, planar. */
function planar(rgba: Uint8ClampedArray): Float64Array {
  const pixels = rgba.length / 4;
  return Float64Array.from({ length: 3 * pixels }, (_, i) => {
    const at = 4 * (i % pixels);
    const alpha = rgba[at + 3]! / 255;
    return (rgba[at + Math.floor(i / pixels)]! / 255) * alpha + 1 - alpha;
  });
}

async function unpack(rgba: Uint8ClampedArray, shape: number[]) {
  const [y] = await evaluate(gpu(), [{ data: pixelWords(rgba), shape }], (r, x) => unpackImage(r, x!));
  return y!;
}

async function pack(data: Float32Array, shape: number[]) {
  const [words] = await evaluate(gpu(), [{ data, shape }], (r, x) => packImage(r, x!));
  return pixelBytes(words!);
}

describe.each([
  [1, 1],
  [1, 17],
  [5, 1],
  [37, 53],
])('a picture of %i × %i', (height, width) => {
  it('is unpacked to v/255', async () => {
    const rgba = picture(1, height * width, true);
    // WGSL grants a division 2.5 ulp, and an ulp is at most 2⁻²³ of the value.
    expect(await unpack(rgba, [height, width])).toBeAllClose(planar(rgba), { relative: 3e-7 });
  });

  it('is laid on white where it is transparent', async () => {
    const rgba = picture(2, height * width, false);
    // Two quotients below 1, a product, a difference and a sum: a few roundings of 2⁻²⁴ each.
    expect(await unpack(rgba, [height, width])).toBeAllClose(planar(rgba), { absolute: 6e-7 });
  });

  it('is packed to the nearest byte, clamped, opaque', async () => {
    const x = uniform(3, 3 * height * width, -0.2, 1.2);
    const bytes = await pack(x, [1, 3, height, width]);
    const exact = Float64Array.from(x, (v) => 255 * Math.min(Math.max(v, 0), 1) + 0.5);
    for (let i = 0; i < x.length; i++) {
      const byte = bytes[4 * (i % (height * width)) + Math.floor(i / (height * width))]!;
      // The two float32 operations may be off by an ulp of 256 each, which tells only beside a tie.
      expect([Math.floor(exact[i]! - 3e-5), Math.floor(exact[i]! + 3e-5)]).toContain(byte);
    }
    expect(bytes.filter((_, i) => i % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
  });
});

it('gives every byte back unchanged, in every channel', async () => {
  const rgba = new Uint8ClampedArray(4 * 256).fill(255);
  for (let v = 0; v < 256; v++) rgba.set([v, 255 - v, (v * 7) % 256], 4 * v);
  const [words] = await evaluate(gpu(), [{ data: pixelWords(rgba), shape: [16, 16] }], (r, x) =>
    packImage(r, unpackImage(r, x!)),
  );
  expect(pixelBytes(words!)).toEqual(rgba);
});

it('rounds ties up', async () => {
  // 255/2 = 127.5: exact in float32, and so is the sum with a half.
  const bytes = await pack(Float32Array.of(0.5, 0.5, 0.5), [1, 3, 1, 1]);
  expect([...bytes]).toEqual([128, 128, 128, 255]);
});

it('takes bytes at any address', async () => {
  const rgba = picture(4, 3, true);
  const shifted = new Uint8Array(rgba.length + 1).subarray(1);
  shifted.set(rgba);
  expect(pixelBytes(pixelWords(shifted))).toEqual(rgba);
});

it.each([[[1, 4, 2, 2]], [[2, 3, 2, 2]], [[3, 2, 2]]])('refuses to pack %j', async (shape) => {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  await expect(pack(data, shape)).rejects.toThrow(/one RGB picture \[1, 3, H, W\]/);
});

it('refuses to unpack what is no packed picture', async () => {
  await expect(unpack(picture(5, 6, true), [1, 2, 3])).rejects.toThrow(/\[H, W\]/);
});

describe.each<[TexelFormat, number]>([
  ['rgba8unorm', 4],
  ['bgra8unorm', 4],
  ['bgra8unorm-srgb', 4],
  ['rgba16float', 8],
  ['rgba32float', 16],
])('rows of %s', (format, bytesPerTexel) => {
  const [height, width] = [5, 7];
  const rowBytes = 256;

  /** The texel of colours r, g, b and alpha a, each 0..1, as bytes. */
  function texel(color: readonly number[]): Uint8Array {
    if (format === 'rgba32float') return new Uint8Array(Float32Array.from(color).buffer);
    if (format === 'rgba16float') return new Uint8Array(Uint16Array.from(color, floatToHalf).buffer);
    const bytes = Uint8Array.from(color, (v) => Math.floor(255 * v + 0.5));
    return format.startsWith('bgra') ? Uint8Array.of(bytes[2]!, bytes[1]!, bytes[0]!, bytes[3]!) : bytes;
  }
  /** What a texel's number is read as. */
  const stored = (v: number) => (format.includes('float') ? v : Math.floor(255 * v + 0.5) / 255);

  // WGSL leaves open to which neighbour a number that is no float16 is rounded.
  const exact = (v: number) => (format === 'rgba16float' ? halfToFloat(floatToHalf(v)) : v);
  const colors = Array.from({ length: height * width }, (_, p) => [...uniform(40 + p, 3, 0, 1).map(exact)]);
  const image = Float32Array.from({ length: 3 * height * width }, (_, i) => {
    const p = i % (height * width);
    return colors[p]![Math.floor(i / (height * width))]!;
  });
  const rows = new Uint8Array(rowBytes * height);
  colors.forEach((color, p) => {
    rows.set(texel([...color, 1]), Math.floor(p / width) * rowBytes + (p % width) * bytesPerTexel);
  });

  it('are read, whatever lies between them', async () => {
    const littered = rows.slice();
    for (let row = 0; row < height; row++) {
      littered.fill(0x7f, row * rowBytes + width * bytesPerTexel, (row + 1) * rowBytes);
    }
    const options: UnpackOptions = { format, width };
    const input = { data: pixelWords(littered), shape: [height, rowBytes / 4] };
    const [y] = await evaluate(gpu(), [input], (r, x) => unpackImage(r, x!, options));
    // The division's 2.5 ulp; floats are copied.
    expect(y).toBeAllClose(Float64Array.from(image, stored), { relative: format.includes('8') ? 3e-7 : 0 });
  });

  it('are written with room between them', async () => {
    const options: PackOptions = { format, alignment: rowBytes / 4 };
    const input = { data: image, shape: [1, 3, height, width] };
    const [words] = await evaluate(gpu(), [input], (r, x) => packImage(r, x!, options));
    const written = pixelBytes(words!);
    expect(written.length).toBe(rows.length);
    for (let row = 0; row < height; row++) {
      const [from, to] = [row * rowBytes, row * rowBytes + width * bytesPerTexel];
      expect([...written.subarray(from, to)]).toEqual([...rows.subarray(from, to)]);
    }
  });
});

it('lays what is transparent on white in floats too', async () => {
  const half = { data: Float32Array.of(0.25, 0.5, 1, 0.5), shape: [1, 4] };
  const [y] = await evaluate(gpu(), [half], (r, x) => unpackImage(r, x!, { format: 'rgba32float' }));
  expect([...y!]).toEqual([0.625, 0.75, 1]);
});

it('refuses rows that are too short', async () => {
  const input = { data: new Float32Array(6), shape: [2, 3] };
  await expect(
    evaluate(gpu(), [input], (r, x) => unpackImage(r, x!, { format: 'rgba16float', width: 2 })),
  ).rejects.toThrow(/2 texels of rgba16float take 4 words/);
});
