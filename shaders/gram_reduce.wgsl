// g[i, j] = g[j, i] = SCALE * sum over slices of partials[slice, i, j], for i <= j < M.
//
// SHARES invocations add up a share of the slices each, and then the first of them what they have: where there are many
// slices, one alone would wait for a GPU's memory as many times. Invocations side by side take entries side by side.
override M: u32 = 1u;
override SLICES: u32 = 1u;
override SCALE: f32 = 1.0;
const SHARES = 1u; // a power of two, at most 256
const ENTRIES = 256u / SHARES;

@group(0) @binding(0) var<storage, read> partials: array<f32>;
@group(0) @binding(1) var<storage, read_write> g: array<f32>;

var<workgroup> sums: array<f32, 256>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let share = lane / ENTRIES;
  let at = (group.y * groups.x + group.x) * ENTRIES + lane % ENTRIES;
  let i = at / M;
  let j = at % M;
  let wanted = i < M && i <= j;
  var sum = 0.0;
  if (wanted) {
    for (var slice = share; slice < SLICES; slice += SHARES) {
      sum += partials[slice * M * M + at];
    }
  }
  if (SHARES > 1u) {
    sums[lane] = sum;
    workgroupBarrier();
  }
  if (!wanted || share > 0u) {
    return;
  }
  for (var other = 1u; other < SHARES; other++) {
    sum += sums[other * ENTRIES + lane];
  }
  let total = SCALE * sum;
  g[at] = total;
  g[j * M + i] = total;
}
