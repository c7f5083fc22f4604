import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.js';
import type { Pixels } from '../../src/image/pixels.js';
import { assertWritable, readImage, writeImage } from '../../src/node/image-files.js';
import { fixture } from './fixtures.js';

const PICTURE: Pixels = { width: 2, height: 1, data: Uint8ClampedArray.of(1, 2, 3, 255, 4, 5, 6, 255) };
const asRoot = process.getuid?.() === 0;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scumble-test-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** The one sentence that a promise is refused with. */
async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error('was accepted'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  const { message, exitCode } = error as UserError;
  expect(exitCode).toBe(2);
  expect(message).toMatch(/^[^\n]*[^.]\.$/);
  return message;
}

describe('reading', () => {
  test('a file, with its notices', async () => {
    const path = join(folder, 'misnamed.jpg');
    await writeFile(path, fixture('rgba.png'));
    const said: string[] = [];
    const image = await readImage(path, { notices: (sentence) => said.push(sentence) });
    expect(image).toMatchObject({ width: 21, height: 13, format: 'png' });
    expect(said).toEqual([`${path} has transparent parts; they are laid on white.`]);
  });

  test('a path that was forgotten', async () => {
    const nothing = undefined as unknown as string;
    expect(await refusal(readImage(nothing))).toBe(
      'Cannot read undefined: that is no path; give one as text.',
    );
  });

  test('the pixel limit is handed on', async () => {
    const path = join(folder, 'a.png');
    await writeFile(path, fixture('rgba.png'));
    expect(await refusal(readImage(path, { maxPixels: 100 }))).toContain('too large');
  });

  test.each([
    ['missing.png', 'there is no such file'],
    ['.', 'it is a folder'],
    ['file.txt/x.png', 'a part of its path is a file'],
    [`${'x'.repeat(300)}.png`, 'its name is too long'],
    ['zero\0byte.png', 'zero byte'],
  ])('%j cannot be read', async (name, why) => {
    await writeFile(join(folder, 'file.txt'), 'words');
    const path = `${folder}/${name}`;
    const message = await refusal(readImage(path));
    // What would steer a terminal is shown as a question mark.
    expect(message.startsWith(`Cannot read ${path.replace('\0', '?')}: `)).toBe(true);
    expect(message).toContain(why);
  });

  test('a device that never ends is not read', async () => {
    expect(await refusal(readImage('/dev/zero'))).toBe('Cannot read /dev/zero: it is a device, not a file.');
  });

  test('a file that is no image is named', async () => {
    const path = join(folder, 'a.png');
    await writeFile(path, 'words');
    expect(await refusal(readImage(path))).toMatch(/a\.png is a text file/);
  });

  test.skipIf(asRoot)('a file without permission', async () => {
    const path = join(folder, 'a.png');
    await writeFile(path, fixture('rgba.png'));
    await chmod(path, 0o000);
    expect(await refusal(readImage(path))).toContain('no permission');
  });
});

