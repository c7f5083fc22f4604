// Run by quiet.test.ts in a process of its own: opens Dawn, computes on it, writes to stderr, and ends without
// asking to. With the argument "keep" it closes nothing.
import { openDawn } from '../../src/node/dawn.js';

const dawn = await openDawn();
process.stderr.write('heard\n');
const adapter = await dawn.gpu.requestAdapter();
const device = await adapter!.requestDevice();
const module = device.createShaderModule({
  code: '@group(0) @binding(0) var<storage, read_write> x: array<f32>; @compute @workgroup_size(1) fn main() { x[0] += 40.0; }',
});
const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module } });
const COPY_SRC_DST_STORAGE = 0x04 | 0x08 | 0x80;
const MAP_READ_COPY_DST = 0x01 | 0x08;
const buffer = device.createBuffer({ size: 4, usage: COPY_SRC_DST_STORAGE });
const copy = device.createBuffer({ size: 4, usage: MAP_READ_COPY_DST });
device.queue.writeBuffer(buffer, 0, new Float32Array([2]));
const layout = pipeline.getBindGroupLayout(0);
const encoder = device.createCommandEncoder();
const pass = encoder.beginComputePass();
pass.setPipeline(pipeline);
pass.setBindGroup(0, device.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer } }] }));
pass.dispatchWorkgroups(1);
pass.end();
encoder.copyBufferToBuffer(buffer, 0, copy, 0, 4);
device.queue.submit([encoder.finish()]);
await copy.mapAsync(0x01);
console.log(new Float32Array(copy.getMappedRange())[0], 'GPUBufferUsage' in globalThis);
if (!process.argv.includes('keep')) {
  device.destroy();
  dawn.close();
  dawn.close();
}
