import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../src/engine/engine.js';
import type { Job } from '../../src/engine/job.js';
import { type BufferPicture, importPicture, type Picture } from '../../src/engine/pictures.js';
import { BufferUsage, MapMode, TextureUsage } from '../../src/gpu/flags.js';
import type { Pixels8 } from '../../src/image/pixels.js';
import { toPlanar } from '../../src/image/pixels.js';
import { TEXEL_FORMATS, type TexelFormat, texelWords } from '../../src/kernels/index.js';
import { floatToHalf, halfToFloat } from '../../src/vgg/half.js';
import { seededFilters } from '../support/filters.js';
import { seededPixels, SHALLOW } from '../support/pictures.js';
import { useWatchedDevice } from '../support/watched-device.js';

const watched = useWatchedDevice();
let engine: Engine;
beforeEach(async () => {
  engine = await createEngine({ device: watched().device });
});
afterEach(() => {
  engine.dispose();
  expect(watched().errors).toEqual([]);
});

const [width, height] = [13, 6];
const pixels = seededPixels('probe', height, width);

/** The picture's texels, rows `stride` bytes apart. */
function texels({ data }: Pixels8, format: TexelFormat, stride: number): Uint8Array<ArrayBuffer> {
  const bytes = 4 * texelWords(format);
  const rows = new Uint8Array(stride * height);
  for (let p = 0; p < width * height; p++) {
    const color = [...data.subarray(4 * p, 4 * p + 4)];
    rows.set(texel(color, format), Math.floor(p / width) * stride + (p % width) * bytes);
  }
  return rows;
}

function texel(color: number[], format: TexelFormat): Uint8Array {
  const [r, g, b, a] = color as [number, number, number, number];
  if (format.startsWith('rgba8')) return Uint8Array.of(r, g, b, a);
  if (format.startsWith('bgra8')) return Uint8Array.of(b, g, r, a);
  const values = color.map((v) => v / 255);
  if (format === 'rgba32float') return new Uint8Array(Float32Array.from(values).buffer);
  return new Uint8Array(Uint16Array.from(values, floatToHalf).buffer);
}

/** What each channel is when it has been stored in the format. */
function stored(format: TexelFormat): Float64Array {
  const exact = Float64Array.from(toPlanar(pixels).data);
  return format === 'rgba16float' ? exact.map((v) => halfToFloat(floatToHalf(v))) : exact;
}

/** The division's 2.5 ulp of WGSL; float16 is read as it is. */
const READ = { relative: 3e-7 };

async function read(picture: Picture): Promise<Float32Array> {
  const tensor = await importPicture(engine.gpu, 'The picture', picture, { width, height });
  try {
    return await engine.gpu.read(tensor);
  } finally {
    engine.gpu.free(tensor);
  }
}

async function bytesOf(buffer: GPUBuffer): Promise<Uint8Array> {
  const { device } = watched();
  const staging = device.createBuffer({
    size: buffer.size,
    usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST,
  });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, buffer.size);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(MapMode.READ);
  const bytes = new Uint8Array(staging.getMappedRange().slice(0));
  staging.destroy();
  return bytes;
}

function texture(format: GPUTextureFormat, usage: number): GPUTexture {
  return watched().device.createTexture({ size: [width, height], format, usage });
}

describe.each(TEXEL_FORMATS)('%s', (format) => {
  it('is read from a texture', async () => {
    const source = texture(format, TextureUsage.COPY_SRC | TextureUsage.COPY_DST);
    watched().device.queue.writeTexture(
      { texture: source },
      texels(pixels, format, 256),
      { bytesPerRow: 256 },
      [width, height],
    );
    expect(await read(source)).toBeAllClose(stored(format), READ);
    source.destroy();
  });

  it('is read from a buffer, from anywhere in it', async () => {
    const bytesPerRow = 4 * texelWords(format) * width + 20;
    const rows = texels(pixels, format, bytesPerRow);
    const buffer = watched().device.createBuffer({
      size: 12 + rows.length,
      usage: BufferUsage.COPY_SRC | BufferUsage.COPY_DST,
    });
    watched().device.queue.writeBuffer(buffer, 12, rows);
    const picture: BufferPicture = { buffer, width, height, format, offset: 12, bytesPerRow };
    expect(await read(picture)).toBeAllClose(stored(format), READ);
    buffer.destroy();
  });

  it('is written to a texture and to a buffer without waiting, as the pixels are', async () => {
    const job = await paint();
    await job.advance({ evaluations: 2 });
    const { data } = await job.pixels();
    const { device } = watched();
    const target = texture(format, TextureUsage.COPY_DST | TextureUsage.COPY_SRC);
    const copied = device.createBuffer({
      size: 256 * height,
      usage: BufferUsage.COPY_DST | BufferUsage.COPY_SRC,
    });
    job.writeTexture(target);
    const encoder = device.createCommandEncoder();
    encoder.copyTextureToBuffer({ texture: target }, { buffer: copied, bytesPerRow: 256 }, [width, height]);
    device.queue.submit([encoder.finish()]);

    const stride = 4 * texelWords(format) * width + 8;
    const buffer = device.createBuffer({
      size: 4 + stride * height,
      usage: BufferUsage.COPY_DST | BufferUsage.COPY_SRC,
    });
    job.writeBuffer({ buffer, width, height, format, offset: 4, bytesPerRow: stride });

    const fromTexture = eightBits(await bytesOf(copied), format, 256);
    // A float16 has eleven bits: rounded to one, a number beside a tie may end on its other side.
    const step = { absolute: format === 'rgba16float' ? 1 : 0 };
    expect(fromTexture).toBeAllClose(data, step);
    expect(eightBits((await bytesOf(buffer)).subarray(4), format, stride)).toBeAllClose(data, step);
    for (const made of [target, copied, buffer]) made.destroy();
  });
});

