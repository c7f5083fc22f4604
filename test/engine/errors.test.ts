/** What goes wrong on the GPU reaches the caller as an error that names the operation, and nothing else hears of it. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, type StylizeRequest } from '../../src/engine/engine.js';
import { UserError } from '../../src/errors.js';
import type { GpuError } from '../../src/gpu/errors.js';
import {
  CompilationError,
  DeviceLostError,
  OutOfMemoryError,
  ValidationError,
} from '../../src/gpu/errors.js';
import { BufferUsage } from '../../src/gpu/flags.js';
import { Recorder } from '../../src/gpu/recorder.js';
import { relu } from '../../src/kernels/index.js';
import { openDawn } from '../../src/node/dawn.js';
import { openEngine } from '../../src/node/engine.js';
import { seededFilters } from '../support/filters.js';
import { seededPixels, SHALLOW } from '../support/pictures.js';
import { watch, type WatchedDevice } from '../support/watched-device.js';

let dawn: Awaited<ReturnType<typeof openDawn>>;
beforeAll(async () => {
  dawn = await openDawn();
});
afterAll(() => dawn.close());

/** A device for one test. */
async function open(): Promise<WatchedDevice> {
  const adapter = await dawn.gpu.requestAdapter();
  return watch(await adapter!.requestDevice());
}

const pictures = { content: seededPixels('content', 16), style: seededPixels('style', 16) };
function paint(engine: Engine, evaluations = 20) {
  return engine.stylize({
    ...pictures,
    filters: seededFilters(engine.gpu, 'conv_2'),
    ...SHALLOW,
    evaluations,
  });
}

/** What a promise rejects with. */
async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('nothing went wrong'),
    (error: unknown) => error,
  );
}

describe('a device that is lost', () => {
  it('ends what is under way with a DeviceLostError, and the engine says that it cannot go on', async () => {
    const { device, errors } = await open();
    const engine = await createEngine({ device });
    const job = await paint(engine, 10_000);
    expect(engine.state).toBe('ready');
    const running = job.advance({ evaluations: 5000 });
    await job.advance({ evaluations: 1 });
    device.destroy();
    const error = await failure(running);
    expect(error).toBeInstanceOf(DeviceLostError);
    expect(error).toMatchObject({
      kind: 'device-lost',
      reason: 'destroyed',
      canContinue: false,
      operation: expect.stringMatching(/^Reading |^Waiting for/),
      message: expect.stringContaining('the device was destroyed'),
    });
    expect(await engine.lost).toBeInstanceOf(DeviceLostError);
    expect(engine.state).toBe('lost');
    for (const late of [
      () => job.advance({ evaluations: 1 }),
      () => job.advance({ milliseconds: 1 }),
      () => job[Symbol.asyncIterator]().next(),
      () => job.pixels(),
      () => paint(engine),
    ]) {
      expect(await failure(late())).toBeInstanceOf(DeviceLostError);
    }
    engine.dispose();
    expect(engine.state).toBe('disposed');
    expect(errors).toEqual([]);
  });

  it('ends the preparation of a picture', async () => {
    const { device } = await open();
    const engine = await createEngine({ device });
    const preparing = failure(paint(engine));
    await new Promise((resolve) => setTimeout(resolve, 20));
    device.destroy();
    expect(await preparing).toBeInstanceOf(DeviceLostError);
    engine.dispose();
  });

  it.each([0, 1, 30])('is refused from the start, %i ms after it was lost', async (milliseconds) => {
    const { device, alive } = await open();
    device.destroy();
    if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds));
    const error = await failure(createEngine({ device }));
    expect(error).toBeInstanceOf(DeviceLostError);
    expect(error).toMatchObject({ operation: 'Making an engine', reason: 'destroyed' });
    expect(alive.size).toBe(0);
  });
});

