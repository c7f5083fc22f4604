// dx = dy where LOW <= x <= HIGH, else 0; added to what dx holds when ACCUMULATE is 1.
override COUNT: u32 = 1u;
override LOW: f32 = 0.0;
override HIGH: f32 = 1.0;
override ACCUMULATE: u32 = 0u;

// Or a vector of four, with COUNT a fourth.
alias Element = f32;

@group(0) @binding(0) var<storage, read> x: array<Element>;
@group(0) @binding(1) var<storage, read> dy: array<Element>;
@group(0) @binding(2) var<storage, read_write> dx: array<Element>;

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
  let value = select(Element(), dy[i], (x[i] >= Element(LOW)) & (x[i] <= Element(HIGH)));
  if (ACCUMULATE == 1u) {
    dx[i] += value;
  } else {
    dx[i] = value;
  }
}
