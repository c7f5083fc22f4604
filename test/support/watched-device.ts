import { afterAll, beforeAll } from 'vitest';
import { openDawn } from '../../src/node/dawn.js';

type Listener = Parameters<GPUDevice['addEventListener']>[1];

/** Somebody else's device, and what is done to it. */
export interface WatchedDevice {
  device: GPUDevice;
  /** Buffers, textures and query sets made and not destroyed. */
  alive: Set<GPUBuffer | GPUTexture | GPUQuerySet>;
  /** What the device told nobody in particular. */
  errors: string[];
  /** Listeners added and not removed again. */
  listeners: Set<unknown>;
  /** How many times the device was destroyed. */
  destroyed: number;
}

/** A device for a test file, made with WebGPU's default limits and no optional feature. Call at the top level. */
export function useWatchedDevice(): () => WatchedDevice {
  let dawn: Awaited<ReturnType<typeof openDawn>> | undefined;
  let watched: WatchedDevice | undefined;
  beforeAll(async () => {
    dawn = await openDawn();
    const adapter = await dawn.gpu.requestAdapter();
    watched = watch(await adapter!.requestDevice());
  });
  afterAll(() => {
    watched?.device.destroy();
    dawn?.close();
  });
  return () => {
    if (!watched) throw new Error('the device is there only while tests run');
    return watched;
  };
}

/** Keeps account of what is made on a device. */
export function watch(device: GPUDevice): WatchedDevice {
  const watched: WatchedDevice = { device, alive: new Set(), errors: [], listeners: new Set(), destroyed: 0 };
  device.addEventListener('uncapturederror', (event) => watched.errors.push(event.error.message));
  const follow = <T extends GPUBuffer | GPUTexture | GPUQuerySet>(made: T): T => {
    const destroy = made.destroy.bind(made);
    made.destroy = () => {
      watched.alive.delete(made);
      return destroy();
    };
    watched.alive.add(made);
    return made;
  };
  const createBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => follow(createBuffer(descriptor));
  const createTexture = device.createTexture.bind(device);
  device.createTexture = (descriptor) => follow(createTexture(descriptor));
  const createQuerySet = device.createQuerySet.bind(device);
  device.createQuerySet = (descriptor) => follow(createQuerySet(descriptor));
  const add = device.addEventListener.bind(device);
  const remove = device.removeEventListener.bind(device);
  device.addEventListener = (type: string, listener: Listener) => {
    watched.listeners.add(listener);
    add(type, listener);
  };
  device.removeEventListener = (type: string, listener: Listener) => {
    watched.listeners.delete(listener);
    remove(type, listener);
  };
  const destroy = device.destroy.bind(device);
  device.destroy = () => {
    watched.destroyed++;
    return destroy();
  };
  return watched;
}
