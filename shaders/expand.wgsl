// y = scalar[0], element by element; added to what y holds when ACCUMULATE is 1.
override COUNT: u32 = 1u;
override ACCUMULATE: u32 = 0u;

// Or a vector of four, with COUNT a fourth.
alias Element = f32;

@group(0) @binding(0) var<storage, read> scalar: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<Element>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * 256u + lane;
  if (i >= COUNT) {
    return;
  }
  let value = Element(scalar[0]);
  if (ACCUMULATE == 1u) {
    y[i] += value;
  } else {
    y[i] = value;
  }
}
