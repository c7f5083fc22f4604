// With parts/winograd_transforms.wgsl, parts/winograd_store.wgsl.
// What winograd_output.wgsl makes, for GPUs: an invocation makes one tile of one channel, see winograd_input_tiled.wgsl.
// m is [blocks][36][outPadded][32 tiles] of numbers. Grid: (blocks, ⌈outChannels / 8⌉, 1).

alias Tiles = f32;

@group(0) @binding(0) var<storage, read> products: array<f32>;

// A column of the products, transformed: from `at` on, a row of positions further each time.
fn transformed_column(at: u32, stride: u32) -> array<f32, 4> {
  return after(array<f32, 6>(
    products[at],
    products[at + 6u * stride],
    products[at + 12u * stride],
    products[at + 18u * stride],
    products[at + 24u * stride],
    products[at + 30u * stride],
  ));
}

// A row of what the columns have become, transformed, where there is such a row.
fn put_row(start: i32, exists: bool, column: i32, offset: f32, row: array<f32, 6>) {
  let pixels = after(row);
  if (exists) {
    store(start, column, offset + vec4f(pixels[0], pixels[1], pixels[2], pixels[3]));
  }
}

@compute @workgroup_size(32, 8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let channel = group.y * 8u + local.y;
  let tile = i32(group.x * 32u + local.x);
  if (channel >= u32(sizes.outChannels) || tile >= 4 * i32(sizes.quads)) {
    return;
  }
  let stride = u32(sizes.outPadded) * 32u;
  let at = (group.x * 36u * u32(sizes.outPadded) + channel) * 32u + local.x;
  let a = transformed_column(at, stride);
  let b = transformed_column(at + stride, stride);
  let c = transformed_column(at + 2u * stride, stride);
  let d = transformed_column(at + 3u * stride, stride);
  let e = transformed_column(at + 4u * stride, stride);
  let f = transformed_column(at + 5u * stride, stride);

  let height = i32(sizes.height);
  let width = i32(sizes.width);
  let quad = tile / 4;
  let across = i32(sizes.quadsAcross);
  let row = (quad / across + i32(sizes.firstRow)) * 4;
  let column = (quad % across) * 16 + tile % 4 * 4;
  let start = ((i32(sizes.image) * i32(sizes.outChannels) + i32(channel)) * height + row) * width;
  var offset = 0.0;
  if (sizes.hasBias == 1.0) {
    offset = bias[channel];
  }
  put_row(start, row < height, column, offset, array<f32, 6>(a[0], b[0], c[0], d[0], e[0], f[0]));
  put_row(start + width, row + 1 < height, column, offset, array<f32, 6>(a[1], b[1], c[1], d[1], e[1], f[1]));
  put_row(start + 2 * width, row + 2 < height, column, offset, array<f32, 6>(a[2], b[2], c[2], d[2], e[2], f[2]));
  put_row(start + 3 * width, row + 3 < height, column, offset, array<f32, 6>(a[3], b[3], c[3], d[3], e[3], f[3]));
}
