// With parts/lbfgs_flags.wgsl.
// L-BFGS, pass 5: the two-loop recursion (Nocedal & Wright, algorithm 7.4) on coefficients instead of vectors (Chen,
// Wang & Zhou 2014, algorithm 3): d = cg g + sum over slots of cs s + cy y.
//
// One workgroup, lane i % LANES for the i-th stored pair from the oldest. Going from the newest pair down, sq[i] is
// s_i.q where q = -g - sum over j > i of alpha_j y_j, so only s_i.y_j with i <= j is ever needed; going up, yr[i] is y_i.r
// where r = H0 q + sum over j < i of (alpha_j - beta_j) s_j, needing y_i.y_j and again s_j.y_i with j <= i. When a pair
// was just kept, its row and column enter `products` first: SLOTS x SLOTS of s_a.y_b at [a][b], then the same of y_a.y_b.
override SLOTS: u32 = 2u;

const LANES = 256u;
const MOST = 256u; // pairs, and one more

@group(0) @binding(0) var<storage, read> dots: array<vec4f>; // (s.y, y.y, s.g, y.g) by slot, see lbfgs_dots
@group(0) @binding(1) var<storage, read_write> products: array<f32>;
@group(0) @binding(2) var<storage, read_write> plan: array<vec4u>;

var<workgroup> uniform_plan: vec4u;
// A lane touches its own pairs' elements of these,
var<workgroup> own: array<f32, MOST>; // s_i.y_i
var<workgroup> sq: array<f32, MOST>;
var<workgroup> yr: array<f32, MOST>;
// and each lane reads these.
var<workgroup> alpha: array<f32, MOST>;
var<workgroup> gamma: array<f32, MOST>; // alpha - beta

fn sy(a: u32, b: u32) -> u32 {
  return a * SLOTS + b;
}

fn yy(a: u32, b: u32) -> u32 {
  return (SLOTS + a) * SLOTS + b;
}

@compute @workgroup_size(LANES)
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

  let newest = (first + count - 1u) % SLOTS;
  for (var i = lane; i < count; i += LANES) {
    let slot = (first + i) % SLOTS;
    let known = dots[slot];
    if ((now.w & KEPT) != 0u) {
      products[sy(slot, newest)] = known.x;
      products[yy(slot, newest)] = known.y;
      products[yy(newest, slot)] = known.y;
    }
    sq[i] = -known.z;
    yr[i] = -known.w;
  }
  storageBarrier();

  // The first product of each step is asked for a step ahead, to be there when it is wanted. Lanes without a pair ask for
  // the last one's.
  let slot = (first + min(lane, max(count, 1u) - 1u)) % SLOTS;
  var ahead = products[sy(slot, newest)];
  for (var i = lane; i < count; i += LANES) {
    let at = (first + i) % SLOTS;
    own[i] = products[sy(at, at)];
  }
  for (var k = count; k > 0u; k--) {
    let other = (first + k - 1u) % SLOTS;
    let product = ahead;
    ahead = products[sy(slot, (first + max(k, 2u) - 2u) % SLOTS)];
    if (lane == (k - 1u) % LANES) {
      alpha[k - 1u] = sq[k - 1u] / own[k - 1u];
    }
    workgroupBarrier();
    let a = alpha[k - 1u];
    if (lane < k) {
      sq[lane] -= a * product;
    }
    for (var i = lane + LANES; i < k; i += LANES) {
      sq[i] -= a * products[sy((first + i) % SLOTS, other)];
    }
  }

  let scale = bitcast<f32>(plan[1].x);
  for (var i = lane; i < count; i += LANES) {
    let at = (first + i) % SLOTS;
    var yq = yr[i];
    for (var k = 0u; k < count; k++) {
      // The matrix is symmetric, and so read by rows: lanes side by side find their elements side by side.
      yq -= alpha[k] * products[yy((first + k) % SLOTS, at)];
    }
    yr[i] = scale * yq;
  }
  ahead = products[sy(first, slot)];
  for (var k = 0u; k < count; k++) {
    let other = (first + k) % SLOTS;
    let product = ahead;
    ahead = products[sy((other + 1u) % SLOTS, slot)];
    if (lane == k % LANES) {
      gamma[k] = alpha[k] - yr[k] / own[k];
    }
    workgroupBarrier();
    let c = gamma[k];
    if (lane < count) {
      yr[lane] += c * product;
    }
    for (var i = lane + LANES; i < count; i += LANES) {
      yr[i] += c * products[sy(other, (first + i) % SLOTS)];
    }
  }

  if (lane == 0u) {
    plan[1].y = bitcast<u32>(-scale);
  }
  for (var i = lane; i < count; i += LANES) {
    plan[2u + (first + i) % SLOTS] = vec4u(bitcast<u32>(gamma[i]), bitcast<u32>(-scale * alpha[i]), 0u, 0u);
  }
}
