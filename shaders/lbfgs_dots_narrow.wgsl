// L-BFGS, pass 1, for processors that play a GPU: what lbfgs_dots computes, by workgroups of eight lanes that share nothing,
// so that there is no barrier. Each lane leaves its own sums: partials[(row * tiles + tile) * LANES + lane].
//
// A workgroup walks its tile strip by strip. Of each strip it holds g and the new y, in quads, while it goes over the slots,
// which lie one after the other: s and y are two streams that are read from end to end. The sums wait in workgroup memory
// for the next strip, at most HELD of them; a longer history takes more rounds.
override SLOTS: u32 = 2u;
override PROJECT: u32 = 0u;
override LOW: f32 = 0.0;
override HIGH: f32 = 1.0;

const LANES = 8u;
const HELD = 2u; // at most SLOTS
const TILE = 1024u;
const QUADS = 256u; // of elements, in a tile
const STRIP = 32u; // quads of one slot in a row
const EACH = STRIP / LANES; // quads of a lane

// The chunk in hand (src/lbfgs/history.ts): one pipeline serves all sizes.
struct Chunk {
  count: u32, // elements
  first_tile: u32,
  tiles: u32, // of all chunks
}

@group(0) @binding(0) var<storage, read> s: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read> before: array<f32>;
@group(0) @binding(4) var<storage, read> x: array<f32>;
@group(0) @binding(5) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(6) var<uniform> plan: array<vec4u, 1>;
@group(0) @binding(7) var<uniform> chunk: Chunk;


var<workgroup> sums: array<vec4f, HELD * LANES>;

fn finite(v: vec4f) -> vec4<bool> {
  return (bitcast<vec4u>(v) & vec4u(0x7f800000u)) != vec4u(0x7f800000u);
}

fn outward(at: vec4f, slope: vec4f) -> vec4<bool> {
  return ((at <= vec4f(LOW)) & (slope > vec4f())) | ((at >= vec4f(HIGH)) & (slope < vec4f()));
}

fn join(a: vec4f, b: vec4f) -> vec4f {
  let sum = a + b;
  return vec4f(sum.xy, max(a.z, b.z), sum.w);
}

// Where the history holds a quad of the chunk.
fn place(slot: u32, quad: u32) -> u32 {
  return ((quad / STRIP) * SLOTS + slot) * STRIP + quad % STRIP;
}

fn products(sj: vec4f, yj: vec4f, dy: vec4f, g: vec4f) -> vec4f {
  return vec4f(dot(sj, dy), dot(yj, dy), dot(sj, g), dot(yj, g));
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = group.y * groups.x + group.x;
  if (tile * TILE >= chunk.count) { // a folded grid may have workgroups past the end
    return;
  }
  let first = plan[0].x;
  let rows = plan[0].y + 1u; // the stored pairs from the oldest on, and the candidate after them
  let candidate = plan[0].z;
  let home = (chunk.first_tile + tile) * LANES + lane;

  for (var done = 0u; done < rows; done += HELD) {
    let round = min(HELD, rows - done);
    for (var j = 0u; j < round; j++) {
      sums[j * LANES + lane] = vec4f();
    }
    var about_g = vec4f();
    var about_s = vec4f();

    for (var start = tile * QUADS + lane; start < (tile + 1u) * QUADS; start += STRIP) {
      // Four elements in a row at EACH places: they fill a vector of y, and of s and y past the end, which are 0 there.
      var g = array<vec4f, EACH>();
      var dy = array<vec4f, EACH>();
      for (var e = 0u; e < EACH; e++) {
        let quad = start + e * LANES;
        let at = place(candidate, quad);
        let step = s[at];
        var raw = vec4f();
        var old = vec4f();
        var at_x = vec4f();
        for (var c = 0u; c < 4u; c++) {
          let i = 4u * quad + c;
          if (i < chunk.count) {
            raw[c] = gradient[i];
            old[c] = before[i];
            if (PROJECT == 1u) {
              at_x[c] = x[i];
            }
          }
        }
        let valid = finite(raw);
        g[e] = select(vec4f(), raw, valid);
        if (PROJECT == 1u) {
          g[e] = select(g[e], vec4f(), outward(at_x, g[e]));
        }
        dy[e] = g[e] - old;
        y[at] = dy[e];
        let size = abs(g[e]);
        let wrong = dot(select(vec4f(1.0), vec4f(), valid), vec4f(1.0));
        let peak = max(max(size.x, size.y), max(size.z, size.w));
        about_g = join(about_g, vec4f(dot(g[e], g[e]), dot(size, vec4f(1.0)), peak, wrong));
        about_s += vec4f(dot(step, step), 0.0, 0.0, 0.0);
      }

      var slot = (first + done) % SLOTS;
      for (var j = 0u; j < round; j++) {
        let at = place(slot, start);
        var sum = sums[j * LANES + lane];
        for (var e = 0u; e < EACH; e++) {
          sum += products(s[at + e * LANES], y[at + e * LANES], dy[e], g[e]);
        }
        sums[j * LANES + lane] = sum;
        slot = select(slot + 1u, 0u, slot + 1u == SLOTS);
      }
    }

    var slot = (first + done) % SLOTS;
    for (var j = 0u; j < round; j++) {
      partials[slot * chunk.tiles * LANES + home] = sums[j * LANES + lane];
      slot = select(slot + 1u, 0u, slot + 1u == SLOTS);
    }
    if (done == 0u) {
      partials[SLOTS * chunk.tiles * LANES + home] = about_g;
      partials[(SLOTS + 1u) * chunk.tiles * LANES + home] = about_s;
    }
  }
}
