import { afterEach, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine.js';
import { BufferUsage } from '../../src/gpu/flags.js';
import { seededFilters } from '../support/filters.js';
import { seededPixels } from '../support/pictures.js';
import { useWatchedDevice } from '../support/watched-device.js';

const watched = useWatchedDevice();
const pictures = { content: seededPixels('content', 16), style: seededPixels('style', 16) };

afterEach(() => expect(watched().errors).toEqual([]));

it("paints on a caller's device within default limits, and leaves the device as it was", async () => {
  const { device, alive, listeners } = watched();
  const before = { alive: alive.size, listeners: listeners.size };
  const texture = device.createTexture({ size: [16, 16], format: 'rgba8unorm', usage: 0x2 });
  const engine = await createEngine({ device });
  const filters = seededFilters(engine.gpu, 'conv_5');
  const job = await engine.stylize({ ...pictures, filters, evaluations: 5 });
  const totals: number[] = [];
  for await (const { fresh } of job) totals.push(...fresh.map(({ total }) => total));
  expect(totals).toHaveLength(5);
  expect(totals[4]).toBeLessThan(totals[0]!);
  job.writeTexture(texture);
  expect((await job.pixels()).data).toHaveLength(4 * 16 * 16);
  expect(alive.size).toBeGreaterThan(before.alive);
  engine.dispose();
  texture.destroy();

  expect([...alive].map(({ label }) => label)).toEqual([]);
  expect(engine.gpu.memory.bytes).toBe(0);
  expect(listeners.size).toBe(before.listeners);
  expect(watched().destroyed).toBe(0);
  await expect(device.popErrorScope(), 'no error scope is left open').rejects.toThrow();
  const buffer = device.createBuffer({ size: 16, usage: BufferUsage.COPY_DST });
  device.queue.writeBuffer(buffer, 0, new Float32Array(4));
  await device.queue.onSubmittedWorkDone();
  buffer.destroy();
});

it("never lets its error scopes come between a caller's, whatever is under way", async () => {
  const { device } = watched();
  const engine = await createEngine({ device });
  const filters = seededFilters(engine.gpu, 'conv_2');
  const options = { contentLayers: ['conv_2'], styleLayers: ['conv_1'], history: 3, evaluations: 3 };
  let done = false;
  const whole = (async () => {
    const job = await engine.stylize({ ...pictures, filters, ...options });
    for await (const progress of job) expect(progress.of).toBe(3);
    await job.pixels();
    done = true;
  })();
  let mistakes = 0;
  while (!done) {
    // A mistake of the host's own, in a scope of its own that spans a wait.
    device.pushErrorScope('validation');
    device.createBuffer({ size: 4, usage: 0 }).destroy();
    await new Promise((resolve) => setTimeout(resolve, 1));
    const caught = await device.popErrorScope();
    expect(caught?.message).toMatch(/usage/i);
    mistakes++;
  }
  await whole;
  expect(mistakes).toBeGreaterThan(1);
  engine.dispose();
});

it('shares pipelines and filters between jobs', async () => {
  const { device } = watched();
  const engine = await createEngine({ device });
  const filters = seededFilters(engine.gpu, 'conv_2');
  const request = { ...pictures, filters, contentLayers: ['conv_2'], styleLayers: ['conv_1'], history: 3 };
  const first = await engine.stylize(request);
  const pipelines = engine.gpu.pipelines.size;
  const bytes = engine.gpu.memory.bytes;
  const second = await engine.stylize(request);
  expect(engine.gpu.pipelines.size).toBe(pipelines);
  // No more than what the first job takes for itself: nothing prepared from filters is made again.
  expect(engine.gpu.memory.bytes - bytes).toBeLessThanOrEqual(first.bytes);
  await Promise.all([first, second].map((job) => job.advance({ evaluations: 4 })));
  expect((await second.pixels()).data).toEqual((await first.pixels()).data);
  engine.dispose();
  expect(engine.gpu.memory.bytes).toBe(0);
});

it('says what a picture would need that the device cannot bind', async () => {
  const { device } = watched();
  const engine = await createEngine({ device });
  const filters = seededFilters(engine.gpu, 'conv_1');
  const [width, height] = [1024, 768];
  const huge = { width, height, data: new Uint8ClampedArray(4 * width * height) };
  await expect(
    engine.stylize({
      ...pictures,
      content: huge,
      filters,
      contentLayers: ['conv_1'],
      styleLayers: ['conv_1'],
      history: 1,
    }),
  ).rejects.toThrow(/conv.* needs 192 MiB in one piece, but this GPU binds at most 128 MiB/);
  filters.dispose();
  expect(engine.gpu.memory.bytes).toBeLessThan(2 ** 20);
  engine.dispose();
});
