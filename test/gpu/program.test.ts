import { afterEach, describe, expect, it, vi } from 'vitest';
import { read, update, write } from '../../src/gpu/dispatch.js';
import { LimitError, ShapeError } from '../../src/gpu/errors.js';
import { runAll } from '../../src/gpu/program.js';
import { Recorder } from '../../src/gpu/recorder.js';
import { Tensor } from '../../src/gpu/tensor.js';
import { add, axpy, relu } from '../../src/kernels/index.js';
import { useGpu } from '../support/gpu.js';

const gpu = useGpu();
afterEach(() => vi.restoreAllMocks());

const vector = (label: string, ...values: number[]) =>
  gpu().tensor(label, [values.length], Float32Array.from(values));

describe('a frozen program', () => {
  it('creates no WebGPU object in a run but the command encoder, and writes nothing', async () => {
    const x = vector('x', -1, 2, 3);
    const recorder = new Recorder(gpu());
    const y = add(recorder, relu(recorder, x), x);
    const program = await recorder.freeze([y]);
    const { device } = gpu();
    const made: string[] = [];
    const makers = [
      'createBuffer',
      'createBindGroup',
      'createBindGroupLayout',
      'createPipelineLayout',
      'createShaderModule',
      'createComputePipeline',
      'createComputePipelineAsync',
      'createQuerySet',
      'createTexture',
      'createCommandEncoder',
    ] as const;
    for (const name of makers) {
      const original = device[name].bind(device) as (...args: unknown[]) => unknown;
      vi.spyOn(device, name).mockImplementation((...args: unknown[]) => {
        made.push(name);
        return original(...args) as never;
      });
    }
    const writes = vi.spyOn(device.queue, 'writeBuffer');
    const bytes = gpu().memory.bytes;
    for (let i = 0; i < 3; i++) runAll(gpu(), [program, program]);
    expect(made).toEqual(['createCommandEncoder', 'createCommandEncoder', 'createCommandEncoder']);
    expect(writes).not.toHaveBeenCalled();
    expect(gpu().memory.bytes).toBe(bytes);
    vi.restoreAllMocks();
    expect(await gpu().read(y)).toEqual(Float32Array.of(-1, 4, 6));
    program.dispose();
    gpu().free(x);
  });

  it('has nothing to do with what a recording that was given up would have prepared', async () => {
    const weights = gpu().constant('weights', [2], Float32Array.of(1, 2));
    const givenUp = new Recorder(gpu());
    givenUp.prepared([weights], 'doubled', [2], (output) => axpy(givenUp, 2, weights, output));
    expect(gpu().pendingSetup.size).toBe(1);
    gpu().free(weights);
    expect(gpu().pendingSetup.size).toBe(0);
    const x = vector('x', -1, 2);
    const recorder = new Recorder(gpu());
    const y = relu(recorder, x);
    const program = await recorder.freeze([y]);
    program.run();
    expect(await gpu().read(y)).toEqual(Float32Array.of(0, 2));
    program.dispose();
    gpu().free(x);
  });

  it('shares memory among temporaries that do not meet, and frees it all', async () => {
    const before = gpu().memory.bytes;
    const x = gpu().tensor('x', [1000], new Float32Array(1000).fill(1));
    const recorder = new Recorder(gpu());
    let y = x;
    for (let i = 0; i < 10; i++) y = add(recorder, y, y);
    const program = await recorder.freeze([y]);
    program.run();
    expect((await gpu().read(y))[999]).toBe(2 ** 10);
    expect(program.memory).toEqual({ bytes: 3 * 4000, peakBytes: 3 * 4000, unsharedBytes: 10 * 4000 });
    program.dispose();
    gpu().free(x);
    const staging = 4096;
    expect(gpu().memory.bytes - before).toBeLessThanOrEqual(staging);
  });

  it('keeps what is read afterwards apart from later and earlier temporaries', async () => {
    const x = vector('x', 1, 2);
    const recorder = new Recorder(gpu());
    const early = add(recorder, x, x);
    const late = add(recorder, add(recorder, x, early), early);
    const program = await recorder.freeze([early, late]);
    program.run();
    program.run();
    expect(await gpu().read(early)).toEqual(Float32Array.of(2, 4));
    expect(await gpu().read(late)).toEqual(Float32Array.of(5, 10));
    program.dispose();
    gpu().free(x);
  });
});

