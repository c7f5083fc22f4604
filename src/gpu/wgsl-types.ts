/** How a tensor's numbers are stored. Arithmetic is float32 in either case. */
export type DType = 'f32' | 'f16';

/** What a shader's `alias` may be set to. */
export type WgslType = 'f32' | 'vec2f' | 'vec4f' | 'f16' | 'vec2h' | 'vec4h';

/** The type of `width` numbers side by side. */
export function wgslType(dtype: DType, width: 1 | 2 | 4 = 1): WgslType {
  if (width === 1) return dtype;
  return `vec${width}${dtype === 'f32' ? 'f' : 'h'}`;
}

/** Whether a shader that uses the type must say `enable f16`. */
export function isHalf(type: WgslType): boolean {
  return /^f16$|h$/.test(type);
}