it.each([
  [null, /^What createEngine was given is null; give an object, such as \{ device \}, or nothing\.$/],
  [Promise.resolve({}), /^What createEngine was given is a Promise; wait for it, and give an object/],
  [
    { gpu: {} },
    /^What stands for gpu is an Object without requestAdapter; give navigator\.gpu, or in Node what/,
  ],
  [{ gpu: 'webgpu' }, /^What stands for gpu is "webgpu" without requestAdapter/],
  [
    { tuning: true },
    /^What stands for tuning is true; give false, or an object with budget, known or onMeasured\.$/,
  ],
])('refuses %o for options', async (options, sentence) => {
  const error = await failure(createEngine(options as never));
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).toMatch(sentence);
});

it.each([Promise.resolve(), 5, 'device'])('refuses %o for a device', async (device) => {
  const error = await failure(createEngine({ device: device as unknown as GPUDevice }));
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({ message: expect.stringMatching(/^The device is .*give a GPUDevice, which/) });
});

describe('an engine that is disposed of', () => {
  const gone = { name: 'GpuError', message: 'Preparing a picture: the engine has been disposed of.' };

  it.each([false, { budget: 300 }] as const)(
    'while a picture is prepared ends that, whenever it is, and leaves nothing on the device (tuning %o)',
    async (tuning) => {
      const { device, alive, errors } = await open();
      let prepared = false;
      let cut = 0;
      // Later each time, until the picture is prepared before.
      for (let turns = 0; !prepared; turns = Math.ceil(1.3 * turns) + 1) {
        const engine = await createEngine({ device, tuning });
        const preparing = paint(engine).then(
          () => (prepared = true),
          (error: unknown) => error,
        );
        for (let i = 0; i < turns && !prepared; i++) await new Promise((resolve) => setImmediate(resolve));
        const early = !prepared;
        engine.dispose();
        const outcome = await preparing;
        if (early) {
          expect(outcome).toMatchObject(gone);
          cut++;
        }
        expect(engine.gpu.memory.bytes).toBe(0);
        expect([...alive].map(({ label }) => label)).toEqual([]);
      }
      expect(cut).toBeGreaterThan(3);
      expect(errors).toEqual([]);
      device.destroy();
    },
  );

  it('on a device of its own says so too, and not that the device is lost', async () => {
    const engine = await createEngine({ gpu: dawn.gpu, tuning: false });
    const preparing = failure(paint(engine));
    await new Promise((resolve) => setTimeout(resolve, 20));
    engine.dispose();
    expect(await preparing).toMatchObject(gone);
    expect(engine.gpu.memory.bytes).toBe(0);
  });

  it('loads, allocates, freezes and reads nothing any more', async () => {
    const { device, alive } = await open();
    const engine = await createEngine({ device });
    const { gpu } = engine;
    const x = gpu.tensor('x', [4]);
    const filters = seededFilters(gpu, 'conv_1');
    const recorder = new Recorder(gpu);
    relu(recorder, x);
    const reading = failure(gpu.read(x));
    engine.dispose();
    const message = expect.stringMatching(/^[^:]+: the engine has been disposed of\.$/) as string;
    expect(await reading).toMatchObject({ name: 'GpuError', message });
    for (const late of [
      async () => gpu.tensor('y', [4]),
      () => gpu.read(x),
      () => recorder.freeze(),
      () => engine.loadFilters(new Uint8Array(8)),
      () => engine.stylize({ ...pictures, filters }),
    ]) {
      expect(await failure(late())).toMatchObject({ name: 'GpuError', message });
    }
    expect(gpu.memory.bytes).toBe(0);
    expect(alive.size).toBe(0);
    device.destroy();
  });

  it('in Node opens no filters any more', async () => {
    const engine = await openEngine({ tuning: false });
    const five = 5 as unknown as string;
    expect(await failure(engine.openFilters(five))).toMatchObject({
      message: 'The choice of weights must be a text with something in it, not 5.',
    });
    engine.dispose();
    expect(await failure(engine.openFilters())).toMatchObject({
      message: 'Loading filters: the engine has been disposed of.',
    });
    expect(engine.gpu.memory.bytes).toBe(0);
  });
});

