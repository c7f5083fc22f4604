// With parts/loads.wgsl.
// From a uniform buffer.

@group(0) @binding(0) var<uniform> x: array<vec4f, COUNT>;
@group(0) @binding(1) var<storage, read_write> totals: array<vec4f>;

fn prepare(lane: u32) {}

fn load(i: u32) -> vec4f {
  return x[i];
}
