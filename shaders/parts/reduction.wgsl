// The shader declares `result`, `four`, elements 4 i to 4 i + 3 as they are to be joined, and `combine`, which joins two.
//
// A workgroup takes 256 * EACH vectors of four elements, every invocation EACH of them, 256 apart; the 256 results are
// combined in two rounds of 16. Always the same order, so the result can be repeated to the last bit, and rounding errors
// grow with EACH + 34, not with the number of elements.

// In elements. What a tensor holds behind the last of them, up to a whole vector, counts as 0.
override COUNT: u32 = 1u;
override EACH: u32 = 16u;
override SCALE: f32 = 1.0;

var<workgroup> parts: array<f32, 256>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let number = group.y * groups.x + group.x;
  let first = number * 256u * EACH;
  let end = min(first + 256u * EACH, (COUNT + 3u) / 4u);
  var fours = vec4f();
  for (var i = first + lane; i < end; i += 256u) {
    let exists = 4u * i + vec4u(0u, 1u, 2u, 3u) < vec4u(COUNT);
    let next = select(vec4f(), four(i), exists);
    fours = vec4f(
      combine(fours.x, next.x), combine(fours.y, next.y), combine(fours.z, next.z), combine(fours.w, next.w),
    );
  }
  var part = combine(combine(fours.x, fours.y), combine(fours.z, fours.w));
  parts[lane] = part;
  workgroupBarrier();
  if (lane < 16u) {
    for (var t = lane + 16u; t < 256u; t += 16u) {
      part = combine(part, parts[t]);
    }
    parts[lane] = part;
  }
  workgroupBarrier();
  if (lane == 0u && first < end) {
    for (var t = lane + 1u; t < 16u; t++) {
      part = combine(part, parts[t]);
    }
    result[number] = SCALE * part;
  }
}
