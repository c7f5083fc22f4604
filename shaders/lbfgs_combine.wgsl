// L-BFGS, pass 5: the direction d = cg g + sum over stored pairs of (cs s + cy y), written into the candidate's slot
// of s, and per tile of 1024 elements (g.d, sum |d|, max |d|, how many of d are not finite).
//
// With PROJECT, g counts as 0 where x is at a bound and -g points out of the box, and d is 0 there, and also where x
// is at a bound and d itself points out: what is left of d is what x can follow, and g.d is its slope.
override COUNT: u32 = 1u; // elements of this chunk
override STRIDE: u32 = 1u;
override SLOTS: u32 = 2u;
override FIRST_TILE: u32 = 0u;
override PROJECT: u32 = 0u;
override LOW: f32 = 0.0;
override HIGH: f32 = 1.0;

const TILE = 1024u;
const ACT = 1u;
const PLAN: u32 = 4u; // SLOTS + 2

@group(0) @binding(0) var<storage, read_write> s: array<f32>;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<f32>;
@group(0) @binding(4) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(5) var<uniform> plan: array<vec4u, PLAN>;

var<workgroup> scratch: array<vec4f, 256>;

fn finite(v: f32) -> bool {
  return (bitcast<u32>(v) & 0x7f800000u) != 0x7f800000u;
}

fn outward(at: f32, slope: f32) -> bool {
  return (at <= LOW && slope > 0.0) || (at >= HIGH && slope < 0.0);
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
  let cg = bitcast<f32>(plan[1].y);

  var about_d = vec4f();
  for (var k = lane; k < TILE; k += 256u) {
    let i = tile * TILE + k;
    if (i >= COUNT) {
      break;
    }
    let raw = gradient[i];
    var at = 0.0;
    var g = raw;
    if (PROJECT == 1u) {
      at = x[i];
      g = select(raw, 0.0, outward(at, raw));
    }
    var d = cg * g;
    for (var j = 0u; j < now.y; j++) {
      let slot = (now.x + j) % SLOTS;
      let c = bitcast<vec2f>(plan[2u + slot].xy);
      d = fma(c.x, s[slot * STRIDE + i], fma(c.y, y[slot * STRIDE + i], d));
    }
    if (PROJECT == 1u && (outward(at, raw) || outward(at, -d))) {
      d = 0.0;
    }
    s[now.z * STRIDE + i] = d;
    let valid = finite(d);
    d = select(0.0, d, valid);
    about_d = join(about_d, vec4f(g * d, abs(d), abs(d), select(1.0, 0.0, valid)));
  }

  scratch[lane] = about_d;
  for (var width = 128u; width > 0u; width >>= 1u) {
    workgroupBarrier();
    if (lane < width) {
      scratch[lane] = join(scratch[lane], scratch[lane + width]);
    }
  }
  if (lane == 0u && tile * TILE < COUNT) {
    partials[FIRST_TILE + tile] = scratch[0];
  }
}
