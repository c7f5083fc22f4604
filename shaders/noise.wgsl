// Seeded white noise: y[i] depends on the seed and on i alone, whatever the grid.
//
// The random words are Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
// easy as 1, 2, 3", SC 2011) of the counter (i, 0) under the key (SEED_LOW, SEED_HIGH). 24 bits of a word, all a
// float32 can hold, make a number in [0, 1).
//   NORMAL 0: y = A + B u, at most LARGEST, since the float32 sum may round up to the open end.
//   NORMAL 1: y = A + B sqrt(-2 ln u) cos(2 pi v) (Box and Muller, 1958), with u in (0, 1].
override COUNT: u32 = 1u;
override SEED_LOW: u32 = 0u;
override SEED_HIGH: u32 = 0u;
override NORMAL: u32 = 0u;
override A: f32 = 0.0;
override B: f32 = 1.0;
override LARGEST: f32 = 1.0;

const STEP: f32 = 0x1p-24;
const TWO_PI: f32 = 6.283185307179586;

@group(0) @binding(0) var<storage, read_write> y: array<f32>;

fn rotate(x: u32, bits: u32) -> u32 {
  return (x << bits) | (x >> (32u - bits));
}

fn four_rounds(x: vec2u, bits: vec4u) -> vec2u {
  var v = x;
  for (var round = 0u; round < 4u; round++) {
    v.x += v.y;
    v.y = rotate(v.y, bits[round]) ^ v.x;
  }
  return v;
}

fn threefry(counter: vec2u, key: vec2u) -> vec2u {
  let even = vec4u(13u, 15u, 26u, 6u);
  let odd = vec4u(17u, 29u, 16u, 24u);
  let third = 0x1BD11BDAu ^ key.x ^ key.y;
  var v = counter + key;
  v = four_rounds(v, even) + vec2u(key.y, third + 1u);
  v = four_rounds(v, odd) + vec2u(third, key.x + 2u);
  v = four_rounds(v, even) + vec2u(key.x, key.y + 3u);
  v = four_rounds(v, odd) + vec2u(key.y, third + 4u);
  v = four_rounds(v, even) + vec2u(third, key.x + 5u);
  return v;
}

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
  let words = threefry(vec2u(i, 0u), vec2u(SEED_LOW, SEED_HIGH)) >> vec2u(8u);
  if (NORMAL == 0u) {
    y[i] = min(A + B * (f32(words.x) * STEP), LARGEST);
  } else {
    let u = f32(words.x + 1u) * STEP;
    let v = f32(words.y) * STEP;
    // WGSL allows a logarithm just above 0 at u = 1, and grants the cosine accuracy within one turn about 0 only.
    let radius = sqrt(max(-2.0 * log(u), 0.0));
    y[i] = A + B * (radius * cos(TWO_PI * (v - select(0.0, 1.0, v > 0.5))));
  }
}
