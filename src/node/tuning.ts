import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Gpu } from '../gpu/gpu.js';
import { calibrate, CALIBRATION_VERSION } from '../kernels/calibrate.js';
import { cacheFolder } from './cache-folder.js';

/** Variants from the fastest, by operation and shape. */
type Rankings = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** Rankings by adapter: the file's contents. */
type Cache = Record<string, Rankings>;

/**
 * Ranks the kernel variants for this adapter: from the cache file when it knows the adapter, else by measuring, and
 * then the file is written. A cache that cannot be read or written costs time, never the job.
 *
 * @returns whether it had to measure.
 */
export async function tune(gpu: Gpu, file = join(cacheFolder(), 'variants.json')): Promise<boolean> {
  const key = adapterKey(gpu);
  const known = (await readCache(file))[key];
  if (known) {
    for (const [operation, shapes] of Object.entries(known)) {
      for (const [shape, order] of Object.entries(shapes)) gpu.variants.rank(operation, shape, order);
    }
    return false;
  }
  await calibrate(gpu);
  // Read again: another process may have added its adapter meanwhile.
  await writeCache(file, { ...(await readCache(file)), [key]: gpu.variants.ranked });
  return true;
}

/** All that a ranking depends on: the adapter, its driver's version, and our own variants. */
function adapterKey(gpu: Gpu): string {
  const { vendor, architecture, device, description } = gpu.facts;
  return JSON.stringify([CALIBRATION_VERSION, vendor, architecture, device, description]);
}

async function readCache(file: string): Promise<Cache> {
  try {
    const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isCache(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

async function writeCache(file: string, cache: Cache): Promise<void> {
  const beside = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(beside, `${JSON.stringify(cache, null, 2)}\n`);
    await rename(beside, file);
  } catch {
    // Measured again next time.
  }
}

function isCache(value: unknown): value is Cache {
  const isObject = (v: unknown): v is object => typeof v === 'object' && v !== null && !Array.isArray(v);
  return (
    isObject(value) &&
    Object.values(value).every(
      (rankings) =>
        isObject(rankings) &&
        Object.values(rankings).every(
          (shapes: unknown) =>
            isObject(shapes) &&
            Object.values(shapes).every(
              (order: unknown) => Array.isArray(order) && order.every((name) => typeof name === 'string'),
            ),
        ),
    )
  );
}
