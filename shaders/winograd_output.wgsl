// The output side of Winograd's F(4×4, 3×3) (Lavin & Gray 2016): y = Aᵀ m A + bias for each tile, cut where the image
// ends. Works off a strip of tile rows. One invocation a tile of a channel; m is [36][outPadded][tileStride].
// Added to what y holds when 1.
override ACCUMULATE: u32 = 0u;
override HAS_BIAS: u32 = 0u;

struct Sizes {
  height: f32,
  width: f32,
  tilesAcross: f32,
  // First row of tiles of this strip, and how many tiles it has.
  firstRow: f32,
  tiles: f32,
  // Tiles rounded up to a multiple of 8.
  tileStride: f32,
  outChannels: f32,
  outPadded: f32,
  image: f32,
}

@group(0) @binding(0) var<storage, read> products: array<f32>;
// Any tensor when HAS_BIAS is 0.
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<uniform> sizes: Sizes;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

// Aᵀ times a column.
fn transform(m: array<f32, 6>) -> array<f32, 4> {
  let a = m[1] + m[2];
  let b = m[1] - m[2];
  let c = m[3] + m[4];
  let d = m[3] - m[4];
  return array<f32, 4>(m[0] + a + c, fma(2.0, d, b), fma(4.0, c, a), fma(8.0, d, b) + m[5]);
}

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let tile = i32(id.x);
  let channel = i32(id.y);
  if (tile >= i32(sizes.tiles)) {
    return;
  }
  let positionStride = i32(sizes.outPadded) * i32(sizes.tileStride);
  let at = channel * i32(sizes.tileStride) + tile;
  var columns: array<array<f32, 4>, 6>;
  for (var j = 0; j < 6; j++) {
    var column: array<f32, 6>;
    for (var i = 0; i < 6; i++) {
      column[i] = products[(i * 6 + j) * positionStride + at];
    }
    columns[j] = transform(column);
  }

  let height = i32(sizes.height);
  let width = i32(sizes.width);
  let across = i32(sizes.tilesAcross);
  let row = (tile / across + i32(sizes.firstRow)) * 4;
  let column = (tile % across) * 4;
  let plane = (i32(sizes.image) * i32(sizes.outChannels) + channel) * height * width;
  var offset = 0.0;
  if (HAS_BIAS == 1u) {
    offset = bias[channel];
  }
  for (var i = 0; i < 4; i++) {
    let line = transform(array<f32, 6>(
      columns[0][i], columns[1][i], columns[2][i], columns[3][i], columns[4][i], columns[5][i],
    ));
    for (var j = 0; j < 4; j++) {
      if (row + i < height && column + j < width) {
        let to = plane + (row + i) * width + column + j;
        if (ACCUMULATE == 1u) {
          y[to] += line[j] + offset;
        } else {
          y[to] = line[j] + offset;
        }
      }
    }
  }
}
