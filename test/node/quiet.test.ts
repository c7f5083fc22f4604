import { closeSync, openSync, readFileSync, rmSync, mkdtempSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { runNode } from '../cli/run.js';

const PROGRAM = 'test/node/quiet-program.ts';

describe('a program that opens Dawn, computes and comes to its end', () => {
  test.each([['closing what it opened'], ['keep']])(
    'exits by itself, heard and not chattering (%s)',
    (argument) => {
      // 2 + 40, and none of WebGPU's globals.
      expect(runNode([PROGRAM, argument])).toEqual({ code: 0, stdout: '42 false\n', stderr: 'heard\n' });
    },
  );

  test('says nothing of a cache that its driver cannot have', () => {
    const nowhere = { MESA_SHADER_CACHE_DIR: '/dev/null/nowhere' };
    expect(runNode([PROGRAM], nowhere)).toEqual({ code: 0, stdout: '42 false\n', stderr: 'heard\n' });
  });

  test('leaves the place in a shared log file alone', () => {
    // A descriptor opened anew instead of duplicated would write over the first line, or be written over.
    const folder = mkdtempSync(join(tmpdir(), 'scumble-quiet-'));
    const file = join(folder, 'log');
    try {
      const log = openSync(file, 'w');
      writeSync(log, 'before\n');
      spawnSync(process.execPath, ['--import', 'tsx', PROGRAM], { stdio: ['ignore', log, log] });
      writeSync(log, 'after\n');
      closeSync(log);
      expect(readFileSync(file, 'utf8')).toBe('before\nheard\n42 false\nafter\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
