import { describe, expect, test } from 'vitest';
import { browserFlags, findBrowser } from '../../scripts/setup/browser.mjs';
import { browserAdvice } from '../../scripts/setup/ensure-browser.mjs';
import { linuxSystem } from '../../scripts/setup/system.mjs';

describe('finding a browser', () => {
  const machine = (platform: string, ...present: string[]) => ({
    env: {},
    platform,
    exists: (path: string) => present.includes(path),
  });

  test("takes the system's own Chromium before others, and what there is on each system", () => {
    const chrome = '/usr/bin/google-chrome';
    expect(findBrowser(machine('linux', chrome, '/usr/bin/chromium'))).toBe('/usr/bin/chromium');
    // Where chromium-browser is a shim for a snap, Chrome is the one that works.
    expect(findBrowser(machine('linux', '/usr/bin/chromium-browser', chrome))).toBe(chrome);
    const onMac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
    expect(findBrowser(machine('darwin', onMac, chrome))).toBe(onMac);
    const edge = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe';
    expect(findBrowser(machine('win32', edge))).toBe(edge);
  });

  test('finds none where there is none', () => {
    expect(findBrowser(machine('linux'))).toBeUndefined();
    expect(findBrowser(machine('sunos', '/usr/bin/chromium'))).toBeUndefined();
  });

  test('takes the one that the variable names, were it missing', () => {
    const found = machine('linux', '/usr/bin/chromium');
    expect(findBrowser({ ...found, env: { SCUMBLE_CHROMIUM: '/opt/mine' } })).toBe('/opt/mine');
    expect(findBrowser({ ...found, env: { SCUMBLE_CHROMIUM: '' } })).toBe('/usr/bin/chromium');
  });
});

test('software Vulkan is forced on Linux alone', () => {
  expect(browserFlags('linux')).toContain('--use-vulkan=swiftshader');
  expect(browserFlags('darwin').join()).not.toMatch(/swiftshader|no-sandbox/);
});

test.each([
  [{ ID: 'debian', VERSION_CODENAME: 'bookworm' }, /^run apt-get install chromium as root/],
  [{ ID: 'linuxmint', ID_LIKE: 'ubuntu debian' }, /^run apt-get install chromium as root/],
  [{ ID: 'ubuntu', ID_LIKE: 'debian' }, /^install Google Chrome/],
  [{ ID: 'fedora' }, /^run dnf install chromium/],
  [{ ID: 'arch' }, /^run pacman -S chromium/],
  [{ ID: 'void' }, /^install Google Chrome/],
])('%o is told how to come by one', (fields, advice) => {
  expect(browserAdvice(linuxSystem(fields))).toMatch(advice);
  expect(browserAdvice(linuxSystem(fields))).toMatch(/^[^\n]*SCUMBLE_CHROMIUM\.$/);
});
