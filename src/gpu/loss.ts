import { DeviceLostError } from './errors.js';

/** Long enough for a message between two processes, as a browser's page and its GPU are. */
const NEWS_MS = 100;

/**
 * Knows whether a device is lost. It holds the device's promise and is held by it, and by nothing else of ours, so that
 * a device which lives on does not keep what once used it.
 */
export class DeviceLoss {
  private info: GPUDeviceLostInfo | undefined;
  /** Resolves, if ever, when the device is lost; never rejects. */
  readonly promise: Promise<DeviceLostError>;

  constructor(device: GPUDevice) {
    this.promise = device.lost.then((info) => {
      this.info = info;
      return describe('The device', info);
    });
  }

  /** Whether it is known to be lost. */
  get happened(): boolean {
    return this.info !== undefined;
  }

  /** Gives the news of a loss the time to arrive: what it ends may be told before it. */
  async settled(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, NEWS_MS)));
    await Promise.race([this.promise, patience]);
    clearTimeout(timer);
  }

  /** The error of an operation that the loss ended, or undefined while the device lives. */
  error(operation: string): DeviceLostError | undefined {
    return this.info && describe(operation, this.info);
  }

  /** @throws DeviceLostError naming the operation, where the device is lost. */
  check(operation: string): void {
    const error = this.error(operation);
    if (error) throw error;
  }
}

function describe(operation: string, { reason, message }: GPUDeviceLostInfo): DeviceLostError {
  const why = reason === 'destroyed' ? 'the device was destroyed' : 'the device was lost';
  return new DeviceLostError(operation, message ? `${why} (${message})` : why, reason);
}
