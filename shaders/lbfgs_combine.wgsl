// L-BFGS, pass 5: the direction d = cg g + sum over stored pairs of (cs s + cy y), written into the candidate's slot
// of s, and per tile of 1024 elements (g.d, sum |d|, max |d|, how many of d are not finite).
//
// With PROJECT, g counts as 0 where x is at a bound and -g points out of the box, and d is 0 there, and also where x
// is at a bound and d itself points out: what is left of d is what x can follow, and g.d is its slope.
override SLOTS: u32 = 2u;
override PROJECT: u32 = 0u;
override LOW: f32 = 0.0;
override HIGH: f32 = 1.0;

const TILE = 1024u;
const QUADS = 256u; // of elements, in a tile
const ACT = 1u;
const PLAN: u32 = 4u; // SLOTS + 2

// The chunk in hand (src/lbfgs/history.ts): one pipeline serves all sizes.
struct Chunk {
  count: u32, // elements
  stride: u32, // from one slot to the next, a multiple of 1024
  first_tile: u32,
  tiles: u32, // of all chunks
}

@group(0) @binding(0) var<storage, read_write> s: array<vec4f>;
@group(0) @binding(1) var<storage, read> y: array<vec4f>;
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<f32>;
@group(0) @binding(4) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(5) var<uniform> plan: array<vec4u, PLAN>;
@group(0) @binding(6) var<uniform> chunk: Chunk;

var<workgroup> scratch: array<vec4f, 256>;

fn finite(v: vec4f) -> vec4<bool> {
  return (bitcast<vec4u>(v) & vec4u(0x7f800000u)) != vec4u(0x7f800000u);
}

fn outward(at: vec4f, slope: vec4f) -> vec4<bool> {
  return ((at <= vec4f(LOW)) & (slope > vec4f())) | ((at >= vec4f(HIGH)) & (slope < vec4f()));
}

fn join(a: vec4f, b: vec4f) -> vec4f {
  let sum = a + b;
  return vec4f(sum.xy, max(a.z, b.z), sum.w);
}

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = group.y * groups.x + group.x;
  let now = plan[0];
  if ((now.w & ACT) == 0u) {
    return;
  }
  if (tile * TILE >= chunk.count) { // a folded grid may have workgroups past the end
    return;
  }
  let cg = bitcast<f32>(plan[1].y);

  // Every lane four elements in a row, as lbfgs_dots.
  let stride = chunk.stride / 4u;
  let quad = tile * QUADS + lane;
  var at = vec4f();
  var raw = vec4f();
  var inside = vec4<bool>(); // past the end s stays 0, whatever the coefficients
  for (var c = 0u; c < 4u; c++) {
    if (4u * quad + c < chunk.count) {
      inside[c] = true;
      raw[c] = gradient[4u * quad + c];
      if (PROJECT == 1u) {
        at[c] = x[4u * quad + c];
      }
    }
  }
  var g = raw;
  if (PROJECT == 1u) {
    g = select(raw, vec4f(), outward(at, raw));
  }
  var d = cg * g;
  for (var j = 0u; j < now.y; j++) {
    let slot = (now.x + j) % SLOTS;
    let coefficients = bitcast<vec2f>(plan[2u + slot].xy);
    let k = slot * stride + quad;
    d = fma(vec4f(coefficients.x), s[k], fma(vec4f(coefficients.y), y[k], d));
  }
  if (PROJECT == 1u) {
    d = select(d, vec4f(), outward(at, raw) | outward(at, -d));
  }
  d = select(vec4f(), d, inside);
  s[now.z * stride + quad] = d;

  let valid = finite(d);
  let length = abs(select(vec4f(), d, valid));
  let slope = dot(g, select(vec4f(), d, valid));
  let peak = max(max(length.x, length.y), max(length.z, length.w));
  let wrong = dot(select(vec4f(1.0), vec4f(), valid), vec4f(1.0));
  let about_d = vec4f(slope, dot(length, vec4f(1.0)), peak, wrong);

  // In two rounds of 16.
  scratch[lane] = about_d;
  workgroupBarrier();
  if (lane < 16u) {
    var sum = scratch[lane];
    for (var k = lane + 16u; k < 256u; k += 16u) {
      sum = join(sum, scratch[k]);
    }
    scratch[lane] = sum;
  }
  workgroupBarrier();
  if (lane == 0u) {
    var sum = scratch[0];
    for (var k = lane + 1u; k < 16u; k++) {
      sum = join(sum, scratch[k]);
    }
    partials[chunk.first_tile + tile] = sum;
  }
}
