import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildInputs } from '../../scripts/setup/build.mjs';
import { nodeVersionProblem } from '../../scripts/setup/node-version.mjs';
import { holdsLockedPackages } from '../../scripts/setup/packages.mjs';
import { fingerprint, hasStamp, leaveStamp } from '../../scripts/setup/stamp.mjs';
import { advice, linuxSystem, needsBackports, parseOsRelease } from '../../scripts/setup/system.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scumble-setup-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('Node from 20.19 on is new enough', () => {
  expect(nodeVersionProblem('20.19.0')).toBeUndefined();
  expect(nodeVersionProblem('22.0.0')).toBeUndefined();
  expect(nodeVersionProblem('20.18.3')).toMatch(/needs Node 20\.19 or newer and this is Node 20\.18\.3/);
  expect(nodeVersionProblem('18.20.0')).toBeDefined();
});

describe('installed packages', () => {
  const a = { version: '1.0.0', integrity: 'sha512-a' };

  test('hold the lock when every package has its version and contents', () => {
    expect(holdsLockedPackages({ '': {}, 'node_modules/a': a }, { 'node_modules/a': a })).toBe(true);
    expect(holdsLockedPackages({ 'node_modules/a': a }, {})).toBe(false);
    const newer = { ...a, version: '1.0.1' };
    expect(holdsLockedPackages({ 'node_modules/a': newer }, { 'node_modules/a': a })).toBe(false);
    const other = { ...a, integrity: 'sha512-b' };
    expect(holdsLockedPackages({ 'node_modules/a': other }, { 'node_modules/a': a })).toBe(false);
  });

  test('may lack optional ones, but not hold the wrong one', () => {
    const optional = { ...a, optional: true };
    expect(holdsLockedPackages({ 'node_modules/a': optional }, {})).toBe(true);
    const old = { ...a, version: '0.9.0' };
    expect(holdsLockedPackages({ 'node_modules/a': optional }, { 'node_modules/a': old })).toBe(false);
  });
});

test('a stamp answers for its own name and key only', () => {
  const key = fingerprint(['0.6.2', '20.19.0']);
  expect(hasStamp(folder, 'adapter', key)).toBe(false);
  leaveStamp(folder, 'adapter', key, { adapter: 'a GPU' });
  expect(hasStamp(folder, 'adapter', key)).toBe(true);
  expect(hasStamp(folder, 'build', key)).toBe(false);
  expect(hasStamp(folder, 'adapter', fingerprint(['0.6.3', '20.19.0']))).toBe(false);
  writeFileSync(join(folder, 'node_modules/.cache/scumble/adapter.json'), 'no JSON');
  expect(hasStamp(folder, 'adapter', key)).toBe(false);
});

test('the build inputs change with a file changed, added or taken away, and not with generated ones', () => {
  mkdirSync(join(folder, 'src/deep'), { recursive: true });
  mkdirSync(join(folder, 'shaders'));
  const source = join(folder, 'src/deep/a.ts');
  writeFileSync(source, 'export {};');
  const before = buildInputs(folder);
  expect(before).toHaveLength(1);

  writeFileSync(join(folder, 'src/shaders.generated.ts'), 'export {};');
  expect(buildInputs(folder)).toEqual(before);

  utimesSync(source, 1, 1);
  expect(buildInputs(folder)).not.toEqual(before);

  writeFileSync(join(folder, 'shaders/b.wgsl'), '');
  expect(buildInputs(folder)).toHaveLength(2);
  rmSync(source);
  expect(buildInputs(folder)).toHaveLength(1);

  mkdirSync(join(folder, 'bench/peers'), { recursive: true });
  writeFileSync(join(folder, 'bench/peers/c.ts'), '');
  expect(buildInputs(folder)).toHaveLength(2);
  writeFileSync(join(folder, 'bench/peers/package.json'), '{}');
  expect(buildInputs(folder)).toHaveLength(1);
});

describe('telling systems apart', () => {
  test('os-release with and without quotes', () => {
    const fields = parseOsRelease('NAME="Debian GNU/Linux"\nID=debian\n# x\nVERSION_CODENAME=\'bookworm\'\n');
    expect(fields).toEqual({ NAME: 'Debian GNU/Linux', ID: 'debian', VERSION_CODENAME: 'bookworm' });
  });

  test.each([
    [{ ID: 'debian', VERSION_CODENAME: 'bookworm' }, 'debian', true],
    [{ ID: 'debian', VERSION_CODENAME: 'trixie' }, 'debian', false],
    [{ ID: 'ubuntu', ID_LIKE: 'debian', VERSION_CODENAME: 'noble' }, 'debian', false],
    [{ ID: 'linuxmint', ID_LIKE: 'ubuntu debian' }, 'debian', false],
    [{ ID: 'rocky', ID_LIKE: 'rhel centos fedora' }, 'fedora', false],
    [{ ID: 'manjaro', ID_LIKE: 'arch' }, 'arch', false],
    [{ ID: 'void' }, 'linux', false],
    [{}, 'linux', false],
  ])('%o', (fields, family, backports) => {
    const system = linuxSystem(fields);
    expect(system.family).toBe(family);
    expect(needsBackports(system)).toBe(backports);
    expect(advice(system)).toMatch(/^[^\n]*\.$/);
  });
});
