// The shader uses lbfgs_history.wgsl too, and declares the history's `s` and `y` for reading.

fn step_at(at: u32) -> Eight {
  if (VECTORS == 2u) {
    return whole(s[at], s[at + 1u]);
  }
  return unpack(s[at]);
}

fn difference_at(at: u32) -> Eight {
  if (VECTORS == 2u) {
    return whole(y[at], y[at + 1u]);
  }
  return unpack(y[at]);
}
