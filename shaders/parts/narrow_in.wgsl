// What the narrow variants take and make on the way forward: of few input channels many.

// The length of the uniform binding, which may reach beyond the weights.
const BINDING_VECTORS: u32 = 512u;
// x's numbers, and four of x's and of y's: f16 and vec4h where they are stored so.
alias In = f32;
alias In4 = vec4f;
alias Out4 = vec4f;

struct Sizes {
  inChannels: f32,
  outChannels: f32,
  height: f32,
  // In vectors of four pixels.
  width4: f32,
}

// One tensor, bound twice.
@group(0) @binding(0) var<storage, read> x: array<In>;
@group(0) @binding(1) var<storage, read> x4: array<In4>;
@group(0) @binding(2) var<uniform> weights: array<vec4f, BINDING_VECTORS>;
@group(0) @binding(3) var<uniform> sizes: Sizes;
@group(0) @binding(4) var<storage, read_write> y: array<Out4>;
