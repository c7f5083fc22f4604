/** Red, green, blue, each 0..1 as stored in a picture file (sRGB values, no linearisation). */
export type Rgb = readonly [number, number, number];

/** From `#rrggbb`. */
export function hex(code: string): Rgb {
  const n = Number.parseInt(code.slice(1), 16);
  return [(n >> 16) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255];
}

/** The straight mix: a at t = 0, b at t = 1. */
export function mix(a: Rgb, b: Rgb, t: number): Rgb {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

/** The colour at t (0..1) on a ramp of evenly spaced stops. */
export function ramp(stops: readonly Rgb[], t: number): Rgb {
  const x = Math.min(Math.max(t, 0), 1) * (stops.length - 1);
  const i = Math.min(Math.floor(x), stops.length - 2);
  return mix(stops[i]!, stops[i + 1]!, x - i);
}

/** Hue in turns, saturation and value 0..1 (Smith, "Color gamut transform pairs", SIGGRAPH 1978). */
export function hsv(hue: number, saturation: number, value: number): Rgb {
  const channel = (offset: number): number => {
    const k = (((offset + hue * 6) % 6) + 6) % 6;
    return value - value * saturation * Math.max(0, Math.min(k, 4 - k, 1));
  };
  return [channel(5), channel(3), channel(1)];
}

/** Every channel times `gain`. */
export function brighten(colour: Rgb, gain: number): Rgb {
  return [colour[0] * gain, colour[1] * gain, colour[2] * gain];
}
