import { requireObject } from '../checks.js';
import { UserError } from '../errors.js';
import { BufferUsage, TextureUsage } from '../gpu/flags.js';
import type { Gpu } from '../gpu/gpu.js';
import { guard } from '../gpu/guard.js';
import { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { pictureFault, type Pixels, sizeFault, toPlanar } from '../image/pixels.js';
import { copy, resize, TEXEL_FORMATS, type TexelFormat, texelWords, unpackImage } from '../kernels/index.js';
import { prepareImage } from '../style/prepare.js';
import { sameSize, type Size } from '../style/sizes.js';

/** Texels in a caller's buffer, rows from the top. */
export interface BufferPicture {
  /** With the usage COPY_SRC to be read, COPY_DST to be written. */
  readonly buffer: GPUBuffer;
  /** In texels. */
  readonly width: number;
  readonly height: number;
  readonly format: TexelFormat;
  /** Where the first texel is, in bytes, a multiple of 4; default: 0. */
  readonly offset?: number;
  /** From one row to the next, a multiple of 4; default: no more than the texels take. */
  readonly bytesPerRow?: number;
}

/**
 * A picture as whoever embeds us has it: RGBA pixels on the host, as an `ImageData` is; a two-dimensional texture with
 * the usage COPY_SRC and a format of `TexelFormat`; or texels in a buffer. What is transparent is laid on white.
 */
export type Picture = Pixels | GPUTexture | BufferPicture;

/** WebGPU's rule for rows of a copy between a buffer and a texture, in bytes. */
export const ROW_ALIGNMENT = 256;

/** Width and height of a picture, in pixels. */
export function sizeOf({ width, height }: Picture): Size {
  return { width, height };
}

/** @throws UserError naming the picture where it is no picture that can be read. */
export function checkPicture(name: string, picture: Picture): void {
  requireObject(name, picture, 'ImageData, a GPUTexture, or texels in a buffer');
  if (isTexture(picture)) return checkTexture(name, picture, TextureUsage.COPY_SRC, 'COPY_SRC');
  if (isBuffer(picture)) return checkBuffer(name, picture, BufferUsage.COPY_SRC, 'COPY_SRC');
  const fault = pictureFault(picture);
  if (fault !== undefined) throw new UserError(`${name} ${fault}`);
}

/** @throws UserError unless texels can be copied to or from the texture. */
export function checkTexture(name: string, texture: GPUTexture, usage: number, usageName: string): void {
  requireObject(name, texture, 'a GPUTexture');
  const { format, dimension, sampleCount, depthOrArrayLayers } = texture;
  requireFormat(name, format);
  if (dimension !== '2d' || sampleCount !== 1 || depthOrArrayLayers !== 1) {
    throw new UserError(
      `${name} is a ${dimension} texture of ${depthOrArrayLayers} layers and ${sampleCount} samples; give a 2d texture ` +
        'of one layer and one sample.',
    );
  }
  if ((texture.usage & usage) === 0)
    throw new UserError(
      `${name} is a texture without the usage ${usageName}; create it with GPUTextureUsage.${usageName}.`,
    );
}

/** @throws UserError unless the texels lie in the buffer and can be copied to or from it. */
export function checkBuffer(name: string, picture: BufferPicture, usage: number, usageName: string): void {
  requireObject(name, picture, 'a buffer with width, height and format');
  const { buffer, width, height, format, offset = 0 } = picture;
  requireObject(`${name}'s buffer`, buffer, 'a GPUBuffer');
  const fault = sizeFault(picture);
  if (fault !== undefined) throw new UserError(`${name} ${fault}`);
  requireFormat(name, format);
  const texels = 4 * texelWords(format) * width;
  const stride = bytesPerRow(picture);
  if ((buffer.usage & usage) === 0)
    throw new UserError(
      `${name} is a buffer without the usage ${usageName}; create it with GPUBufferUsage.${usageName}.`,
    );
  if (offset % 4 !== 0 || stride % 4 !== 0 || offset < 0 || stride < texels) {
    throw new UserError(
      `${name} has its rows ${stride} bytes apart from byte ${offset} on; both must be multiples of 4, and a row of ` +
        `${width} texels of ${format} takes ${texels} bytes.`,
    );
  }
  const end = offset + stride * (height - 1) + texels;
  if (end > buffer.size)
    throw new UserError(
      `${name} ends at byte ${end}, but its buffer has ${buffer.size}; give a larger buffer or a smaller size.`,
    );
}

/** From one row of the picture to the next. */
export function bytesPerRow({ format, width, bytesPerRow: given }: BufferPicture): number {
  return given ?? 4 * texelWords(format) * width;
}

/**
 * Brings a picture to a tensor of its own, [1, 3, H, W], RGB in 0..1, scaled to `size`, for the caller to free. What is on
 * the GPU stays there.
 *
 * @throws LimitError where it is too large for this GPU.
 */
export async function importPicture(gpu: Gpu, name: string, picture: Picture, size: Size): Promise<Tensor> {
  if (!isTexture(picture) && !isBuffer(picture)) return prepareImage(gpu, name, toPlanar(picture), { size });
  const { width, height } = picture;
  const format = isTexture(picture) ? requireFormat(name, picture.format) : picture.format;
  const rowBytes = isTexture(picture)
    ? Math.ceil((4 * texelWords(format) * width) / ROW_ALIGNMENT) * ROW_ALIGNMENT
    : bytesPerRow(picture);
  const target = gpu.tensor(name, [1, 3, size.height, size.width]);
  let packed: Tensor | undefined;
  try {
    packed = gpu.tensor(`${name} texels`, [height, rowBytes / 4]);
    await copyTexels(gpu, name, picture, packed, rowBytes);
    const recorder = new Recorder(gpu, `import ${name}`);
    const whole = unpackImage(recorder, packed, { format, width });
    const scaled = sameSize(picture, size) ? whole : resize(recorder, whole, size.height, size.width);
    copy(recorder, scaled, target);
    const program = await recorder.freeze();
    const refused = await program.run();
    program.dispose();
    if (refused) throw refused;
    return target;
  } catch (error) {
    gpu.free(target);
    throw error;
  } finally {
    if (packed) gpu.free(packed);
  }
}

/** Queues the copy of a caller's texels into a tensor of ours, and waits only to hear that it was allowed. */
async function copyTexels(
  { device }: Gpu,
  name: string,
  picture: GPUTexture | BufferPicture,
  packed: Tensor,
  rowBytes: number,
): Promise<void> {
  const { width, height } = picture;
  const buffer = packed.storage.buffer!;
  const { refused } = guard(device, `Reading ${name}`, () => {
    const encoder = device.createCommandEncoder({ label: `import ${name}` });
    if (isTexture(picture)) {
      encoder.copyTextureToBuffer({ texture: picture }, { buffer, bytesPerRow: rowBytes }, [width, height]);
    } else {
      const { offset = 0, format } = picture;
      const bytes = rowBytes * (height - 1) + 4 * texelWords(format) * width;
      encoder.copyBufferToBuffer(picture.buffer, offset, buffer, 0, bytes);
    }
    device.queue.submit([encoder.finish()]);
  });
  const error = await refused;
  if (error) throw error;
}

function isTexture(picture: Picture): picture is GPUTexture {
  return 'createView' in picture;
}

function isBuffer(picture: Picture): picture is BufferPicture {
  return 'buffer' in picture;
}

function requireFormat(name: string, format: string): TexelFormat {
  const known = TEXEL_FORMATS.find((candidate) => candidate === format);
  if (known === undefined)
    throw new UserError(`${name} has the format ${format}; use one of ${TEXEL_FORMATS.join(', ')}.`);
  return known;
}
