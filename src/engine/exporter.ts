import { UserError } from '../errors.js';
import type { GpuError } from '../gpu/errors.js';
import { BufferUsage, TextureUsage } from '../gpu/flags.js';
import type { Gpu } from '../gpu/gpu.js';
import { Encoding } from '../gpu/encoding.js';
import { guard } from '../gpu/guard.js';
import type { Program } from '../gpu/program.js';
import { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import type { Pixels8 } from '../image/pixels.js';
import { packImage, pixelBytes, type TexelFormat, texelWords } from '../kernels/index.js';
import { type BufferPicture, bytesPerRow, checkBuffer, checkTexture, ROW_ALIGNMENT } from './pictures.js';

/** Packs a picture and keeps the result ready to be copied from. */
interface Packing {
  program: Program;
  /** [H, words], rows at multiples of 256 bytes. */
  packed: Tensor;
  refused: Promise<GpuError | undefined>;
}

/**
 * Gives out one picture, as pixels or as texels in a caller's texture or buffer. What each format needs is made once,
 * without a wait.
 */
export class Exporter {
  private readonly packings = new Map<string, Packing>();

  /**
   * To be made once `compile` is done.
   *
   * @param image [1, 3, H, W], RGB; colours outside 0..1 are clamped.
   */
  constructor(
    private readonly gpu: Gpu,
    private readonly image: Tensor,
  ) {}

  /** Compiles what all exporters of a device share; the rest can be made between two frames. */
  static async compile(gpu: Gpu, image: Tensor): Promise<void> {
    const recorder = new Recorder(gpu, 'export');
    packImage(recorder, image);
    (await recorder.freeze()).dispose();
  }

  get width(): number {
    return this.image.shape[3]!;
  }

  get height(): number {
    return this.image.shape[2]!;
  }

  /** Bytes of GPU memory that the formats used so far take. */
  get bytes(): number {
    return [...this.packings.values()].reduce((sum, { program }) => sum + program.bytes, 0);
  }

  /** RGBA bytes of their own, opaque, once all that was queued before is done. */
  async pixels(): Promise<Pixels8> {
    const { width, height } = this;
    const { program, packed, refused } = this.packing('rgba8unorm');
    const errors = Promise.all([refused, program.run()]);
    const words = await this.gpu.read(packed);
    const error = (await errors).find((found) => found !== undefined);
    if (error) throw error;
    const stride = packed.shape[1]!;
    const dense = new Float32Array(width * height);
    // Bits, not numbers, and a typed array's `set` from one of the same type moves bytes.
    for (let row = 0; row < height; row++) {
      dense.set(words.subarray(row * stride, row * stride + width), row * width);
    }
    return { width, height, data: pixelBytes(dense) };
  }

  /**
   * Queues the copy into a texture and returns at once.
   *
   * @returns what the device refuses of it; never rejects.
   * @throws UserError for a texture of another size or format, or without the usage COPY_DST.
   */
  writeTexture(texture: GPUTexture): Promise<GpuError | undefined> {
    const { width, height } = this;
    checkTexture('The target', texture, TextureUsage.COPY_DST, 'COPY_DST');
    this.requireSize(texture);
    return this.write(texture.format as TexelFormat, (encoder, buffer, rowBytes) =>
      encoder.copyBufferToTexture({ buffer, bytesPerRow: rowBytes }, { texture }, [width, height]),
    );
  }

  /** The same into a buffer. @throws UserError for one of another size, or without the usage COPY_DST. */
  writeBuffer(target: BufferPicture): Promise<GpuError | undefined> {
    const { height, width } = this;
    checkBuffer('The target', target, BufferUsage.COPY_DST, 'COPY_DST');
    this.requireSize(target);
    const { format, offset = 0 } = target;
    const stride = bytesPerRow(target);
    return this.write(format, (encoder, buffer, rowBytes) => {
      for (let row = 0; row < height; row++) {
        const bytes = 4 * texelWords(format) * width;
        encoder.copyBufferToBuffer(buffer, row * rowBytes, target.buffer, offset + row * stride, bytes);
      }
    });
  }

  dispose(): void {
    for (const { program } of this.packings.values()) program.dispose();
    this.packings.clear();
  }

  private write(
    format: TexelFormat,
    copy: (encoder: GPUCommandEncoder, buffer: GPUBuffer, rowBytes: number) => void,
  ): Promise<GpuError | undefined> {
    const { device } = this.gpu;
    const { program, packed, refused: unmade } = this.packing(format);
    const { refused } = guard(device, 'Writing the picture', () => {
      const encoder = device.createCommandEncoder({ label: 'export' });
      const encoding = new Encoding(encoder);
      program.encode(encoding);
      encoding.end();
      copy(encoder, packed.storage.buffer!, 4 * packed.shape[1]!);
      device.queue.submit([encoder.finish()]);
    });
    return Promise.all([unmade, refused]).then(([first, second]) => first ?? second);
  }

  private packing(format: TexelFormat): Packing {
    const key = format.replace('-srgb', '');
    let packing = this.packings.get(key);
    if (!packing) {
      const recorder = new Recorder(this.gpu, 'export');
      const packed = packImage(recorder, this.image, { format, alignment: ROW_ALIGNMENT / 4 });
      packing = { ...recorder.freezeNow([packed]), packed };
      this.packings.set(key, packing);
    }
    return packing;
  }

  private requireSize({ width, height }: { width: number; height: number }): void {
    if (width === this.width && height === this.height) return;
    throw new UserError(
      `The target has ${width}×${height} pixels, but the picture has ${this.width}×${this.height}; give one of the ` +
        "job's width and height.",
    );
  }
}
