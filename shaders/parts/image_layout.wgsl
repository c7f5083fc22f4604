// How the texels of a picture lie in memory.
struct Layout {
  width: f32,
  height: f32,
  rowWords: f32,
  format: f32,
}

const RGBA8 = 0u;
const BGRA8 = 1u;
const RGBA16F = 2u;
