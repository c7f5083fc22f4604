// The shader declares `s`, which is written, and `entry`, row i and column j of a matrix of M × M.
//
// s = SCALE (the matrix + its transpose), each row padded with zeros to WIDTH (a multiple of 4), and zero rows up to
// WIDTH, so that blocks may be read without looking for the edge. One invocation four numbers of a row.
override M: u32 = 1u;
override WIDTH: u32 = 4u;
override SCALE: f32 = 1.0;

fn symmetric(i: u32, j: u32) -> f32 {
  if (i < M && j < M) {
    return SCALE * (entry(i, j) + entry(j, i));
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
