// da = FACTOR dy[0] (a - b), element by element; added to what da holds when ACCUMULATE is 1.
override COUNT: u32 = 1u;
override FACTOR: f32 = 1.0;
override ACCUMULATE: u32 = 0u;

// Or a vector of four, with COUNT a fourth.
alias Element = f32;
// As they are stored: f32 or f16, or vectors of four likewise.
alias A = f32;
alias B = f32;

@group(0) @binding(0) var<storage, read> a: array<A>;
@group(0) @binding(1) var<storage, read> b: array<B>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> da: array<Element>;

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
  let gradient = FACTOR * dy[0] * (Element(a[i]) - Element(b[i]));
  if (ACCUMULATE == 1u) {
    da[i] += gradient;
  } else {
    da[i] = gradient;
  }
}
