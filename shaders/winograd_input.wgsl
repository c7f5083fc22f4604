// The input side of Winograd's F(4×4, 3×3) (Lavin & Gray 2016): V = Bᵀ d B for each 6×6 window d that feeds a 4×4 tile
// of outputs, windows four pixels apart, zeros outside the image. Works off a strip of tile rows. One invocation a
// tile of a channel; V is [36][inChannels][tileStride].
struct Sizes {
  height: f32,
  width: f32,
  tilesAcross: f32,
  // First row of tiles of this strip, and how many tiles it has.
  firstRow: f32,
  tiles: f32,
  // Tiles rounded up to a multiple of 8.
  tileStride: f32,
  inChannels: f32,
  image: f32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<uniform> sizes: Sizes;
@group(0) @binding(2) var<storage, read_write> transformed: array<f32>;

// Bᵀ times a column.
fn transform(d: array<f32, 6>) -> array<f32, 6> {
  let a = fma(-4.0, d[2], d[4]);
  let b = fma(-4.0, d[1], d[3]);
  let c = d[4] - d[2];
  let e = 2.0 * (d[3] - d[1]);
  return array<f32, 6>(
    fma(4.0, d[0], fma(-5.0, d[2], d[4])),
    a + b,
    a - b,
    c + e,
    c - e,
    fma(4.0, d[1], fma(-5.0, d[3], d[5])),
  );
}

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let tile = i32(id.x);
  let channel = i32(id.y);
  if (tile >= i32(sizes.tiles)) {
    return;
  }
  let height = i32(sizes.height);
  let width = i32(sizes.width);
  let across = i32(sizes.tilesAcross);
  let row = (tile / across + i32(sizes.firstRow)) * 4 - 1;
  let column = (tile % across) * 4 - 1;
  let plane = (i32(sizes.image) * i32(sizes.inChannels) + channel) * height * width;

  var rows: array<array<f32, 6>, 6>;
  for (var i = 0; i < 6; i++) {
    let r = row + i;
    let rowInside = r >= 0 && r < height;
    let start = plane + clamp(r, 0, height - 1) * width;
    var line: array<f32, 6>;
    for (var j = 0; j < 6; j++) {
      let c = column + j;
      line[j] = select(0.0, x[start + clamp(c, 0, width - 1)], rowInside && c >= 0 && c < width);
    }
    rows[i] = transform(line);
  }
  let positionStride = i32(sizes.inChannels) * i32(sizes.tileStride);
  let at = channel * i32(sizes.tileStride) + tile;
  for (var j = 0; j < 6; j++) {
    let v = transform(array<f32, 6>(rows[0][j], rows[1][j], rows[2][j], rows[3][j], rows[4][j], rows[5][j]));
    for (var i = 0; i < 6; i++) {
      transformed[(i * 6 + j) * positionStride + at] = v[i];
    }
  }
}
