// L-BFGS, pass 2: adds up the tiles' partial sums of lbfgs_dots, one workgroup a row: dots[row] = sum over tiles of
// partials[row * tiles + tile]; in row SLOTS the third component is a maximum. Rows of empty slots are skipped.
override SLOTS: u32 = 2u;

// The chunk in hand (src/lbfgs/history.ts): one pipeline serves all sizes.
struct Chunk {
  count: u32, // elements
  stride: u32, // from one slot to the next, a multiple of 1024
  first_tile: u32,
  tiles: u32, // of all chunks
}

@group(0) @binding(0) var<storage, read> partials: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> dots: array<vec4f>;
@group(0) @binding(2) var<uniform> plan: array<vec4u, 1>;
@group(0) @binding(3) var<uniform> chunk: Chunk; // any

var<workgroup> scratch: array<vec4f, 256>;

fn join(a: vec4f, b: vec4f, peak: bool) -> vec4f {
  let sum = a + b;
  return vec4f(sum.xy, select(sum.z, max(a.z, b.z), peak), sum.w);
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  let peak = row == SLOTS;
  let age = (row + SLOTS - plan[0].x) % SLOTS;
  if (row < SLOTS && age > plan[0].y) {
    return;
  }
  var sum = vec4f();
  for (var tile = lane; tile < chunk.tiles; tile += 256u) {
    sum = join(sum, partials[row * chunk.tiles + tile], peak);
  }
  // In two rounds of 16.
  scratch[lane] = sum;
  workgroupBarrier();
  if (lane < 16u) {
    for (var k = lane + 16u; k < 256u; k += 16u) {
      sum = join(sum, scratch[k], peak);
    }
    scratch[lane] = sum;
  }
  workgroupBarrier();
  if (lane == 0u) {
    for (var k = lane + 1u; k < 16u; k++) {
      sum = join(sum, scratch[k], peak);
    }
    dots[row] = sum;
  }
}
