// Appends two scalars to a ring kept on the GPU: rows[count mod ROWS] = (a, b), count + 1. The count, an exact whole
// number below 2²⁴ kept as f32, stands behind the rows. One invocation.
override ROWS: u32 = 1u;

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> ring: array<f32>;

@compute @workgroup_size(1)
fn main() {
  let count = u32(ring[2u * ROWS]);
  let row = count % ROWS;
  ring[2u * row] = a[0];
  ring[2u * row + 1u] = b[0];
  ring[2u * ROWS] = f32(count + 1u);
}
