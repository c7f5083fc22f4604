// What Winograd's output transforms write to.

// Rows of the image begin at multiples of four pixels, and are written four at a time, when 1.
override WIDE: u32 = 0u;

// As gate and y are stored: f32 and vec4f, or f16 and vec4h.
alias Gate = f32;
alias Gate4 = vec4f;
alias Out = f32;
alias Out4 = vec4f;

struct Sizes {
  height: f32,
  width: f32,
  // Quads, of four tiles side by side, to a row of tiles; the last may reach beyond the image.
  quadsAcross: f32,
  // The first row of tiles of this strip, and how many quads it has.
  firstRow: f32,
  quads: f32,
  outChannels: f32,
  outPadded: f32,
  image: f32,
  // Whether to add to what y holds, to add the bias, and to keep only what lies where `gate` is positive (the gradient
  // of max(0, ·)): 0 or 1 each. Data and not constants, for one compilation, seconds long on Mesa, to serve them all.
  accumulate: f32,
  hasBias: f32,
  gated: f32,
  // 6 and 4: loops whose length the compiler cannot know stay loops, which spares it most of its time.
  columns: f32,
  rows: f32,
}

// Any tensor when hasBias is 0.
@group(0) @binding(1) var<storage, read> bias: array<f32>;
// Of y's shape, bound twice; any tensor when gated is 0.
@group(0) @binding(2) var<storage, read> gate: array<Gate>;
@group(0) @binding(3) var<storage, read> gate4: array<Gate4>;
@group(0) @binding(4) var<uniform> sizes: Sizes;
// The output, as the one or the other; what WIDE leaves unused is any other tensor.
@group(0) @binding(5) var<storage, read_write> y: array<Out>;
@group(0) @binding(6) var<storage, read_write> y4: array<Out4>;

fn put(at: i32, value: f32) {
  var kept = value;
  if (sizes.gated == 1.0) {
    kept = select(0.0, value, f32(gate[at]) > 0.0);
  }
  if (sizes.accumulate == 1.0) {
    kept += f32(y[at]);
  }
  y[at] = Out(kept);
}

fn put4(at: i32, value: vec4f) {
  var kept = value;
  if (sizes.gated == 1.0) {
    kept = select(vec4f(), value, vec4f(gate4[at]) > vec4f());
  }
  if (sizes.accumulate == 1.0) {
    kept += vec4f(y4[at]);
  }
  y4[at] = Out4(kept);
}

// Four pixels of a row that begins at `start`, from a multiple of four on, as far as there are so many.
fn store(start: i32, column: i32, value: vec4f) {
  let width = i32(sizes.width);
  if (WIDE == 1u) {
    if (column < width) {
      put4((start + column) / 4, value);
    }
    return;
  }
  // A loop whose length the compiler cannot know: many guarded stores, unrolled, take Mesa's compiler minutes.
  let count = clamp(width - column, 0, 4);
  for (var k = 0; k < count; k++) {
    put(start + column + k, value[k]);
  }
}
