// s = SCALE (dy + transpose of dy), M x M, each row padded with zeros to WIDTH (a multiple of 4), and zero rows up
// to WIDTH, so that blocks may be read without looking for the edge. One invocation four numbers of a row.
override M: u32 = 1u;
override WIDTH: u32 = 4u;
override SCALE: f32 = 1.0;

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read_write> s: array<vec4f>;

fn symmetric(i: u32, j: u32) -> f32 {
  if (i < M && j < M) {
    return SCALE * (dy[i * M + j] + dy[j * M + i]);
  }
  return 0.0;
}

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * 256u + lane;
  let i = 4u * at / WIDTH;
  let j = 4u * at % WIDTH;
  if (i < WIDTH) {
    s[at] = vec4f(symmetric(i, j), symmetric(i, j + 1u), symmetric(i, j + 2u), symmetric(i, j + 3u));
  }
}
