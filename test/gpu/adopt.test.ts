import { afterAll, beforeAll, expect, it } from 'vitest';
import { BufferUsage } from '../../src/gpu/flags.js';
import { Gpu } from '../../src/gpu/gpu.js';
import { openDawn } from '../../src/node/dawn.js';
import { StyleJob } from '../../src/style/job.js';
import { resolveStyleOptions } from '../../src/style/options.js';
import { seededFilters } from '../support/filters.js';
import { seededImage } from '../support/seeded.js';

let dawn: Awaited<ReturnType<typeof openDawn>>;
/** Somebody else's device, made with WebGPU's default limits and no optional feature. */
let device: GPUDevice;
const alive = new Set<GPUBuffer>();
const errors: string[] = [];

beforeAll(async () => {
  dawn = await openDawn();
  const adapter = await dawn.gpu.requestAdapter();
  device = await adapter!.requestDevice();
  device.addEventListener('uncapturederror', (event) => errors.push(event.error.message));
  const createBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = createBuffer(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      alive.delete(buffer);
      return destroy();
    };
    alive.add(buffer);
    return buffer;
  };
});
afterAll(() => {
  device.destroy();
  dawn.close();
});

it("runs a whole job on a caller's device within default limits, and leaves the device as it was", async () => {
  const gpu = Gpu.adopt(device);
  const side = 16;
  const images = {
    content: gpu.tensor('content', [1, 3, side, side], seededImage('content', side, side)),
    style: gpu.tensor('style', [1, 3, side, side], seededImage('style', side, side)),
  };
  const filters = seededFilters(gpu, 'conv_5');
  const job = await StyleJob.create(gpu, images, filters, resolveStyleOptions({ evaluations: 5 }));
  job.submit(5);
  const scores = await job.scores();
  expect(scores.map(({ evaluation }) => evaluation)).toEqual([1, 2, 3, 4, 5]);
  expect(scores[4]!.total).toBeLessThan(scores[0]!.total);
  gpu.free(await job.result());
  job.dispose();
  filters.dispose();
  expect(alive.size).toBeGreaterThan(0);
  gpu.dispose();

  expect([...alive].map(({ label }) => label)).toEqual([]);
  expect(gpu.memory.bytes).toBe(0);
  await expect(device.popErrorScope(), 'no error scope is left open').rejects.toThrow();
  const buffer = device.createBuffer({ size: 16, usage: BufferUsage.COPY_DST });
  device.queue.writeBuffer(buffer, 0, new Float32Array(4));
  await device.queue.onSubmittedWorkDone();
  buffer.destroy();
  expect(errors).toEqual([]);
});
