// y = x with each of its rows of WIDTH numbers lengthened by zeros to PADDED.
override COUNT: u32 = 1u;
override WIDTH: u32 = 1u;
override PADDED: u32 = 1u;

// As x and y are stored: f32 or f16.
alias Element = f32;

@group(0) @binding(0) var<storage, read> x: array<Element>;
@group(0) @binding(1) var<storage, read_write> y: array<Element>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * 256u + lane;
  if (at >= COUNT) {
    return;
  }
  let column = at % PADDED;
  if (column < WIDTH) {
    y[at] = x[(at / PADDED) * WIDTH + column];
  } else {
    y[at] = Element();
  }
}