describe('what a recorder refuses', () => {
  const call = (
    bindings: Parameters<Recorder['dispatch']>[0]['bindings'],
    workgroups: [number, number, number] = [1, 1, 1],
  ) => ({ label: 'relu', shader: 'relu', bindings, workgroups }) as const;

  it('a temporary read before it is written', () => {
    const recorder = new Recorder(gpu());
    expect(() => relu(recorder, recorder.temporary('nothing', [4]))).toThrow(
      /nothing\[4\] is read before anything/,
    );
  });

  it('a temporary of another recording, or of a program that was disposed', async () => {
    const x = vector('x', 1);
    const recorder = new Recorder(gpu());
    const y = relu(recorder, x);
    expect(() => relu(new Recorder(gpu()), y)).toThrow(/belongs to another recording, or was freed/);
    const program = await recorder.freeze([y]);
    program.dispose();
    expect(() => relu(new Recorder(gpu()), y)).toThrow(/belongs to another recording, or was freed/);
    gpu().free(x);
  });

  it('writing a constant', () => {
    const constant = gpu().constant('weights', [2], Float32Array.of(1, 2));
    const x = vector('x', 1, 2);
    expect(() => axpy(new Recorder(gpu()), 1, x, constant)).toThrow(/weights\[2\] is a constant/);
    gpu().free(constant);
    gpu().free(x);
  });

  it('one buffer read and written at once', () => {
    const x = vector('x', 1);
    const recorder = new Recorder(gpu());
    expect(() => recorder.dispatch(call([read(x), write(x)]))).toThrow(
      /x is bound for reading and for writing/,
    );
    expect(() => recorder.dispatch(call([read(x), update(x)]))).toThrow(
      /x is bound for reading and for writing/,
    );
    gpu().free(x);
  });

  it('one buffer written twice at once', () => {
    const recorder = new Recorder(gpu());
    const x = recorder.temporary('x', [8]);
    const [half, other] = [new Tensor(x.storage, [4]), new Tensor(x.storage, [4], 16)];
    expect(() => recorder.dispatch(call([write(half), write(other)]))).toThrow(
      /x is bound for writing twice/,
    );
  });

  it('more workgroups than WebGPU allows, or none', () => {
    const x = vector('x', 1);
    const recorder = new Recorder(gpu());
    const y = recorder.temporary('y', [1]);
    for (const count of [0, 65_536, 1.5]) {
      expect(() => recorder.dispatch(call([read(x), write(y)], [count, 1, 1]))).toThrow(/cannot dispatch/);
    }
    gpu().free(x);
  });

  it('a tensor beyond what the device binds or holds, naming both sizes', () => {
    const recorder = new Recorder(gpu());
    const limit = gpu().limits.maxStorageBufferBindingSize;
    const x = recorder.temporary('huge', [limit / 4 + 1]);
    expect(() => recorder.dispatch(call([write(x)]))).toThrow(
      /huge needs .* in one piece, but this GPU binds at most .*--size/,
    );
    expect(() => gpu().tensor('larger still', [Math.floor(gpu().limits.maxBufferSize / 4) + 1])).toThrow(
      /at most .* in one buffer/,
    );
  });

  it('anything once it is frozen, and to be frozen twice', async () => {
    const x = vector('x', -1, 2);
    const recorder = new Recorder(gpu(), 'mine');
    const y = relu(recorder, x);
    const freezing = recorder.freeze([y]);
    await expect(recorder.freeze([y])).rejects.toThrow(/^mine is frozen already/);
    expect(() => add(recorder, y, x)).toThrow(/mine is frozen and takes no more; record into a new Recorder/);
    const program = await freezing;
    expect(() => relu(recorder, y)).toThrow(ShapeError);
    expect(() => recorder.freezeNow()).toThrow(ShapeError);
    program.run();
    expect(await gpu().read(y)).toEqual(Float32Array.of(0, 2));
    program.dispose();
    gpu().free(x);
  });

  it('shapes that are no shapes', () => {
    const recorder = new Recorder(gpu());
    for (const size of [0, -1, 1.5, NaN]) {
      expect(() => recorder.temporary('x', [2, size])).toThrow(/whole numbers ≥ 1/);
    }
    const before = gpu().memory.bytes;
    for (const size of [0, -1, 1.5, NaN]) {
      for (const form of ['buffer', 'texels'] as const)
        expect(() => gpu().zeros('x', [2, size], form)).toThrow(/whole numbers ≥ 1/);
    }
    expect(() => vector('x').size).toThrow(/whole numbers ≥ 1/);
    expect(() => gpu().tensor('x', [2], new Float32Array(3))).toThrow(/x\[2\] takes 2 numbers, not 3/);
    expect(gpu().memory.bytes, 'nothing is kept of what was refused').toBe(before);
    const x = vector('x', 1, 2, 3);
    expect(() => x.view([2, 2])).toThrow(/cannot be viewed/);
    expect(() => new Tensor(x.storage, [3], 4)).toThrow(/does not fit/);
    gpu().free(x);
  });
});

it('keeps no memory of a program that could not have all it needs', async () => {
  const x = vector('x', 1, -2);
  const recorder = new Recorder(gpu());
  const y = add(recorder, relu(recorder, x), relu(recorder, x));
  const before = gpu().memory.bytes;
  const allocate = gpu().allocateUntracked.bind(gpu());
  let allowed = 2;
  vi.spyOn(gpu(), 'allocateUntracked').mockImplementation((label, bytes, form) => {
    if (allowed-- === 0) throw new LimitError(`no room for ${label}`);
    return allocate(label, bytes, form);
  });
  await expect(recorder.freeze([y])).rejects.toThrow(/^no room for/);
  expect(gpu().memory.bytes).toBe(before);
  // With room it can be tried again.
  vi.restoreAllMocks();
  (await recorder.freeze([y])).dispose();
  gpu().free(x);
});

it('says which line of which shader does not compile', async () => {
  const pipeline = gpu().pipelines.get({ shader: 'relu', constants: { COUNT: -1 }, bindings: ['storage'] });
  await expect(pipeline).rejects.toThrow(/shaders\/relu\.wgsl/);
});
