// The shader declares the output twice, as `y` of Out and as `y4` of Out4, the gate likewise, WIDE, 1 where rows begin at
// multiples of four pixels, and `sizes` with the output's width, `accumulate` and `gated`.

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
