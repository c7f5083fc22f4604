// max_pool_2x2_backward.wgsl over planes whose width is a multiple of 8 and whose height is even: an invocation makes
// the gradients of four windows, four vectors of pixels. COUNT such fours; x and dx have 2 OW4 vectors to a row, dy
// has OW4.
override COUNT: u32 = 1u;
override OW4: u32 = 1u;
override ACCUMULATE: u32 = 0u;
override RECTIFY: u32 = 0u;

// As x is stored: vec4f or vec4h.
alias Four = vec4f;

@group(0) @binding(0) var<storage, read> x: array<Four>;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;

fn store(at: u32, even: vec2f, odd: vec2f) {
  let gradient = vec4f(even.x, odd.x, even.y, odd.y);
  if (ACCUMULATE == 1u) {
    dx[at] += gradient;
  } else {
    dx[at] = gradient;
  }
}

// The gradients of two windows: their pixels stand in two vectors, one above the other.
fn windows(at: u32, above: vec4f, below: vec4f, gradients: vec2f) {
  let largest = max(max(above.xz, above.yw), max(below.xz, below.yw));
  let dropped = (largest <= vec2f()) & vec2<bool>(RECTIFY == 1u);
  let given = select(gradients, vec2f(), dropped);
  // The first of the largest wins: row by row, from the left.
  let first = above.xz == largest;
  let second = !first & (above.yw == largest);
  let third = !first & !second & (below.xz == largest);
  let fourth = !first & !second & !third;
  store(at, select(vec2f(), given, first), select(vec2f(), given, second));
  store(at + 2u * OW4, select(vec2f(), given, third), select(vec2f(), given, fourth));
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * 64u + lane;
  if (at >= COUNT) {
    return;
  }
  let top = at / OW4 * 4u * OW4 + at % OW4 * 2u;
  let bottom = top + 2u * OW4;
  let gradients = dy[at];
  windows(top, vec4f(x[top]), vec4f(x[bottom]), gradients.xy);
  windows(top + 1u, vec4f(x[top + 1u]), vec4f(x[bottom + 1u]), gradients.zw);
}
