/** The reference of the public interface can be generated: all is documented, and every link leads somewhere. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('npm run docs finds nothing to complain of', () => {
  const folder = mkdtempSync(join(tmpdir(), 'scumble-reference-'));
  try {
    const { status, stdout, stderr } = spawnSync('npm', ['run', 'docs', '--', '--out', folder], {
      encoding: 'utf8',
      timeout: 55_000,
    });
    expect(status, stdout + stderr).toBe(0);
    for (const page of ['functions/index.createEngine', 'classes/index.Tape', 'functions/node.openEngine'])
      expect(existsSync(join(folder, `${page}.html`)), page).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
