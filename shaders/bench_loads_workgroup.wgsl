// With parts/loads.wgsl.
// From workgroup memory.

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> totals: array<vec4f>;

var<workgroup> staged: array<vec4f, COUNT>;

fn prepare(lane: u32) {
  for (var i = lane; i < COUNT; i += WIDTH) {
    staged[i] = x[i];
  }
  workgroupBarrier();
}

fn load(i: u32) -> vec4f {
  return staged[i];
}
