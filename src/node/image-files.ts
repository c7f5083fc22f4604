import { randomBytes } from 'node:crypto';
import { access, constants, open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../errors.js';
import { decodeImage } from '../image/decode.js';
import type { DecodedImage } from '../image/decode.js';
import { encodeImage, formatFromName } from '../image/encode.js';
import type { EncodeOptions } from '../image/encode.js';
import type { Pixels } from '../image/pixels.js';
import { errorCode, fileReason } from './fs-errors.js';

/** More than any JPEG or PNG that could be decoded; what is larger is some other file. */
const MAX_FILE_BYTES = 2 ** 30;

export interface ReadOptions {
  /** Is given one sentence for each thing done to the picture that its owner may not expect. */
  readonly notices?: (sentence: string) => void;
  /** The most width × height that is decoded. */
  readonly maxPixels?: number;
}

/**
 * Reads a JPEG or PNG file, as `decodeImage` does with its bytes.
 *
 * @throws UserError if the file cannot be read or is not an image that can be decoded
 */
export async function readImage(path: string, options: ReadOptions = {}): Promise<DecodedImage> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES) throw new Error('it is too large to be an image');
    bytes = await readFile(path);
  } catch (error) {
    throw new UserError(`Cannot read ${path}: ${fileReason(error)}.`, 2, { cause: error });
  }
  return decodeImage(bytes, path, options.notices, options.maxPixels);
}

/**
 * Makes sure, before hours are spent on a picture, that it can be written: the ending names a format, and
 * `assertReplaceable`. Leaves no trace.
 *
 * @throws UserError otherwise
 */
export async function assertWritable(path: string): Promise<void> {
  formatFromName(path);
  await assertReplaceable(path);
}

/**
 * Makes sure that any file can be written: the folder is there and takes new files, and what may be at `path` already
 * is a file that may be replaced. Leaves no trace.
 *
 * @throws UserError otherwise
 */
export async function assertReplaceable(path: string): Promise<void> {
  const target = await replaceable(path);
  const trial = beside(target);
  try {
    // Permissions alone do not tell: the file system may be read-only or full.
    await (await open(trial, 'wx')).close();
    await unlink(trial);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/**
 * Encodes a picture in the format its name asks for and writes it. The bytes go into a new file beside the
 * target, which is renamed once it is whole: whoever looks sees the old picture or the new one, and after a
 * failure the old one and nothing else.
 *
 * @throws UserError if it cannot be encoded or written
 */
export async function writeImage(path: string, pixels: Pixels, options: EncodeOptions = {}): Promise<void> {
  const bytes = encodeImage(pixels, formatFromName(path), options);
  const target = await replaceable(path);
  const temporary = beside(target);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      // Else a crash of the machine after the rename could leave an empty file in place of the old picture.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw cannotWrite(path, error);
  }
}

/** The file that a write to `path` replaces or makes: where it is a symbolic link, what that points to. */
async function replaceable(path: string): Promise<string> {
  try {
    const existing = await stat(path);
    if (existing.isDirectory()) throw new UserError(`Cannot write ${path}: it is a folder; name a file.`);
    if (!existing.isFile()) throw new UserError(`Cannot write ${path}: it is not a regular file.`);
    await access(path, constants.W_OK);
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      await assertFolder(path);
      return path;
    }
    throw error instanceof UserError ? error : cannotWrite(path, error);
  }
}

async function assertFolder(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    await stat(folder);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw cannotWrite(path, error);
    throw new UserError(`Cannot write ${path}: there is no folder ${folder}; make it first.`, 2, {
      cause: error,
    });
  }
}

function beside(path: string): string {
  // The stem is cut so that a name of the greatest allowed length leaves room for the rest.
  const name = `.${basename(path).slice(0, 40)}.${randomBytes(6).toString('hex')}.tmp`;
  return join(dirname(path), name);
}

function cannotWrite(path: string, error: unknown): UserError {
  return new UserError(`Cannot write ${path}: ${fileReason(error)}.`, 2, { cause: error });
}
