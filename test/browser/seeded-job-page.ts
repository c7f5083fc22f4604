/** @file What the page of job.test.ts runs: the job, whose result it leaves in the global `result`. */
import { Gpu } from '../../src/gpu/gpu.js';
import { openWebGpu } from '../support/webgpu-browser.js';
import { runSeededJob } from './seeded-job.js';

const { gpu: entry } = await openWebGpu();
const gpu = await Gpu.request(entry);
Object.assign(globalThis, { adapter: gpu.facts, result: await runSeededJob(gpu) });
gpu.dispose();
