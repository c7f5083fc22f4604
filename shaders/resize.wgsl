// Antialiased linear interpolation along one axis: [OUTER, FROM, INNER] to [OUTER, TO, INNER].
//
// Output i is centred at (i + 1/2) FROM/TO - 1/2 in input samples, and weighs sample j by a triangle about that
// centre which reaches one sample to either side or, where the axis shrinks, one output's width. Multiplied by
// 2 max(FROM, TO) these weights are whole numbers,
//
//   w = max(0, 2 max(FROM, TO) - |(2j + 1) TO - (2i + 1) FROM|),
//
// so they are computed without rounding, whatever the size; division by their sum makes them add up to 1, at the
// borders too, where the triangle is cut. Needs FROM TO + max(FROM, TO) < 2^30, so that all of it fits an i32.
override OUTER: u32 = 1u;
override FROM: u32 = 1u;
override TO: u32 = 1u;
override INNER: u32 = 1u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * 256u + lane;
  if (at >= OUTER * TO * INNER) {
    return;
  }
  let inner = at % INNER;
  let i = (at / INNER) % TO;
  let outer = at / (INNER * TO);

  let reach = 2i * i32(max(FROM, TO));
  let center = (2i * i32(i) + 1i) * i32(FROM);
  let step = 2i * i32(TO);
  // The first and the last sample that weigh more than nothing, if they exist.
  let first = max(0i, (center - reach + i32(TO)) / step - 1i);
  let last = min(i32(FROM) - 1i, (center + reach) / step);

  let column = outer * FROM * INNER + inner;
  var sum = 0.0;
  var weights = 0.0;
  for (var j = first; j <= last; j++) {
    let weight = f32(max(0i, reach - abs((2i * j + 1i) * i32(TO) - center)));
    sum = fma(weight, x[column + u32(j) * INNER], sum);
    weights += weight;
  }
  y[at] = sum / weights;
}
