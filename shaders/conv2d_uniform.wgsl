// 3×3 convolution, stride 1, one pixel of zero padding, with its weights in a uniform buffer. Each invocation makes
// 4×4 pixels of 8 output channels: for every input channel it loads a 6×6 window once and uses it 72 times. Made for
// adapters where a uniform load costs little beside a storage load (processors posing as GPUs). One dispatch works
// off one block as laid out by conv2d_uniform_pack.wgsl; grid: (⌈width / 32⌉, ⌈height / 4⌉, images).
//
// Sizes come as data, not as constants: one compilation, seconds long on Mesa, then serves every layer.

// Added to what y holds, without the bias, when 1.
override ADD: u32 = 0u;
// The length of the uniform binding, which may reach beyond the block.
const BLOCK_VECTORS: u32 = 1024u;

// As x and y are stored: f32 or f16.
alias In = f32;
alias Out = f32;

struct Sizes {
  inChannels: f32,
  outChannels: f32,
  height: f32,
  width: f32,
}

@group(0) @binding(0) var<storage, read> x: array<In>;
@group(0) @binding(1) var<uniform> block: array<vec4f, BLOCK_VECTORS>;
@group(0) @binding(2) var<uniform> sizes: Sizes;
@group(0) @binding(3) var<storage, read_write> y: array<Out>;

// Six rows, each as the three runs of four pixels that the taps of one kernel row meet.
struct Window {
  left: array<vec4f, 6>,
  middle: array<vec4f, 6>,
  right: array<vec4f, 6>,
}

fn pixel(plane: i32, row: i32, column: i32) -> f32 {
  let height = i32(sizes.height);
  let width = i32(sizes.width);
  let inside = row >= 0 && row < height && column >= 0 && column < width;
  return select(0.0, f32(x[plane + clamp(row, 0, height - 1) * width + clamp(column, 0, width - 1)]), inside);
}

fn load(plane: i32, row: i32, column: i32) -> Window {
  var window: Window;
  for (var i = 0; i < 6; i++) {
    let a = pixel(plane, row + i - 1, column - 1);
    let b = pixel(plane, row + i - 1, column);
    let c = pixel(plane, row + i - 1, column + 1);
    let d = pixel(plane, row + i - 1, column + 2);
    let e = pixel(plane, row + i - 1, column + 3);
    let f = pixel(plane, row + i - 1, column + 4);
    window.left[i] = vec4f(a, b, c, d);
    window.middle[i] = vec4f(b, c, d, e);
    window.right[i] = vec4f(c, d, e, f);
  }
  return window;
}

// tile + the window convolved with one channel's nine taps, the rows of the tile being columns of the matrix.
fn convolve(window: ptr<function, Window>, tile: mat4x4f, t0: vec4f, t4: vec4f, t8: f32) -> mat4x4f {
  var sums = tile;
  for (var i = 0u; i < 4u; i++) {
    var s = sums[i];
    s = fma((*window).left[i], vec4f(t0.x), s);
    s = fma((*window).middle[i], vec4f(t0.y), s);
    s = fma((*window).right[i], vec4f(t0.z), s);
    s = fma((*window).left[i + 1u], vec4f(t0.w), s);
    s = fma((*window).middle[i + 1u], vec4f(t4.x), s);
    s = fma((*window).right[i + 1u], vec4f(t4.y), s);
    s = fma((*window).left[i + 2u], vec4f(t4.z), s);
    s = fma((*window).middle[i + 2u], vec4f(t4.w), s);
    s = fma((*window).right[i + 2u], vec4f(t8), s);
    sums[i] = s;
  }
  return sums;
}

fn store(image: u32, output: u32, row: i32, column: i32, tile: mat4x4f, bias: f32) {
  let height = i32(sizes.height);
  let width = i32(sizes.width);
  let plane = i32(image * u32(sizes.outChannels) + output) * height * width;
  for (var i = 0; i < 4; i++) {
    for (var j = 0; j < 4; j++) {
      if (row + i < height && column + j < width) {
        let at = plane + (row + i) * width + column + j;
        if (ADD == 1u) {
          y[at] = Out(f32(y[at]) + tile[i][j]);
        } else {
          y[at] = Out(tile[i][j] + bias);
        }
      }
    }
  }
}

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = i32(id.x) * 4;
  let row = i32(id.y) * 4;
  let output = u32(block[0].x);
  let input = u32(block[0].y);
  let channels = u32(block[0].z);
  var s0 = mat4x4f();
  var s1 = mat4x4f();
  var s2 = mat4x4f();
  var s3 = mat4x4f();
  var s4 = mat4x4f();
  var s5 = mat4x4f();
  var s6 = mat4x4f();
  var s7 = mat4x4f();
  let area = i32(sizes.height) * i32(sizes.width);
  for (var c = 0u; c < channels; c++) {
    var window = load(i32(id.z * u32(sizes.inChannels) + input + c) * area, row, column);
    let at = 3u + c * 18u;
    let p0 = block[at + 0u];
    let q0 = block[at + 1u];
    let p1 = block[at + 2u];
    let q1 = block[at + 3u];
    let p2 = block[at + 4u];
    let q2 = block[at + 5u];
    let p3 = block[at + 6u];
    let q3 = block[at + 7u];
    let p4 = block[at + 8u];
    let q4 = block[at + 9u];
    let p5 = block[at + 10u];
    let q5 = block[at + 11u];
    let p6 = block[at + 12u];
    let q6 = block[at + 13u];
    let p7 = block[at + 14u];
    let q7 = block[at + 15u];
    let p8 = block[at + 16u];
    let q8 = block[at + 17u];
    s0 = convolve(&window, s0, vec4f(p0.x, p1.x, p2.x, p3.x), vec4f(p4.x, p5.x, p6.x, p7.x), p8.x);
    s1 = convolve(&window, s1, vec4f(p0.y, p1.y, p2.y, p3.y), vec4f(p4.y, p5.y, p6.y, p7.y), p8.y);
    s2 = convolve(&window, s2, vec4f(p0.z, p1.z, p2.z, p3.z), vec4f(p4.z, p5.z, p6.z, p7.z), p8.z);
    s3 = convolve(&window, s3, vec4f(p0.w, p1.w, p2.w, p3.w), vec4f(p4.w, p5.w, p6.w, p7.w), p8.w);
    s4 = convolve(&window, s4, vec4f(q0.x, q1.x, q2.x, q3.x), vec4f(q4.x, q5.x, q6.x, q7.x), q8.x);
    s5 = convolve(&window, s5, vec4f(q0.y, q1.y, q2.y, q3.y), vec4f(q4.y, q5.y, q6.y, q7.y), q8.y);
    s6 = convolve(&window, s6, vec4f(q0.z, q1.z, q2.z, q3.z), vec4f(q4.z, q5.z, q6.z, q7.z), q8.z);
    s7 = convolve(&window, s7, vec4f(q0.w, q1.w, q2.w, q3.w), vec4f(q4.w, q5.w, q6.w, q7.w), q8.w);
  }
  // A loop whose length the compiler cannot know: unrolled, its 128 guarded stores take Mesa's compiler minutes.
  let tiles = array<mat4x4f, 8>(s0, s1, s2, s3, s4, s5, s6, s7);
  let outputs = u32(block[0].w);
  for (var o = 0u; o < outputs; o++) {
    store(id.z, output + o, row, column, tiles[o], block[1u + o / 4u][o % 4u]);
  }
}
