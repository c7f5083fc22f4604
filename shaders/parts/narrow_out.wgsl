// What the narrow variants take and make on the way back: of many channels few.

// The length of the uniform binding, which may reach beyond the weights.
const BINDING_VECTORS: u32 = 512u;

struct Sizes {
  inChannels: f32,
  outChannels: f32,
  height: f32,
  // In vectors of four pixels.
  width4: f32,
  // Added to what y holds when 1.
  accumulate: f32,
  // 4: a loop whose length the compiler cannot know stays one, which spares it most of its time.
  rows: f32,
}

// One tensor, bound twice.
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> x4: array<vec4f>;
@group(0) @binding(2) var<uniform> weights: array<vec4f, BINDING_VECTORS>;
@group(0) @binding(3) var<uniform> sizes: Sizes;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

fn store(at: i32, value: vec4f) {
  if (sizes.accumulate == 1.0) {
    y[at] += value;
  } else {
    y[at] = value;
  }
}
