// 3×3 convolution, stride 1, one pixel of zero padding, tiled for GPUs: a workgroup makes 16×16 pixels of 32 output
// channels, an invocation 4×1 pixels of 8 channels in registers. Input and weights pass through workgroup memory, four
// input channels at a time (9.8 KiB). Weights as laid out by conv2d_tiled_pack.wgsl, viewed as vec4.
// Grid: (⌈WIDTH / 16⌉, ⌈HEIGHT / 16⌉, images · PADDED_CHANNELS / 32).
override IN_CHANNELS: u32 = 1u;
override OUT_CHANNELS: u32 = 1u;
override PADDED_CHANNELS: u32 = 32u;
override HEIGHT: i32 = 1;
override WIDTH: i32 = 1;
override HAS_BIAS: u32 = 0u;
// Added to what y holds when 1.
override ACCUMULATE: u32 = 0u;

const STEP: u32 = 4u;
const SIDE: u32 = 18u;
const PLANE: u32 = SIDE * SIDE;
// Numbers from row to row in workgroup memory: one to spare, so that few of those who load together want the same bank.
const PITCH: u32 = SIDE + 1u;

// As x and y are stored: f32 or f16.
alias In = f32;
alias Out = f32;

@group(0) @binding(0) var<storage, read> x: array<In>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
// Any tensor when HAS_BIAS is 0.
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<Out>;

var<workgroup> pixels: array<f32, STEP * SIDE * PITCH>;
// For each channel of the step, each tap: 8 vec4 of output channels.
var<workgroup> filters: array<vec4f, STEP * 72u>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tileRow = i32(group.y) * 16;
  let tileColumn = i32(group.x) * 16;
  let image = group.z / (PADDED_CHANNELS / 32u);
  let outputs = group.z % (PADDED_CHANNELS / 32u);

  // Lanes that run side by side share their weights and walk along the pixels.
  let localColumn = (lane % 4u) * 4u;
  let localRow = (lane / 4u) % 16u;
  let slice = (lane / 64u) * 2u;

  var low: array<vec4f, 4>;
  var high: array<vec4f, 4>;
  for (var first = 0u; first < IN_CHANNELS; first += STEP) {
    for (var i = lane; i < STEP * PLANE; i += 256u) {
      let c = first + i / PLANE;
      let row = tileRow + i32((i % PLANE) / SIDE) - 1;
      let column = tileColumn + i32(i % SIDE) - 1;
      var value = 0.0;
      if (c < IN_CHANNELS && row >= 0 && row < HEIGHT && column >= 0 && column < WIDTH) {
        value = f32(x[i32(image * IN_CHANNELS + c) * HEIGHT * WIDTH + row * WIDTH + column]);
      }
      pixels[i / SIDE * PITCH + i % SIDE] = value;
    }
    for (var i = lane; i < STEP * 72u; i += 256u) {
      let c = first + i / 72u;
      var value = vec4f();
      if (c < IN_CHANNELS) {
        value = w[(c * 9u + (i % 72u) / 8u) * (PADDED_CHANNELS / 4u) + outputs * 8u + i % 8u];
      }
      filters[i] = value;
    }
    workgroupBarrier();

    // Ends where the channels end; known only at run time, which also keeps compilers from unrolling it.
    let steps = min(STEP, IN_CHANNELS - first);
    for (var c = 0u; c < steps; c++) {
      for (var u = 0u; u < 3u; u++) {
        let at = (c * SIDE + localRow + u) * PITCH + localColumn;
        let run = array<f32, 6>(
          pixels[at], pixels[at + 1u], pixels[at + 2u], pixels[at + 3u], pixels[at + 4u], pixels[at + 5u],
        );
        for (var v = 0u; v < 3u; v++) {
          let tap = (c * 9u + u * 3u + v) * 8u + slice;
          let lowWeights = filters[tap];
          let highWeights = filters[tap + 1u];
          for (var p = 0u; p < 4u; p++) {
            low[p] = fma(vec4f(run[p + v]), lowWeights, low[p]);
            high[p] = fma(vec4f(run[p + v]), highWeights, high[p]);
          }
        }
      }
    }
    workgroupBarrier();
  }

  // To be indexed by a loop: what is indexed so does not stay in registers. A loop of 32, which the compiler is not to
  // know: it would unroll all these stores.
  var sums = array<vec4f, 8>(low[0], high[0], low[1], high[1], low[2], high[2], low[3], high[3]);
  let count = min(32u, 32u * groups.x);
  let row = tileRow + i32(localRow);
  for (var t = 0u; t < count; t++) {
    let column = tileColumn + i32(localColumn + t % 4u);
    let channel = t / 4u;
    let output = outputs * 32u + slice * 4u + channel;
    if (row >= HEIGHT || column >= WIDTH || output >= OUT_CHANNELS) {
      continue;
    }
    let at = i32(image * OUT_CHANNELS + output) * HEIGHT * WIDTH + row * WIDTH + column;
    var value = sums[t % 4u * 2u + channel / 4u][channel % 4u];
    if (HAS_BIAS == 1u) {
      value += bias[output];
    }
    if (ACCUMULATE == 1u) {
      value += f32(y[at]);
    }
    y[at] = Out(value);
  }
}
