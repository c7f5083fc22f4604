// What the passes over the elements share. The shader declares `chunk`.
override PROJECT: u32 = 0u;
override LOW: f32 = 0.0;
override HIGH: f32 = 1.0;

const TILE = 1024u; // elements

// The chunk in hand (src/lbfgs/history.ts): one pipeline serves all sizes.
struct Chunk {
  count: u32, // elements
  first_tile: u32,
  tiles: u32, // of all chunks
}

fn finite(v: vec4f) -> vec4<bool> {
  return (bitcast<vec4u>(v) & vec4u(0x7f800000u)) != vec4u(0x7f800000u);
}

// Whether x is at a bound that a step against the slope would cross.
fn outward(at: vec4f, slope: vec4f) -> vec4<bool> {
  return ((at <= vec4f(LOW)) & (slope > vec4f())) | ((at >= vec4f(HIGH)) & (slope < vec4f()));
}

// The four elements themselves, or the last of the tensor: a tile may reach further.
fn inside(quad: u32) -> u32 {
  return min(quad, (chunk.count - 1u) / 4u);
}

// Which of four elements there are: what lies behind the last of a tensor, up to a whole vector, may hold anything.
fn exists(quad: u32) -> vec4<bool> {
  return 4u * quad + vec4u(0u, 1u, 2u, 3u) < vec4u(chunk.count);
}

// Sums, but the third a maximum.
fn join(a: vec4f, b: vec4f) -> vec4f {
  let sum = a + b;
  return vec4f(sum.xy, max(a.z, b.z), sum.w);
}

fn largest(v: vec4f) -> f32 {
  let size = abs(v);
  return max(max(size.x, size.y), max(size.z, size.w));
}

fn count(those: vec4<bool>) -> f32 {
  return dot(select(vec4f(), vec4f(1.0), those), vec4f(1.0));
}
