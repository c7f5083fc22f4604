import type { Job } from 'scumble';
import { byId } from '../dom.js';

/** GPUTextureUsage, which exists only where WebGPU does: COPY_DST and RENDER_ATTACHMENT. */
const USAGE = 0x02 | 0x10;

/** The canvas that a job's picture is copied to on the GPU, and the content behind it to compare with. */
export class Screen {
  private canvas = byId('canvas', HTMLCanvasElement);
  private readonly frame = byId('frame', HTMLElement);
  private readonly before = byId('before', HTMLImageElement);
  private readonly under = byId('under', HTMLElement);
  private readonly seam = byId('seam', HTMLElement);
  private readonly compare = byId('compare', HTMLInputElement);
  private context: GPUCanvasContext | undefined;

  constructor() {
    this.compare.addEventListener('input', () => this.split());
  }

  /** What a run would start from, before there is one. */
  preview(content: { url: string; pixels: ImageData } | undefined, style: { url: string } | undefined): void {
    document.body.dataset.canvas = 'off';
    this.compare.hidden = this.seam.hidden = true;
    if (content) {
      this.before.src = content.url;
      this.ratio(content.pixels.width, content.pixels.height);
    }
    this.under.style.backgroundImage = style ? `url("${style.url}")` : '';
  }

  /** Makes the canvas ready for pictures of this size. */
  open(device: GPUDevice, width: number, height: number): void {
    this.canvas.width = width;
    this.canvas.height = height;
    this.context ??= this.canvas.getContext('webgpu') ?? undefined;
    if (!this.context) throw new Error('the browser gives this canvas no WebGPU context');
    const format = navigator.gpu.getPreferredCanvasFormat();
    this.context.configure({ device, format, usage: USAGE, alphaMode: 'opaque' });
    this.ratio(width, height);
    document.body.dataset.canvas = 'on';
    this.compare.value = '0';
    this.compare.hidden = false;
    this.split();
  }

  /** Shows the job's picture as it stands. It never leaves the GPU. */
  draw(job: Job): void {
    job.writeTexture(this.context!.getCurrentTexture());
  }

  /** After the GPU is gone the canvas may go blank: shows what was read back of it instead. */
  keep(pixels: ImageData | undefined): void {
    this.context = undefined;
    const fresh = this.canvas.cloneNode() as HTMLCanvasElement;
    fresh.dataset.kept = String(pixels !== undefined);
    this.canvas.replaceWith(fresh);
    this.canvas = fresh;
    if (pixels) fresh.getContext('2d')?.putImageData(pixels, 0, 0);
  }

  private ratio(width: number, height: number): void {
    this.frame.style.setProperty('--ratio', String(width / height));
  }

  private split(): void {
    const { compare } = this;
    this.frame.style.setProperty('--split', `${compare.value}%`);
    this.seam.hidden = compare.value === '0' || compare.value === compare.max;
    compare.setAttribute(
      'aria-valuetext',
      `${compare.value} % content, ${100 - compare.valueAsNumber} % painting`,
    );
  }
}
