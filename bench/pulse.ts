import type { Gpu } from '../src/gpu/gpu.js';
import { copyProbes } from './copies.js';
import { fmaProbes } from './fma.js';
import type { Ceilings } from './ceilings.js';
import type { Probe } from './probe.js';

/** The speed of the adapter itself while the bench ran: a second's work at each beat, by round. */
export interface PulseRecord {
  /** Float32 operations a second. */
  f32: number[][];
  /** Bytes a second. */
  bandwidth: number[][];
}

/** Small, so that a beat takes little time; it is held against other beats alone. */
const COPY_BYTES = 2 ** 25;

/**
 * Measures again and again what the ceilings were measured by, between what else is measured: a line that got slower
 * when the adapter itself did has not got worse, and a peak seen late is a peak as well.
 */
export class Pulse {
  readonly record: PulseRecord = { f32: [], bandwidth: [] };

  private constructor(
    private readonly fma: Probe,
    private readonly copy: Probe,
  ) {}

  static async create(gpu: Gpu, { f32, bandwidth }: Ceilings): Promise<Pulse> {
    const copies = await copyProbes(gpu, COPY_BYTES);
    const copy = copies.find(({ form }) => form === bandwidth.form)!;
    for (const other of copies) if (other !== copy) other.dispose();
    const [fma] = await fmaProbes(gpu, 'f32', f32.form);
    const pulse = new Pulse(fma!, copy);
    for (const probe of [pulse.fma, pulse.copy]) await probe.run();
    return pulse;
  }

  startRound(): void {
    for (const rounds of Object.values(this.record) as number[][][]) rounds.push([]);
  }

  async beat(): Promise<void> {
    const { fma, copy, record } = this;
    record.f32.at(-1)!.push((1e3 * fma.work) / (await fma.run()));
    record.bandwidth.at(-1)!.push((1e3 * copy.work) / (await copy.run()));
  }

  dispose(): void {
    this.fma.dispose();
    this.copy.dispose();
  }
}
