// L-BFGS, pass 4: the two-loop recursion (Nocedal & Wright, algorithm 7.4) on coefficients instead of vectors (Chen,
// Wang & Zhou 2014, algorithm 3): d = cg g + sum over slots of cs s + cy y.
//
// One workgroup, lane i for the i-th stored pair from the oldest. Going from the newest pair down, lane i holds
// s_i.q where q = -g - sum over j > i of alpha_j y_j, so only s_i.y_j with i <= j is ever needed; going up, y_i.r where
// r = H0 q + sum over j < i of (alpha_j - beta_j) s_j, needing y_i.y_j and again s_j.y_i with j <= i. When a pair was
// just kept, its row and column enter `products` first: SLOTS x SLOTS of s_a.y_b at [a][b], then the same of y_a.y_b.
override SLOTS: u32 = 2u;

const ACT = 1u;
const KEPT = 32u;

@group(0) @binding(0) var<storage, read> dots: array<vec4f>; // (s.y, y.y, s.g, y.g) by slot, see lbfgs_dots
@group(0) @binding(1) var<storage, read_write> products: array<f32>;
@group(0) @binding(2) var<storage, read_write> plan: array<vec4u>;

var<workgroup> uniform_plan: vec4u;
var<workgroup> alpha: array<f32, 256>;
var<workgroup> gamma: array<f32, 256>; // alpha - beta

fn sy(a: u32, b: u32) -> u32 {
  return a * SLOTS + b;
}

fn yy(a: u32, b: u32) -> u32 {
  return (SLOTS + a) * SLOTS + b;
}

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) lane: u32) {
  if (lane == 0u) {
    uniform_plan = plan[0];
  }
  let now = workgroupUniformLoad(&uniform_plan);
  if ((now.w & ACT) == 0u) {
    return;
  }
  let first = now.x;
  let count = now.y;
  let mine = lane < count;
  let slot = (first + lane) % SLOTS;
  let known = dots[slot];

  if ((now.w & KEPT) != 0u && mine) {
    let newest = (first + count - 1u) % SLOTS;
    products[sy(slot, newest)] = known.x;
    products[yy(slot, newest)] = known.y;
    products[yy(newest, slot)] = known.y;
  }
  storageBarrier();
  let own = products[sy(slot, slot)];

  var sq = -known.z;
  for (var k = count; k > 0u; k--) {
    let other = (first + k - 1u) % SLOTS;
    let product = products[sy(slot, other)]; // asked for before the barrier, to arrive behind it
    if (lane == k - 1u) {
      alpha[lane] = sq / own;
    }
    workgroupBarrier();
    sq -= alpha[k - 1u] * product;
  }

  let scale = bitcast<f32>(plan[1].x);
  var yq = -known.w;
  for (var k = 0u; k < count; k++) {
    yq -= alpha[k] * products[yy(slot, (first + k) % SLOTS)];
  }
  var yr = scale * yq;
  for (var k = 0u; k < count; k++) {
    let other = (first + k) % SLOTS;
    let product = products[sy(other, slot)];
    if (lane == k) {
      gamma[lane] = alpha[lane] - yr / own;
    }
    workgroupBarrier();
    yr += gamma[k] * product;
  }

  if (lane == 0u) {
    plan[1].y = bitcast<u32>(-scale);
  }
  if (mine) {
    plan[2u + slot] = vec4u(bitcast<u32>(gamma[lane]), bitcast<u32>(-scale * alpha[lane]), 0u, 0u);
  }
}
