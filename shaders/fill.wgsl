// x = VALUE, element by element.
override COUNT: u32 = 1u;
override VALUE: f32 = 0.0;

// Or a vector of four, with COUNT a fourth.
alias Element = f32;

@group(0) @binding(0) var<storage, read_write> x: array<Element>;

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
  x[i] = Element(VALUE);
}
