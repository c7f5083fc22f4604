// L-BFGS, pass 3: adds up the tiles' partial sums of lbfgs_dots, one workgroup a row: dots[row] = sum over tiles and
// parts of partials[(row * tiles + tile) * PARTS + part]; in row SLOTS the third component is a maximum. Rows of empty
// slots are skipped.
override SLOTS: u32 = 2u;

const LANES = 256u; // 16 or more, or as PARTS
const PARTS = 1u;

// The chunk in hand (src/lbfgs/history.ts): one pipeline serves all sizes.
struct Chunk {
  count: u32, // elements
  first_tile: u32,
  tiles: u32, // of all chunks
}

@group(0) @binding(0) var<storage, read> partials: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> dots: array<vec4f>;
@group(0) @binding(2) var<uniform> plan: array<vec4u, 1>;
@group(0) @binding(3) var<uniform> chunk: Chunk; // any

var<workgroup> scratch: array<vec4f, LANES>;

fn join(a: vec4f, b: vec4f, peak: bool) -> vec4f {
  let sum = a + b;
  return vec4f(sum.xy, select(sum.z, max(a.z, b.z), peak), sum.w);
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  let peak = row == SLOTS;
  let age = (row + SLOTS - plan[0].x) % SLOTS;
  if (row < SLOTS && age > plan[0].y) {
    return;
  }
  var sum = vec4f();
  let count = chunk.tiles * PARTS;
  for (var k = lane; k < count; k += LANES) {
    sum = join(sum, partials[row * count + k], peak);
  }
  // In two rounds of 16.
  scratch[lane] = sum;
  workgroupBarrier();
  if (lane < 16u) {
    for (var k = lane + 16u; k < LANES; k += 16u) {
      sum = join(sum, scratch[k], peak);
    }
    scratch[lane] = sum;
  }
  workgroupBarrier();
  if (lane == 0u) {
    for (var k = lane + 1u; k < min(16u, LANES); k++) {
      sum = join(sum, scratch[k], peak);
    }
    dots[row] = sum;
  }
}
