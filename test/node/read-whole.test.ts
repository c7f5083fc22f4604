import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readWhole } from '../../src/node/read-whole.js';

const folder = mkdtempSync(join(tmpdir(), 'scumble-read-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A named pipe that a shell's command writes into. */
function pipe(name: string, command: string): string {
  const path = join(folder, name);
  spawnSync('mkfifo', [path]);
  spawn('sh', ['-c', `${command} > "$0"`, path], { stdio: 'ignore' });
  return path;
}

describe('reads', () => {
  it('a file', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'words');
    expect(Buffer.from(await readWhole(path, 5)).toString()).toBe('words');
    await expect(readWhole(path, 4)).rejects.toThrow('it is too large');
  });

  it.skipIf(process.platform === 'win32')('a pipe to its end, or to as much as is allowed', async () => {
    const ends = pipe('ends', 'head -c 200000 /dev/zero');
    expect(await readWhole(ends, 200_000)).toHaveLength(200_000);
    const endless = pipe('endless', 'cat /dev/zero');
    await expect(readWhole(endless, 200_000)).rejects.toThrow('it is too large');
  });

  it('no device and no folder', async () => {
    await expect(readWhole('/dev/zero', 5)).rejects.toThrow('it is a device, not a file');
    await expect(readWhole(folder, 2 ** 20)).rejects.toThrow('EISDIR');
  });
});
