/** Of the time waited so far, the share that is slept before looking again: no wait gets longer by more than this. */
const SHARE = 0.04;
/** In milliseconds: what a keystroke, a timer or a second wait may come late. */
const LONGEST = 2;
/** Shorter than the system can sleep. */
const SHORTEST = 0.05;

/** Nothing ever wakes a sleeper on this cell. */
const CELL = new Int32Array(new SharedArrayBuffer(4));

let waits = 0;
let since = 0;
/** Whether `turn` is due already: one wait may follow another without a turn between them. */
let due = false;

/**
 * Waits for what Dawn promised without keeping a processor busy. While it owes anything, Dawn looks for its results on
 * every turn of the event loop, ten thousand times a second, which takes a core and fills the heap: on a software adapter
 * that is time taken from the shaders themselves. So each turn sleeps a little, the longer the more has been waited.
 */
export async function patiently<T>(promised: Promise<T>): Promise<T> {
  if (waits++ === 0) {
    since = performance.now();
    if (!due) setImmediate(turn);
    due = true;
  }
  try {
    return await promised;
  } finally {
    waits--;
  }
}

function turn(): void {
  due = waits > 0;
  if (!due) return;
  const rest = Math.min(LONGEST, SHARE * (performance.now() - since));
  if (rest >= SHORTEST) Atomics.wait(CELL, 0, 0, rest);
  setImmediate(turn);
}

/** Makes all waiting on devices that come from this entry point patient. The objects themselves are changed, no prototype. */
export function makePatient(gpu: GPU): void {
  const requestAdapter = gpu.requestAdapter.bind(gpu);
  gpu.requestAdapter = async (options) => {
    const adapter = await requestAdapter(options);
    if (adapter) makeAdapterPatient(adapter);
    return adapter;
  };
}

function makeAdapterPatient(adapter: GPUAdapter): void {
  const requestDevice = adapter.requestDevice.bind(adapter);
  adapter.requestDevice = async (descriptor) => {
    const device = await requestDevice(descriptor);
    makeDevicePatient(device);
    return device;
  };
}

function makeDevicePatient(device: GPUDevice): void {
  const { queue } = device;
  const pipeline = device.createComputePipelineAsync.bind(device);
  const workDone = queue.onSubmittedWorkDone.bind(queue);
  const popErrorScope = device.popErrorScope.bind(device);
  const createBuffer = device.createBuffer.bind(device);
  device.createComputePipelineAsync = (descriptor) => patiently(pipeline(descriptor));
  queue.onSubmittedWorkDone = () => patiently(workDone());
  device.popErrorScope = () => patiently(popErrorScope());
  device.createBuffer = (descriptor) => {
    const buffer = createBuffer(descriptor);
    const mapAsync = buffer.mapAsync.bind(buffer);
    buffer.mapAsync = (mode, offset, size) => patiently(mapAsync(mode, offset, size));
    return buffer;
  };
}
