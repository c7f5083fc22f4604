// Asks the machine for a WebGPU adapter and has it compute something. Runs as a process of its own, since a
// broken driver may crash or hang. Prints one JSON object: { name } on success, otherwise { problem }, which is
// empty where there is simply no adapter.
import { create } from 'webgpu';

const STORAGE_AND_COPY_SOURCE = 0x80 | 0x04;
const MAP_READ_AND_COPY_TARGET = 0x01 | 0x08;
const READ = 0x01;
const ANSWER = 42;

const code = `
@group(0) @binding(0) var<storage, read_write> answer: array<u32>;
@compute @workgroup_size(1) fn main() { answer[0] = ${ANSWER - 1}u + 1u; }
`;

/** @param {GPUDevice} device */
async function compute(device) {
  const module = device.createShaderModule({ code });
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
  const answer = device.createBuffer({ size: 4, usage: STORAGE_AND_COPY_SOURCE });
  const copy = device.createBuffer({ size: 4, usage: MAP_READ_AND_COPY_TARGET });
  const layout = pipeline.getBindGroupLayout(0);
  const entries = [{ binding: 0, resource: { buffer: answer } }];
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(answer, 0, copy, 0, 4);
  device.queue.submit([encoder.finish()]);
  await copy.mapAsync(READ);
  return new Uint32Array(copy.getMappedRange())[0];
}

// Dawn crashes when this object is collected before its devices, so it stays referenced to the end.
const gpu = create([]);
try {
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error('');
  const device = await adapter.requestDevice();
  const answer = await compute(device);
  if (answer !== ANSWER) throw new Error(`the adapter computed ${answer} where ${ANSWER} was due`);
  console.log(JSON.stringify({ name: adapter.info.description || adapter.info.device }));
  device.destroy();
} catch (error) {
  console.log(JSON.stringify({ problem: error instanceof Error ? error.message : String(error) }));
}
