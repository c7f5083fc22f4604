import { describe, expect, test } from 'vitest';
import { describeAdapter, formatBytes } from '../../src/cli/devices.js';
import { adaptersNamedIn, openDawn } from '../../src/node/dawn.js';
import { listAdapters } from '../../src/node/adapters.js';
import { UserError } from '../../src/errors.js';
import { runScumble } from './run.js';

describe('the adapters of this machine', () => {
  test('are at least one, whose limits are those its name leads to', async () => {
    const adapters = await listAdapters();
    expect(adapters.length).toBeGreaterThan(0);
    for (const { name, backend, limits, features } of adapters) {
      const dawn = await openDawn({ adapter: name, backend });
      const adapter = await dawn.gpu.requestAdapter();
      expect(limits['maxBufferSize']).toBe(adapter?.limits.maxBufferSize);
      expect(limits['maxComputeWorkgroupSizeX']).toBe(adapter?.limits.maxComputeWorkgroupSizeX);
      expect(new Set(features)).toEqual(new Set(adapter?.features));
      dawn.close();
    }
  });

  test('exactly one backend and name is the default unless adapters are twins', async () => {
    const defaults = (await listAdapters()).filter((adapter) => adapter.default);
    expect(new Set(defaults.map(({ device }) => device)).size).toBe(1);
  });

  test('a name that none has is told with the names there are', async () => {
    const [first] = await listAdapters();
    const failed = openDawn({ adapter: 'Babbage' });
    await expect(failed).rejects.toThrow(UserError);
    await expect(failed).rejects.toThrow(`"Babbage"; this machine has "${first!.name}"`);
  });

  test('a backend that none has is told', async () => {
    await expect(openDawn({ backend: 'steam' })).rejects.toThrow(/unrecognised backend 'steam'/);
  });
});

test("Dawn's own list is read whole, with quotes and commas in names", () => {
  const message = `no suitable backends found
Available adapters:
 * backend: 'vulkan', name: 'NVIDIA H200'
 * backend: 'vulkan', name: 'llvmpipe (LLVM 15.0.6, 256 bits)'
 * backend: 'opengl', name: 'Somebody's GPU'`;
  expect(adaptersNamedIn(message)).toEqual([
    { backend: 'vulkan', name: 'NVIDIA H200' },
    { backend: 'vulkan', name: 'llvmpipe (LLVM 15.0.6, 256 bits)' },
    { backend: 'opengl', name: "Somebody's GPU" },
  ]);
  expect(adaptersNamedIn('no suitable backends found\nAvailable adapters:\n')).toEqual([]);
});

test('bytes are shown in the unit that fits', () => {
  expect(formatBytes(0)).toBe('0 B');
  expect(formatBytes(1023)).toBe('1023 B');
  expect(formatBytes(32768)).toBe('32 KiB');
  expect(formatBytes(134217728)).toBe('128 MiB');
  expect(formatBytes(3 * 2 ** 29)).toBe('1.5 GiB');
  expect(formatBytes(2 ** 44)).toBe('16384 GiB');
});

describe('scumble devices', () => {
  test('prints for people what --json prints for programs, and nothing to stderr', async () => {
    const people = runScumble(['devices']);
    const programs = runScumble(['devices', '--json']);
    expect(people).toMatchObject({ code: 0, stderr: '' });
    expect(programs).toMatchObject({ code: 0, stderr: '' });
    const adapters = await listAdapters();
    expect(JSON.parse(programs.stdout)).toEqual({ adapters });
    expect(people.stdout).toBe(`${adapters.map(describeAdapter).join('\n\n')}\n`);
    for (const { name, description, features } of adapters) {
      for (const word of [name, description, ...features]) expect(people.stdout).toContain(word);
    }
  });

  test('on a machine without drivers says what to do', () => {
    // Only where WebGPU stands on Vulkan can its drivers be hidden.
    if (process.platform !== 'linux') return;
    const none = { VK_DRIVER_FILES: '/nonexistent.json', VK_ICD_FILENAMES: '/nonexistent.json' };
    const { code, stdout, stderr } = runScumble(['devices'], none);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^No WebGPU adapter was found; install the driver of your GPU, or .* in a clone of Scumble\)\.\n$/,
    );
    expect(JSON.parse(runScumble(['devices', '--json'], none).stdout)).toEqual({ adapters: [] });
  });
});
