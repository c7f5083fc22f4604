import { createHash, randomBytes } from 'node:crypto';
import { readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../errors.js';
import type { AdapterFacts } from '../gpu/facts.js';
import { SHADERS } from '../gpu/shaders.generated.js';
import type { Measured, Timing } from '../gpu/tuning/rank.js';
import { fileReason } from './fs-errors.js';
import { makeFolders } from './make-folders.js';

/**
 * Raised when dispatches change so much, with no shader changed, that what was measured says nothing any more, and when it
 * was measured in a way that misled.
 */
const TUNING_VERSION = 2;

/** The file's contents, by adapter and driver. */
type Contents = Record<string, { version: string; measured: readonly Measured[] }>;

/**
 * The file where what was measured of an adapter is kept. One that is missing or damaged counts as empty. What was measured
 * with other shaders is forgotten.
 */
export class TuningCache {
  private readonly adapter: string;

  constructor(
    private readonly file: string,
    { vendor, architecture, device, description }: AdapterFacts,
    private readonly version = currentVersion(),
  ) {
    this.adapter = [vendor, architecture, device, description].filter(Boolean).join(', ');
  }

  /** What is known of this adapter. */
  async read(): Promise<readonly Measured[]> {
    return this.own(await this.contents());
  }

  /**
   * Adds to what is known, in place of what was known of the same shapes.
   *
   * @throws UserError where the file cannot be written, which then stays as it is.
   */
  async add(measured: readonly Measured[]): Promise<void> {
    // Read again: another process may have added something meanwhile.
    const contents = await this.contents();
    const merged = mergeMeasured(this.own(contents), measured);
    contents[this.adapter] = { version: this.version, measured: merged };
    const beside = `${this.file}.${randomBytes(4).toString('hex')}`;
    try {
      await makeFolders(dirname(this.file));
      await writeFile(beside, `${JSON.stringify(contents, null, 1)}\n`);
      await rename(beside, this.file);
    } catch (error) {
      await unlink(beside).catch(() => undefined);
      throw new UserError(
        `Which kernels are fastest here cannot be kept in ${this.file}, and will be measured anew each time: ` +
          `${fileReason(error)}; another folder can be named in SCUMBLE_CACHE.`,
        2,
        { cause: error },
      );
    }
  }

  private own(contents: Contents): readonly Measured[] {
    const own = contents[this.adapter];
    return own?.version === this.version ? own.measured : [];
  }

  private async contents(): Promise<Contents> {
    try {
      const parsed: unknown = JSON.parse(await readFile(this.file, 'utf8'));
      return isContents(parsed) ? parsed : {};
    } catch {
      return {};
    }
  }
}

/** Both, without what `old` says of shapes that are in `fresh` too. */
export function mergeMeasured(old: readonly Measured[], fresh: readonly Measured[]): Measured[] {
  const key = ({ operation, shape }: Measured) => JSON.stringify([operation, shape]);
  return [...new Map([...old, ...fresh].map((item) => [key(item), item])).values()];
}

/** The same as long as the shaders are. */
function currentVersion(): string {
  const shaders = createHash('sha256').update(JSON.stringify(SHADERS)).digest('hex');
  return `${TUNING_VERSION}-${shaders.slice(0, 12)}`;
}

function isContents(value: unknown): value is Contents {
  return (
    isObject(value) &&
    Object.values(value).every(
      (entry) =>
        isObject(entry) &&
        typeof entry['version'] === 'string' &&
        Array.isArray(entry['measured']) &&
        entry['measured'].every(isMeasured),
    )
  );
}

function isMeasured(value: unknown): value is Measured {
  return (
    isObject(value) &&
    typeof value['operation'] === 'string' &&
    typeof value['shape'] === 'string' &&
    Array.isArray(value['timings']) &&
    value['timings'].every(isTiming)
  );
}

function isTiming(value: unknown): value is Timing {
  return (
    isObject(value) &&
    typeof value['variant'] === 'string' &&
    ['undefined', 'number'].includes(typeof value['milliseconds']) &&
    ['undefined', 'boolean'].includes(typeof value['rough']) &&
    ['undefined', 'number'].includes(typeof value['inside'])
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
