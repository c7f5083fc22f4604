// With parts/winograd_transforms.wgsl, parts/winograd_store.wgsl.
// The output side of Winograd's F(4×4, 3×3) (Lavin & Gray 2016): y = Aᵀ m A + bias for each tile, cut where the image
// ends. Works off a strip of tile rows. An invocation makes four tiles side by side, a quad, of one channel. m is
// [blocks][36][outPadded][8 quads] of vec4. Grid: (blocks, ⌈outChannels / 8⌉, 1).

// A number of each of four tiles.
alias Tiles = vec4f;

@group(0) @binding(0) var<storage, read> products: array<vec4f>;

// Column j of Aᵀ: the powers 0 to 3 of 1, -1, 2, -2 in the middle, (1, 0, 0, 0) and (0, 0, 0, 1) at the ends.
fn weights(j: u32) -> vec4f {
  let sign = select(-1.0, 1.0, (j & 1u) == 1u);
  let base = select(2.0, 1.0, j < 3u) * sign;
  let middle = vec4f(1.0, base, base * base, base * base * base);
  let ends = select(vec4f(0.0, 0.0, 0.0, 1.0), vec4f(1.0, 0.0, 0.0, 0.0), j == 0u);
  return select(middle, ends, j == 0u || j == 5u);
}

fn add(sums: array<vec4f, 4>, value: vec4f, weights: vec4f) -> array<vec4f, 4> {
  return array<vec4f, 4>(
    fma(value, vec4f(weights.x), sums[0]),
    fma(value, vec4f(weights.y), sums[1]),
    fma(value, vec4f(weights.z), sums[2]),
    fma(value, vec4f(weights.w), sums[3]),
  );
}

fn either(no: array<vec4f, 4>, yes: array<vec4f, 4>, condition: bool) -> array<vec4f, 4> {
  return array<vec4f, 4>(
    select(no[0], yes[0], condition),
    select(no[1], yes[1], condition),
    select(no[2], yes[2], condition),
    select(no[3], yes[3], condition),
  );
}

@compute @workgroup_size(8, 8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let channel = group.y * 8u + local.y;
  let id = group.x * 8u + local.x;
  if (channel >= u32(sizes.outChannels) || id >= u32(sizes.quads)) {
    return;
  }
  let quad = i32(id);
  let stride = u32(sizes.outPadded) * 8u;
  let at = (group.x * 36u * u32(sizes.outPadded) + channel) * 8u + local.x;
  // Column by column: each is transformed, and its share of every output added up.
  var out0 = array<vec4f, 4>();
  var out1 = array<vec4f, 4>();
  var out2 = array<vec4f, 4>();
  var out3 = array<vec4f, 4>();
  for (var j = 0u; j < u32(sizes.columns); j++) {
    let m = after(array<vec4f, 6>(
      products[j * stride + at],
      products[(6u + j) * stride + at],
      products[(12u + j) * stride + at],
      products[(18u + j) * stride + at],
      products[(24u + j) * stride + at],
      products[(30u + j) * stride + at],
    ));
    let w = weights(j);
    out0 = add(out0, m[0], w);
    out1 = add(out1, m[1], w);
    out2 = add(out2, m[2], w);
    out3 = add(out3, m[3], w);
  }

  let height = i32(sizes.height);
  let width = i32(sizes.width);
  let across = i32(sizes.quadsAcross);
  let row = (quad / across + i32(sizes.firstRow)) * 4;
  let column = (quad % across) * 16;
  let plane = (i32(sizes.image) * i32(sizes.outChannels) + i32(channel)) * height * width;
  var offset = 0.0;
  if (sizes.hasBias == 1.0) {
    offset = bias[channel];
  }
  let count = min(i32(sizes.rows), height - row);
  for (var i = 0; i < count; i++) {
    let low = either(out1, out0, i == 0);
    let high = either(out3, out2, i == 2);
    let l = either(high, low, i < 2);
    let start = plane + (row + i) * width;
    store(start, column, offset + vec4f(l[0].x, l[1].x, l[2].x, l[3].x));
    store(start, column + 4, offset + vec4f(l[0].y, l[1].y, l[2].y, l[3].y));
    store(start, column + 8, offset + vec4f(l[0].z, l[1].z, l[2].z, l[3].z));
    store(start, column + 12, offset + vec4f(l[0].w, l[1].w, l[2].w, l[3].w));
  }
}
