import { create } from 'webgpu';

/** Opens Dawn in this process. The returned object keeps Dawn's instance alive: close it when done. */
export async function openDawn(): Promise<{ gpu: GPU; close(): void }> {
  let gpu: GPU | undefined = create(['disable-dawn-features=timestamp_quantization']);
  return {
    get gpu() {
      return gpu!;
    },
    close() {
      gpu = undefined;
    },
  };
}
