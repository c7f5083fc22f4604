import type { Command } from 'commander';
import { listAdapters } from '../node/adapters.js';
import type { AdapterReport } from '../node/adapters.js';
import { ADAPTER_ADVICE } from '../node/dawn.js';

/** The limits that decide what the kernels can do, in the order shown, with their units. */
const KEY_LIMITS = [
  ['maxBufferSize', 'bytes', 'largest buffer'],
  ['maxStorageBufferBindingSize', 'bytes', 'largest binding'],
  ['maxStorageBuffersPerShaderStage', '', 'storage buffers in a kernel'],
  ['maxComputeWorkgroupStorageSize', 'bytes', 'workgroup memory'],
  ['maxComputeInvocationsPerWorkgroup', '', 'invocations in a workgroup'],
  ['maxComputeWorkgroupsPerDimension', '', 'workgroups in a dimension'],
  ['maxTextureDimension2D', 'pixels', 'largest texture side'],
] as const;

const LINE_WIDTH = 100;

/** A number of bytes with the largest binary unit that keeps it at 1 or more. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${units[power]!}`;
}

function wrap(words: readonly string[], indent: string): string {
  const lines: string[] = [''];
  for (const word of words) {
    const line = lines.at(-1)!;
    if (line.length + 1 + word.length > LINE_WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join(`\n${indent}`);
}

/** One adapter for a person to read, in several lines. */
export function describeAdapter(adapter: AdapterReport): string {
  const kind = adapter.software ? 'software, runs on the processor' : 'GPU';
  const [smallest, largest] = adapter.subgroupSizes;
  const subgroups = smallest === largest ? `${smallest}` : `${smallest} to ${largest}`;
  const rows: [string, string][] = [
    ['backend', adapter.backend],
    ['vendor', adapter.vendor],
    ['architecture', adapter.architecture],
    ['driver', adapter.description],
    ['subgroups', largest === 0 ? 'none' : `of ${subgroups}`],
    ...KEY_LIMITS.map(([name, unit, label]): [string, string] => {
      const value = adapter.limits[name];
      if (value === undefined) return [label, 'unknown'];
      return [label, unit === 'bytes' ? formatBytes(value) : `${value} ${unit}`.trim()];
    }),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const indent = ' '.repeat(width + 4);
  const head = `${adapter.name} (${kind}${adapter.default ? '; used when none is named' : ''})`;
  const body = rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value || 'unknown'}`);
  return [head, ...body, `  ${'features'.padEnd(width)}  ${wrap(adapter.features, indent)}`].join('\n');
}

/** Adds `scumble devices` to the program. */
export function registerDevices(program: Command): void {
  program
    .command('devices')
    .description('list the WebGPU adapters of this machine with their limits and features')
    .option('--json', 'print one JSON object with every limit instead')
    .action(async ({ json }: { json?: true }) => {
      const adapters = await listAdapters();
      if (json) {
        console.log(JSON.stringify({ adapters }, null, 2));
      } else if (adapters.length === 0) {
        console.log(`No WebGPU adapter was found; ${ADAPTER_ADVICE}.`);
      } else {
        console.log(adapters.map(describeAdapter).join('\n\n'));
      }
    });
}
