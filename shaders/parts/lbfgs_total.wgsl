// The shader uses lbfgs_chunk.wgsl too, and declares LANES and, in workgroup memory, as many vec4f as `scratch`.

// In the first lane, what all lanes have, joined: 256 lanes to 16, 16 to 1. All lanes come here together.
fn total(lane: u32, own: vec4f) -> vec4f {
  var sum = own;
  workgroupBarrier(); // an earlier total has been read
  scratch[lane] = sum;
  workgroupBarrier();
  if (lane < 16u) {
    for (var k = lane + 16u; k < LANES; k += 16u) {
      sum = join(sum, scratch[k]);
    }
    scratch[lane] = sum;
  }
  workgroupBarrier();
  if (lane == 0u) {
    for (var k = 1u; k < min(16u, LANES); k++) {
      sum = join(sum, scratch[k]);
    }
  }
  return sum;
}