/**
 * Makes a device full: buffers and textures whose label matches are refused as WebGPU specifies, with an error in the scope for it and
 * something that cannot be used. No software adapter runs out of memory before the machine does.
 *
 * @returns what makes room again.
 */
function fill({ device }: WatchedDevice, label: RegExp): () => void {
  let full = true;
  const scopes: { filter: GPUErrorFilter; error: GPUError | null }[] = [];
  const push = device.pushErrorScope.bind(device);
  const pop = device.popErrorScope.bind(device);
  const createBuffer = device.createBuffer.bind(device);
  const createTexture = device.createTexture.bind(device);
  device.pushErrorScope = (filter) => {
    scopes.push({ filter, error: null });
    return push(filter);
  };
  device.popErrorScope = async () => {
    const scope = scopes.pop();
    const own = await pop();
    return scope?.error ?? own;
  };
  const refuse = <T extends GPUBuffer | GPUTexture>(made: T): T => {
    if (!full || !label.test(made.label)) return made;
    const scope = scopes.findLast(({ filter }) => filter === 'out-of-memory');
    expect(scope, `${made.label} is made within a scope`).toBeDefined();
    scope!.error ??= { message: 'no room' };
    made.destroy();
    return made;
  };
  device.createBuffer = (descriptor) => refuse(createBuffer(descriptor));
  device.createTexture = (descriptor) => refuse(createTexture(descriptor));
  return () => (full = false);
}

const SEARCH = { lineSearch: 'strong-wolfe' } as const;

