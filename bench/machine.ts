import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { Results } from './results.js';

/** What the figures depend on beside the adapter. */
export function machineFacts(): Results['machine'] {
  const processors = cpus();
  return {
    platform: `${platform()} ${release()}, ${arch()}`,
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    node: process.version,
  };
}
