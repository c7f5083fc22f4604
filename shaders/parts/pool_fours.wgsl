// The shader declares `pool`, which is given four windows of 2 × 2 side by side: by the vector that holds their outputs,
// and the first of the two vectors with their upper pixels and of the two with the lower ones.
//
// For planes whose width is a multiple of 8 and whose height is even: one invocation four windows, COUNT such fours. A row of
// outputs has OW4 vectors, a row of pixels two OW4.
override COUNT: u32 = 1u;
override OW4: u32 = 1u;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * 64u + lane;
  if (at < COUNT) {
    let top = at / OW4 * 4u * OW4 + at % OW4 * 2u;
    pool(at, top, top + 2u * OW4);
  }
}