/** Texels as RGBA bytes, floats rounded as `pixels` rounds. */
function eightBits(rows: Uint8Array, format: TexelFormat, stride: number): Uint8ClampedArray {
  const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let p = 0; p < width * height; p++) {
    const at = Math.floor(p / width) * stride + (p % width) * 4 * texelWords(format);
    for (let c = 0; c < 4; c++) {
      const channel = format.startsWith('bgra') && c < 3 ? 2 - c : c;
      rgba[4 * p + c] =
        format === 'rgba32float'
          ? Math.floor(Math.fround(Math.fround(view.getFloat32(at + 4 * c, true) * 255) + 0.5))
          : format === 'rgba16float'
            ? Math.round(halfToFloat(view.getUint16(at + 2 * c, true)) * 255)
            : rows[at + channel]!;
    }
  }
  return rgba;
}

async function paint(): Promise<Job> {
  const filters = seededFilters(engine.gpu, 'conv_2');
  return engine.stylize({
    content: pixels,
    style: pixels,
    filters,
    ...SHALLOW,
    start: 'noise',
    evaluations: 4,
  });
}

it('reads a picture of 16 bits as such', async () => {
  const data = Uint16Array.from(pixels.data, (v) => 257 * v);
  expect(await read({ width, height, data })).toBeAllClose(stored('rgba8unorm'), READ);
});

it.each<[string, (device: GPUDevice) => Picture, RegExp]>([
  [
    'a depth texture',
    () => texture('depth32float', TextureUsage.COPY_SRC),
    /format depth32float; use one of rgba8unorm/,
  ],
  ['a texture that cannot be copied from', () => texture('rgba8unorm', 0x4), /without the usage COPY_SRC/],
  [
    'a texture of many layers',
    (device) => device.createTexture({ size: [4, 4, 2], format: 'rgba8unorm', usage: TextureUsage.COPY_SRC }),
    /a 2d texture of 2 layers and 1 samples/,
  ],
  [
    'a buffer that cannot be copied from',
    (device) => bufferPicture(device, { usage: 0x80 }),
    /without the usage COPY_SRC/,
  ],
  [
    'a buffer too small',
    (device) => bufferPicture(device, { height: 9 }),
    /ends at byte 576, but its buffer has 512/,
  ],
  ['a buffer of no size', (device) => bufferPicture(device, { width: 1.5 }), /has no size: 1\.5×8/],
  ['rows too short', (device) => bufferPicture(device, { bytesPerRow: 32 }), /takes 64 bytes/],
  ['rows off their alignment', (device) => bufferPicture(device, { bytesPerRow: 65 }), /multiples of 4/],
])('refuses %s', async (_, make, message) => {
  const filters = seededFilters(engine.gpu, 'conv_2');
  const content = make(watched().device);
  await expect(engine.stylize({ content, style: pixels, filters, ...SHALLOW })).rejects.toThrow(message);
});

function bufferPicture(
  device: GPUDevice,
  options: Partial<BufferPicture> & { usage?: number },
): BufferPicture {
  const { usage = BufferUsage.COPY_SRC, ...rest } = options;
  return {
    buffer: device.createBuffer({ size: 512, usage }),
    width: 16,
    height: 8,
    format: 'rgba8unorm',
    ...rest,
  };
}

it('refuses targets of another size, format or usage', async () => {
  const job = await paint();
  const { device } = watched();
  const small = device.createTexture({ size: [4, 4], format: 'rgba8unorm', usage: TextureUsage.COPY_DST });
  expect(() => job.writeTexture(small)).toThrow(/target has 4×4 pixels, but the picture has 13×6/);
  expect(() => job.writeTexture(texture('rgba8unorm', 0x4))).toThrow(/without the usage COPY_DST/);
  expect(() => job.writeTexture(texture('r8unorm', TextureUsage.COPY_DST))).toThrow(/format r8unorm/);
  expect(() => job.writeBuffer(bufferPicture(device, {}))).toThrow(/without the usage COPY_DST/);
  const nothing = undefined as unknown;
  expect(() => job.writeTexture(nothing as GPUTexture)).toThrow(
    'The target is undefined; give a GPUTexture.',
  );
  expect(() => job.writeBuffer(nothing as BufferPicture)).toThrow(/^The target is undefined; give a buffer/);
  const none = { ...bufferPicture(device, {}), buffer: nothing as GPUBuffer };
  expect(() => job.writeBuffer(none)).toThrow("The target's buffer is undefined; give a GPUBuffer.");
});
