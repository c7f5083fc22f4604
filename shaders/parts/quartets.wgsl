// Four vectors that are computed and stored together.
struct Quartet {
  x: vec4f,
  y: vec4f,
  z: vec4f,
  w: vec4f,
}

fn either(no: Quartet, yes: Quartet, condition: bool) -> Quartet {
  return Quartet(
    select(no.x, yes.x, condition),
    select(no.y, yes.y, condition),
    select(no.z, yes.z, condition),
    select(no.w, yes.w, condition),
  );
}

// By number, 0 to 3, without an array, whose elements processors would load one by one.
fn pick(t: u32, a: Quartet, b: Quartet, c: Quartet, d: Quartet) -> Quartet {
  return either(either(d, c, t == 2u), either(b, a, t == 0u), t < 2u);
}
