// A window of every plane: [PLANES, H, W] to [PLANES, HEIGHT, WIDTH], from row TOP and column LEFT on.
override PLANES: u32 = 1u;
override H: u32 = 1u;
override W: u32 = 1u;
override TOP: u32 = 0u;
override LEFT: u32 = 0u;
override HEIGHT: u32 = 1u;
override WIDTH: u32 = 1u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * 256u + lane;
  if (i >= PLANES * HEIGHT * WIDTH) {
    return;
  }
  let column = i % WIDTH;
  let row = (i / WIDTH) % HEIGHT;
  let plane = i / (WIDTH * HEIGHT);
  y[i] = x[(plane * H + TOP + row) * W + LEFT + column];
}
