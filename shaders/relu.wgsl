// y = max(x, 0), element by element.
override COUNT: u32 = 1u;

// Or a vector of four, with COUNT a fourth.
alias Element = f32;
// As they are stored: f32 or f16, or vectors of four likewise.
alias In = f32;
alias Out = f32;

@group(0) @binding(0) var<storage, read> x: array<In>;
@group(0) @binding(1) var<storage, read_write> y: array<Out>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * 256u + lane;
  if (i < COUNT) {
    y[i] = Out(max(Element(x[i]), Element()));
  }
}