describe.each([
  ['the history of the optimiser', /^lbfgs\.s0/, /^Allocating .* for lbfgs\.s0/],
  ['the image', /^image$/, /^Allocating 3 KiB|^Allocating .* for image/],
  ['the temporaries', /^evaluation buffer #/, /^Allocating .* for evaluation buffer #/],
  ['the way back', /^staging$/, /^Reading /],
  ['what is prepared from the filters', /^conv1_2\.weight\./, /^(Freezing|Allocating) /],
  ['a gradient of the line search', /^lbfgs\.kept0/, /^Allocating .* for lbfgs\.kept0/, SEARCH],
  ['the best image of the line search', /^best image$/, /^Allocating .* for best image/, SEARCH],
] as const)('a GPU without room for %s', (_, label, operation, more: Partial<StylizeRequest> = {}) => {
  it('is told as an OutOfMemoryError, after which all is freed and other work goes on', async () => {
    const watched = await open();
    const engine = await createEngine({ device: watched.device });
    const filters = seededFilters(engine.gpu, 'conv_2');
    const request = { ...pictures, filters, ...SHALLOW, ...more, evaluations: 3 };
    const paintOnce = async (from: Engine, asked: StylizeRequest) => {
      const job = await from.stylize(asked);
      try {
        return (await job.advance({ evaluations: 1 })).scores!;
      } finally {
        job.dispose();
      }
    };
    // What an engine holds that has painted and freed all that it was given.
    const calm = await createEngine({ device: watched.device });
    const others = seededFilters(calm.gpu, 'conv_2');
    const scores = await paintOnce(calm, { ...request, filters: others });
    others.dispose();
    const held = calm.gpu.memory.bytes;

    const makeRoom = fill(watched, label);
    const error = await failure(paintOnce(engine, request));
    expect(error).toBeInstanceOf(OutOfMemoryError);
    expect(error).toMatchObject({ kind: 'out-of-memory', canContinue: true });
    expect((error as GpuError).operation).toMatch(operation);
    expect(engine.state).toBe('ready');
    // With room again, the same filters serve, to the bit.
    makeRoom();
    expect(await paintOnce(engine, request)).toEqual(scores);
    filters.dispose();
    expect(engine.gpu.memory.bytes).toBe(held);
    const recorder = new Recorder(engine.gpu);
    const x = engine.gpu.tensor('x', [4], Float32Array.of(-1, 0, 1, 2));
    relu(recorder, x);
    const program = await recorder.freeze();
    expect(await program.run()).toBeUndefined();
    program.dispose();
    for (const each of [engine, calm]) {
      each.dispose();
      expect(each.gpu.memory.bytes).toBe(0);
    }
    expect(watched.errors).toEqual([]);
    watched.device.destroy();
  });
});

describe("what WebGPU's rules forbid", () => {
  it('is told as a ValidationError by the job, and leaves the engine ready', async () => {
    const { device, errors } = await open();
    const engine = await createEngine({ device });
    const job = await paint(engine);
    const target = device.createBuffer({ size: 4 * 256, usage: BufferUsage.COPY_DST });
    target.destroy();
    job.writeBuffer({ buffer: target, width: 16, height: 16, format: 'rgba8unorm' });
    const error = await failure(job.advance({ evaluations: 1 }));
    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toMatchObject({ operation: 'Writing the picture', canContinue: true });
    expect(engine.state).toBe('ready');
    const loop = async () => {
      for await (const { evaluations } of job) expect(evaluations).toBe(0);
    };
    expect(await failure(loop()), 'a loop throws what advance rejects with').toBe(error);
    job.dispose();
    const other = await paint(engine, 2);
    expect((await other.advance({ evaluations: 2 })).end).toBe('complete');
    engine.dispose();
    expect(errors).toEqual([]);
    device.destroy();
  });

  it('is told of programs by what running them returns', async () => {
    const { device, errors } = await open();
    const engine = await createEngine({ device });
    const x = engine.gpu.tensor('x', [4]);
    const recorder = new Recorder(engine.gpu, 'mine');
    const y = relu(recorder, x);
    const program = await recorder.freeze([y]);
    engine.gpu.free(x);
    expect(await program.run()).toMatchObject({ name: 'ValidationError', operation: 'Running mine' });
    engine.dispose();
    expect(errors).toEqual([]);
    device.destroy();
  });

  it('is told as a CompilationError for a shader, with the line', async () => {
    const { device, errors } = await open();
    const engine = await createEngine({ device });
    const createShaderModule = device.createShaderModule.bind(device);
    device.createShaderModule = ({ code, ...rest }) =>
      createShaderModule({ ...rest, code: code.replace('fn main', 'fn main main') });
    const recorder = new Recorder(engine.gpu);
    relu(recorder, engine.gpu.tensor('x', [4]));
    const error = await failure(recorder.freeze());
    expect(error).toBeInstanceOf(CompilationError);
    expect(error).toMatchObject({ operation: 'shaders/relu.wgsl', canContinue: true });
    expect((error as Error).message).toMatch(/error at \d+:\d+: .*\n {4}fn main\(/);
    // Where the cause is gone it can be tried again.
    device.createShaderModule = createShaderModule;
    (await recorder.freeze()).dispose();
    engine.dispose();
    expect(errors).toEqual([]);
    device.destroy();
  });
});

it('keeps the entry point of a device of its own for as long as anybody has the device', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const collected: string[] = [];
  const registry = new FinalizationRegistry<string>((name) => collected.push(name));
  const make = async () => {
    const gpu = Object.create(dawn.gpu, {
      requestAdapter: { value: () => dawn.gpu.requestAdapter() },
    }) as GPU;
    registry.register(gpu, 'entry point');
    registry.register({}, 'what nobody has');
    const engine = await createEngine({ gpu, tuning: false });
    engine.dispose();
    return engine.device;
  };
  const device = await make();
  for (let i = 0; i < 200 && collected.length === 0; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(collected).toEqual(['what nobody has']);
  expect(device.label).toBe('scumble');
});

it('measures variants on demand, once, and tells what it has measured', async () => {
  const { device } = await open();
  const told: number[] = [];
  const engine = await createEngine({
    device,
    tuning: { budget: 0, onMeasured: (measured) => told.push(measured.length) },
  });
  (await paint(engine)).dispose();
  expect(told.length).toBeGreaterThan(0);
  const count = told.length;
  (await paint(engine)).dispose();
  expect(told).toHaveLength(count);
  engine.dispose();
  device.destroy();
});