describe('writing', () => {
  test.each(['out.png', 'out.jpg', 'out.JPEG', `${'y'.repeat(250)}.png`])(
    '%s, and nothing else',
    async (name) => {
      const path = join(folder, name);
      await assertWritable(path);
      expect(await readdir(folder)).toEqual([]);
      await writeImage(path, PICTURE);
      expect(await readdir(folder)).toEqual([name]);
      expect(await readImage(path)).toMatchObject({ width: 2, height: 1 });
    },
  );

  test('replaces what was there', async () => {
    const path = join(folder, 'out.png');
    await writeFile(path, 'old');
    await assertWritable(path);
    expect(await readFile(path, 'utf8')).toBe('old');
    await writeImage(path, PICTURE);
    expect(await readImage(path)).toMatchObject(PICTURE);
    expect(await readdir(folder)).toEqual(['out.png']);
  });

  test.each<[string, unknown]>([
    ['has no size: 0×0', { width: 0, height: 0, data: new Uint8Array(0) }],
    ['has no size: 1.5×2', { width: 1.5, height: 2, data: new Uint8Array(12) }],
    ['has no size: -2×-2', { width: -2, height: -2, data: new Uint8Array(16) }],
    ['has 12 samples', { width: 2, height: 2, data: new Uint8Array(12) }],
    ['has a Float32Array for its samples', { width: 1, height: 1, data: new Float32Array(4) }],
    ['has undefined for its samples', { width: 1, height: 1 }],
    ['is undefined', undefined],
    ['is a Promise; wait for it', Promise.resolve(PICTURE)],
  ])('keeps what was there from a picture that %s', async (fault, pixels) => {
    const path = join(folder, 'out.png');
    await writeImage(path, PICTURE);
    const sentence = await refusal(writeImage(path, pixels as Pixels));
    expect(sentence).toContain(`The picture ${fault}`);
    expect(await readImage(path)).toMatchObject(PICTURE);
  });

  test('writes through a symbolic link', async () => {
    await mkdir(join(folder, 'real'));
    await writeFile(join(folder, 'real', 'a.png'), 'old');
    await symlink(join('real', 'a.png'), join(folder, 'link.png'));
    await writeImage(join(folder, 'link.png'), PICTURE);
    expect(await readlink(join(folder, 'link.png'))).toBe(join('real', 'a.png'));
    expect(await readImage(join(folder, 'real', 'a.png'))).toMatchObject(PICTURE);
    expect(await readdir(join(folder, 'real'))).toEqual(['a.png']);
  });

  test('makes the file that a symbolic link points to', async () => {
    await mkdir(join(folder, 'real'));
    await symlink(join('real', 'a.png'), join(folder, 'link.png'));
    await symlink(join('nowhere', 'a.png'), join(folder, 'lost.png'));
    await writeImage(join(folder, 'link.png'), PICTURE);
    expect(await readlink(join(folder, 'link.png'))).toBe(join('real', 'a.png'));
    expect(await readdir(join(folder, 'real'))).toEqual(['a.png']);
    expect(await refusal(writeImage(join(folder, 'lost.png'), PICTURE))).toContain('nowhere; make it first');
  });

  test('takes a link that lies behind another as the system does', async () => {
    await mkdir(join(folder, 'deep', 'inner'), { recursive: true });
    await symlink(join('deep', 'inner'), join(folder, 'short'));
    await symlink(join('..', 'out.png'), join(folder, 'deep', 'inner', 'link.png'));
    await writeImage(join(folder, 'short', 'link.png'), PICTURE);
    expect(await readdir(join(folder, 'deep'))).toEqual(['inner', 'out.png']);
    expect(await readdir(folder)).toEqual(['deep', 'short']);
  });

  test('who may do what with a file stays as it was', async () => {
    const path = join(folder, 'out.png');
    await writeFile(path, 'old');
    await chmod(path, 0o640);
    await writeImage(path, PICTURE);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
  });

  test('the quality is handed on', async () => {
    const [low, high] = [join(folder, 'low.jpg'), join(folder, 'high.jpg')];
    const busy = {
      width: 16,
      height: 16,
      data: Uint8ClampedArray.from({ length: 1024 }, (_, i) => (i * 89) & 255),
    };
    await writeImage(low, busy, { quality: 5 });
    await writeImage(high, busy, { quality: 100 });
    expect((await readFile(low)).length).toBeLessThan((await readFile(high)).length);
  });

  const refused = [
    ['no-such-folder/out.png', 'there is no folder'],
    ['folder.png', 'it is a folder'],
    ['file.txt/out.png', 'a part of its path is a file'],
    ['out.gif', 'end it in .png, .jpg or .jpeg'],
    [`${'z'.repeat(300)}.png`, 'its name is too long'],
  ] as const;

  test.each(refused)('%s is refused, before the job as after it', async (name, why) => {
    await mkdir(join(folder, 'folder.png'));
    await writeFile(join(folder, 'file.txt'), 'words');
    const before = await readdir(folder, { recursive: true });
    const path = join(folder, name);
    expect(await refusal(assertWritable(path))).toContain(why);
    expect(await refusal(writeImage(path, PICTURE))).toContain(why);
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  });

  test('a device is no place for a picture', async () => {
    await symlink('/dev/null', join(folder, 'null.png'));
    expect(await refusal(assertWritable(join(folder, 'null.png')))).toContain('not a regular file');
  });

  test('a failure leaves the old picture and no new file', async () => {
    const path = join(folder, 'out.jpg');
    await writeFile(path, 'old');
    expect(await refusal(writeImage(path, PICTURE, { quality: 0 }))).toContain('quality');
    expect(await readdir(folder)).toEqual(['out.jpg']);
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  test.skipIf(asRoot)('a folder or a picture without permission', async () => {
    const path = join(folder, 'out.png');
    await writeFile(path, 'old');
    await chmod(path, 0o444);
    expect(await refusal(assertWritable(path))).toContain('no permission');
    await rm(path);
    await chmod(folder, 0o555);
    try {
      expect(await refusal(assertWritable(path))).toContain('no permission');
      expect(await refusal(writeImage(path, PICTURE))).toContain('no permission');
    } finally {
      await chmod(folder, 0o755);
    }
  });
});
