// One number for each workgroup, SCALE times: MODE 0, the sum of x; 1, the sum of |x|; 2, the largest |x|.
//
// A workgroup takes 256 * EACH elements, every invocation EACH of them, 256 apart, in four sums side by side; the
// 256 results are combined in two rounds of 16. Always the same order, so the result can be repeated to the last
// bit, and rounding errors grow with EACH / 4 + 32, not with the number of elements.
override COUNT: u32 = 1u;
override EACH: u32 = 16u;
override MODE: u32 = 0u;
override SCALE: f32 = 1.0;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> result: array<f32>;

var<workgroup> parts: array<f32, 256>;

fn element(i: u32) -> f32 {
  return select(abs(x[i]), x[i], MODE == 0u);
}

fn combine(left: f32, right: f32) -> f32 {
  return select(left + right, max(left, right), MODE == 2u);
}

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let number = group.y * groups.x + group.x;
  let begin = number * 256u * EACH + lane;
  var sums = array<f32, 4>();
  for (var n = 0u; n < EACH; n += 4u) {
    for (var t = 0u; t < 4u; t++) {
      let i = begin + (n + t) * 256u;
      if (n + t < EACH && i < COUNT) {
        sums[t] = combine(sums[t], element(i));
      }
    }
  }
  parts[lane] = combine(combine(sums[0], sums[1]), combine(sums[2], sums[3]));
  workgroupBarrier();
  if (lane < 16u) {
    var part = parts[lane];
    for (var t = 1u; t < 16u; t++) {
      part = combine(part, parts[lane + 16u * t]);
    }
    parts[lane] = part;
  }
  workgroupBarrier();
  if (lane == 0u && number * 256u * EACH < COUNT) {
    var part = parts[0];
    for (var t = 1u; t < 16u; t++) {
      part = combine(part, parts[t]);
    }
    result[number] = SCALE * part;
  }
}
