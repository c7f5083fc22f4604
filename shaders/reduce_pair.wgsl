// One number for each workgroup, SCALE times: MODE 0, the sum of a b; 1, the sum of (WEIGHT (a - b))^2.
//
// A workgroup takes 256 * EACH elements, every invocation EACH of them, 256 apart; the 256 results are combined in
// two rounds of 16. Always the same order, so the result can be repeated to the last bit, and rounding errors grow
// with EACH + 32, not with the number of elements.
override COUNT: u32 = 1u;
override EACH: u32 = 16u;
override MODE: u32 = 0u;
override SCALE: f32 = 1.0;
override WEIGHT: f32 = 1.0;

// As they are stored: f32 or f16.
alias A = f32;
alias B = f32;

@group(0) @binding(0) var<storage, read> a: array<A>;
@group(0) @binding(1) var<storage, read> b: array<B>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;

var<workgroup> parts: array<f32, 256>;

fn element(i: u32) -> f32 {
  let difference = WEIGHT * (f32(a[i]) - f32(b[i]));
  return select(difference * difference, f32(a[i]) * f32(b[i]), MODE == 0u);
}

fn combine(left: f32, right: f32) -> f32 {
  return left + right;
}

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let number = group.y * groups.x + group.x;
  let first = number * 256u * EACH;
  let end = min(first + 256u * EACH, COUNT);
  var part = 0.0;
  for (var i = first + lane; i < end; i += 256u) {
    part = combine(part, element(i));
  }
  parts[lane] = part;
  workgroupBarrier();
  if (lane < 16u) {
    for (var t = lane + 16u; t < 256u; t += 16u) {
      part = combine(part, parts[t]);
    }
    parts[lane] = part;
  }
  workgroupBarrier();
  if (lane == 0u && first < COUNT) {
    for (var t = lane + 1u; t < 16u; t++) {
      part = combine(part, parts[t]);
    }
    result[number] = SCALE * part;
  }
}
