// With parts/winograd_transforms.wgsl, parts/winograd_window.wgsl.
// What winograd_input.wgsl makes, for GPUs: an invocation makes one tile of one channel and has no loops, so that there are
// many of them, each of few instructions, and those side by side store what lies side by side.
// V is [blocks][36][inPadded][32 tiles] of numbers. Grid: (blocks, ⌈inPadded / 8⌉, 1).

alias Tiles = f32;

@group(0) @binding(3) var<storage, read_write> transformed: array<f32>;

// A row of the window, transformed; row 0 of the channel begins at `plane`.
fn transformed_row(plane: i32, row: i32, column: i32, real: bool) -> array<f32, 6> {
  let height = i32(sizes.height);
  let start = plane + clamp(row, 0, height - 1) * i32(sizes.width);
  let inside = real && row >= 0 && row < height;
  let middle = four(start, column);
  let first = rectified(vec4f(pixel(start, column - 1), middle.xyz), inside);
  let last = rectified(vec4f(middle.w, pixel(start, column + 4), 0.0, 0.0), inside);
  return before(array<f32, 6>(first.x, first.y, first.z, first.w, last.x, last.y));
}

// A column of what the rows have become: V from `at` on, a row of positions further each time.
fn put_column(at: u32, stride: u32, column: array<f32, 6>) {
  let v = before(column);
  transformed[at] = v[0];
  transformed[at + 6u * stride] = v[1];
  transformed[at + 12u * stride] = v[2];
  transformed[at + 18u * stride] = v[3];
  transformed[at + 24u * stride] = v[4];
  transformed[at + 30u * stride] = v[5];
}

@compute @workgroup_size(32, 8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let channel = group.y * 8u + local.y;
  let channels = u32(sizes.inPadded);
  if (channel >= channels) {
    return;
  }
  // Tiles beyond the strip's last repeat it; nothing of theirs reaches the output.
  let tile = i32(min(group.x * 32u + local.x, 4u * u32(sizes.quads) - 1u));
  let quad = tile / 4;
  let across = i32(sizes.quadsAcross);
  let row = (quad / across + i32(sizes.firstRow)) * 4 - 1;
  let column = (quad % across) * 16 + tile % 4 * 4;
  let real = channel < u32(sizes.inChannels);
  let plane = (i32(sizes.image) * i32(sizes.inChannels) + select(0, i32(channel), real)) *
    i32(sizes.height) * i32(sizes.width);

  let a = transformed_row(plane, row, column, real);
  let b = transformed_row(plane, row + 1, column, real);
  let c = transformed_row(plane, row + 2, column, real);
  let d = transformed_row(plane, row + 3, column, real);
  let e = transformed_row(plane, row + 4, column, real);
  let f = transformed_row(plane, row + 5, column, real);
  let stride = channels * 32u;
  let at = (group.x * 36u * channels + channel) * 32u + local.x;
  put_column(at, stride, array<f32, 6>(a[0], b[0], c[0], d[0], e[0], f[0]));
  put_column(at + stride, stride, array<f32, 6>(a[1], b[1], c[1], d[1], e[1], f[1]));
  put_column(at + 2u * stride, stride, array<f32, 6>(a[2], b[2], c[2], d[2], e[2], f[2]));
  put_column(at + 3u * stride, stride, array<f32, 6>(a[3], b[3], c[3], d[3], e[3], f[3]));
  put_column(at + 4u * stride, stride, array<f32, 6>(a[4], b[4], c[4], d[4], e[4], f[4]));
  put_column(at + 5u * stride, stride, array<f32, 6>(a[5], b[5], c[5], d[5], e[5], f[5]));
}
