// L-BFGS, pass 5: the direction d = cg g + sum over stored pairs of (cs s + cy y), written into the candidate's slot
// of s, and for each tile of 1024 elements PARTS partial sums of (g.d, sum |d|, max |d|, how many of d are not finite).
//
// A workgroup takes a tile, each lane four elements in a row at HELD places at a time (src/lbfgs/forms.ts). With LANES =
// PARTS every lane keeps to itself and there is no barrier.
//
// With PROJECT, g counts as 0 where x is at a bound and -g points out of the box, and d is 0 there, and also where x
// is at a bound and d itself points out: what is left of d is what x can follow, and g.d is its slope.
override SLOTS: u32 = 2u;
override PROJECT: u32 = 0u;
override LOW: f32 = 0.0;
override HIGH: f32 = 1.0;

const LANES = 256u;
const HELD = 1u; // 1, or as many as a strip has places for LANES
const PARTS = 1u; // 1, or as LANES
const TILE = 1024u;
const QUADS = 256u; // of elements, in a tile
const STRIP = 32u; // quads of one slot in a row
const ACT = 1u;
const PLAN: u32 = 4u; // SLOTS + 2

// The chunk in hand (src/lbfgs/history.ts): one pipeline serves all sizes.
struct Chunk {
  count: u32, // elements
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

var<workgroup> scratch: array<vec4f, LANES>;

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

// Where the history holds a quad of the chunk.
fn place(slot: u32, quad: u32) -> u32 {
  return ((quad / STRIP) * SLOTS + slot) * STRIP + quad % STRIP;
}

@compute @workgroup_size(LANES)
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

  var about_d = vec4f();
  for (var at = tile * QUADS + lane; at < (tile + 1u) * QUADS; at += LANES * HELD) {
    // Set to 0 by hand: in a loop, a declaration alone has been seen to leave the last turn's values there.
    var d = array<vec4f, HELD>();
    var g = array<vec4f, HELD>();
    var at_x = array<vec4f, HELD>();
    var inside = array<vec4<bool>, HELD>(); // past the end s stays 0, whatever the coefficients
    for (var h = 0u; h < HELD; h++) {
      for (var c = 0u; c < 4u; c++) {
        let i = 4u * (at + h * LANES) + c;
        if (i < chunk.count) {
          inside[h][c] = true;
          g[h][c] = gradient[i];
          if (PROJECT == 1u) {
            at_x[h][c] = x[i];
          }
        }
      }
      if (PROJECT == 1u) {
        inside[h] &= !outward(at_x[h], g[h]);
        g[h] = select(vec4f(), g[h], inside[h]);
      }
      d[h] = cg * g[h];
    }

    var slot = now.x;
    for (var j = 0u; j < now.y; j++) {
      let coefficients = bitcast<vec2f>(plan[2u + slot].xy);
      let here = place(slot, at);
      for (var h = 0u; h < HELD; h++) {
        let k = here + h * LANES;
        d[h] = fma(vec4f(coefficients.x), s[k], fma(vec4f(coefficients.y), y[k], d[h]));
      }
      slot = select(slot + 1u, 0u, slot + 1u == SLOTS);
    }

    for (var h = 0u; h < HELD; h++) {
      if (PROJECT == 1u) {
        inside[h] &= !outward(at_x[h], -d[h]);
      }
      let along = select(vec4f(), d[h], inside[h]);
      s[place(now.z, at) + h * LANES] = along;
      let valid = finite(along);
      let length = abs(select(vec4f(), along, valid));
      let slope = dot(g[h], select(vec4f(), along, valid));
      let peak = max(max(length.x, length.y), max(length.z, length.w));
      let wrong = dot(select(vec4f(1.0), vec4f(), valid), vec4f(1.0));
      about_d = join(about_d, vec4f(slope, dot(length, vec4f(1.0)), peak, wrong));
    }
  }

  if (PARTS < LANES) { // in two rounds of 16
    scratch[lane] = about_d;
    workgroupBarrier();
    if (lane < 16u) {
      for (var k = lane + 16u; k < LANES; k += 16u) {
        about_d = join(about_d, scratch[k]);
      }
      scratch[lane] = about_d;
    }
    workgroupBarrier();
    if (lane == 0u) {
      for (var k = 1u; k < 16u; k++) {
        about_d = join(about_d, scratch[k]);
      }
    }
  }
  if (lane < PARTS) {
    partials[(chunk.first_tile + tile) * PARTS + lane] = about_d;
  }
}
