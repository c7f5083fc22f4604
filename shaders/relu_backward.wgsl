// dx = dy where x > 0, else 0; added to what dx holds when ACCUMULATE is 1.
override COUNT: u32 = 1u;
override ACCUMULATE: u32 = 0u;

// Or a vector of four, with COUNT a fourth.
alias Element = f32;
// As x is stored: f32 or f16, or vectors of four likewise.
alias In = f32;

@group(0) @binding(0) var<storage, read> x: array<In>;
@group(0) @binding(1) var<storage, read> dy: array<Element>;
@group(0) @binding(2) var<storage, read_write> dx: array<Element>;

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
  let gradient = select(Element(), dy[i], Element(x[i]) > Element());
  if (ACCUMULATE == 1u) {
    dx[i] += gradient;
  } else {
    dx[i] = gradient;
  }
}
