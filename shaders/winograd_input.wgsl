// With parts/winograd_transforms.wgsl, parts/winograd_window.wgsl.
// The input side of Winograd's F(4×4, 3×3) (Lavin & Gray 2016): V = Bᵀ d B for each 6×6 window d that feeds a 4×4 tile
// of outputs, windows four pixels apart, zeros outside the image. Works off a strip of tile rows. An invocation makes
// four tiles side by side, a quad, of one channel. V is [blocks][36][inPadded][8 quads] of vec4: what a product reads
// one after the other lies together. Grid: (blocks, ⌈inPadded / 8⌉, 1).

// A number of each of four tiles.
alias Tiles = vec4f;

@group(0) @binding(3) var<storage, read_write> transformed: array<vec4f>;

fn pick(j: u32, row: array<vec4f, 6>) -> vec4f {
  let low = select(select(row[2], row[1], j == 1u), row[0], j == 0u);
  let high = select(select(row[5], row[4], j == 4u), row[3], j == 3u);
  return select(high, low, j < 3u);
}

fn keep(now: bool, next: array<vec4f, 6>, before: array<vec4f, 6>) -> array<vec4f, 6> {
  return array<vec4f, 6>(
    select(before[0], next[0], now),
    select(before[1], next[1], now),
    select(before[2], next[2], now),
    select(before[3], next[3], now),
    select(before[4], next[4], now),
    select(before[5], next[5], now),
  );
}

// A row of the four tiles' windows, transformed; `start` is the row's first pixel.
fn transformed_row(start: i32, column: i32, inside: bool) -> array<vec4f, 6> {
  let left = pixel(start, column - 1);
  let a = four(start, column);
  let b = four(start, column + 4);
  let c = four(start, column + 8);
  let d = four(start, column + 12);
  let right = pixel(start, column + 16);
  return before(array<vec4f, 6>(
    rectified(vec4f(left, a.w, b.w, c.w), inside),
    rectified(vec4f(a.x, b.x, c.x, d.x), inside),
    rectified(vec4f(a.y, b.y, c.y, d.y), inside),
    rectified(vec4f(a.z, b.z, c.z, d.z), inside),
    rectified(vec4f(a.w, b.w, c.w, d.w), inside),
    rectified(vec4f(b.x, c.x, d.x, right), inside),
  ));
}

@compute @workgroup_size(8, 8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let channel = group.y * 8u + local.y;
  let channels = u32(sizes.inPadded);
  if (channel >= channels) {
    return;
  }
  // Quads beyond the strip's last repeat it; nothing of theirs reaches the output.
  let quad = i32(min(group.x * 8u + local.x, u32(sizes.quads) - 1u));
  let height = i32(sizes.height);
  let width = i32(sizes.width);
  let across = i32(sizes.quadsAcross);
  let row = (quad / across + i32(sizes.firstRow)) * 4 - 1;
  let column = (quad % across) * 16;
  let real = channel < u32(sizes.inChannels);
  let plane = (i32(sizes.image) * i32(sizes.inChannels) + select(0, i32(channel), real)) * height * width;

  // Loops as long as there are columns, which the compiler is not to know: unrolled they take Mesa's seconds. Each row is
  // kept by selection, since an index that varies costs more.
  var r0 = array<vec4f, 6>();
  var r1 = array<vec4f, 6>();
  var r2 = array<vec4f, 6>();
  var r3 = array<vec4f, 6>();
  var r4 = array<vec4f, 6>();
  var r5 = array<vec4f, 6>();
  for (var i = 0; i < i32(sizes.columns); i++) {
    let r = row + i;
    let next = transformed_row(plane + clamp(r, 0, height - 1) * width, column, real && r >= 0 && r < height);
    r0 = keep(i == 0, next, r0);
    r1 = keep(i == 1, next, r1);
    r2 = keep(i == 2, next, r2);
    r3 = keep(i == 3, next, r3);
    r4 = keep(i == 4, next, r4);
    r5 = keep(i == 5, next, r5);
  }
  let stride = channels * 8u;
  let at = (group.x * 36u * channels + channel) * 8u + local.x;
  for (var j = 0u; j < u32(sizes.columns); j++) {
    let v = before(array<vec4f, 6>(
      pick(j, r0), pick(j, r1), pick(j, r2), pick(j, r3), pick(j, r4), pick(j, r5),
    ));
    for (var i = 0u; i < 6u; i++) {
      transformed[(i * 6u + j) * stride + at] = v[i];
    }
  }
}
