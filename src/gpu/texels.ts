import { LimitError } from './errors.js';
import { megabytes } from './format.js';
import { TextureUsage } from './flags.js';
import { type Texels, VECTOR_BYTES } from './tensor.js';

/**
 * Numbers that lie in a texture, for shaders to read by `textureLoad`: four in a row are a texel's bits. Mesa's software
 * adapter loads a texel in a third of the time that a vec4f of a storage buffer takes it, which it reads number by number,
 * each behind a test of its own. Storing one takes it twice as long: for what is read more often than it is written.
 *
 * Shaders are written for buffers; `inTexels` rewrites them.
 */

/** Texels to a row of a texture with more than so many; a power of two. */
export const TEXEL_COLUMNS = 1024;

/** Rows are to be whole multiples of 256 bytes, for copies. */
const COLUMN_STEP = 16;

/**
 * Never used. Numbers that are read together often lie a power of two apart, and would fight for the same places of a
 * processor's caches where rows of texels did so too.
 */
const SPARE_COLUMNS = 4;

const FORMAT: GPUTextureFormat = 'rgba32uint';

/** The size of a texture for so many bytes. Pure. */
export function texelGrid(bytes: number): { columns: number; rows: number } {
  const vectors = Math.ceil(bytes / VECTOR_BYTES);
  const columns = Math.min(TEXEL_COLUMNS, Math.ceil(vectors / COLUMN_STEP) * COLUMN_STEP);
  return { columns, rows: Math.ceil(vectors / columns) };
}

/** The most bytes that one texture holds. */
export function texelBytes({ maxTextureDimension2D }: GPUSupportedLimits): number {
  return maxTextureDimension2D * TEXEL_COLUMNS * VECTOR_BYTES;
}

/**
 * Makes the texture and its view, at once: a view that is made later waits on Mesa for all that was submitted before.
 *
 * @throws LimitError beyond the device's largest texture.
 */
export function createTexels(device: GPUDevice, label: string, bytes: number): Texels {
  const { columns, rows } = texelGrid(bytes);
  if (rows > device.limits.maxTextureDimension2D) {
    throw new LimitError(
      `${label} needs ${megabytes(bytes)}, but this GPU allows at most ${megabytes(texelBytes(device.limits))} in one ` +
        'texture; choose a smaller size (--size).',
    );
  }
  const texture = device.createTexture({
    label,
    size: [columns + SPARE_COLUMNS, rows],
    format: FORMAT,
    usage:
      TextureUsage.STORAGE_BINDING |
      TextureUsage.COPY_SRC |
      TextureUsage.COPY_DST |
      // Nothing is drawn: but Dawn fills with zeros in place only what can be drawn to, else from a buffer as large again.
      TextureUsage.RENDER_ATTACHMENT,
  });
  return { texture, view: texture.createView() };
}

export type TexelAccess = 'read-only' | 'write-only';

export function texelLayout(access: TexelAccess): GPUStorageTextureBindingLayout {
  return { access, format: FORMAT };
}

/**
 * A shader that finds the tensors of some of its bindings in textures. Each is declared
 * `@group(0) @binding(N) var<storage, …> NAME: array<vec4f>;` (or vec4u), and only read as `NAME[i]`, or only written as
 * `NAME[i] = …;`. Lines stay where they are, for errors to tell the file's own.
 *
 * @param accesses by the bindings' numbers; undefined for what lies in a buffer.
 * @throws Error when a binding is not declared or not written so.
 */
export function inTexels(
  shader: string,
  source: string,
  accesses: readonly (TexelAccess | undefined)[],
): string {
  if (accesses.every((access) => access === undefined)) return source;
  let code = source;
  for (const [binding, access] of accesses.entries()) {
    if (!access) continue;
    const declared = new RegExp(
      `^(@group\\(0\\) @binding\\(${binding}\\) var)<storage, \\w+> (\\w+): array<(vec4[fu])>;`,
      'm',
    );
    const [, , name, type] = declared.exec(code) ?? [];
    if (!name || !type)
      throw new Error(`shaders/${shader}.wgsl declares no array of vec4f or vec4u as binding ${binding}.`);
    code = code.replace(
      declared,
      `$1 $2: texture_storage_2d<${FORMAT}, ${access === 'read-only' ? 'read' : 'write'}>;`,
    );
    code = access === 'read-only' ? rewriteLoads(code, name, type) : rewriteStores(shader, code, name);
  }
  return `${code}\nfn texel(i: u32) -> vec2u { return vec2u(i % ${TEXEL_COLUMNS}u, i / ${TEXEL_COLUMNS}u); }\n`;
}

function rewriteLoads(code: string, name: string, type: string): string {
  return rewrite(code, name, (index, rest) => [
    `bitcast<${type}>(textureLoad(${name}, texel(u32(${index}))))`,
    rest,
  ]);
}

function rewriteStores(shader: string, code: string, name: string): string {
  return rewrite(code, name, (index, rest) => {
    const [, value, after = ''] = /^ = ([^;]*);([^]*)$/.exec(rest) ?? [];
    if (!value) throw new Error(`shaders/${shader}.wgsl does more with ${name} than to write it.`);
    return [`textureStore(${name}, texel(u32(${index})), bitcast<vec4u>(${value}));`, after];
  });
}

/** Replaces each `NAME[index]`, and as much of what follows as `change` does not return as the rest. */
function rewrite(
  code: string,
  name: string,
  change: (index: string, rest: string) => [text: string, rest: string],
): string {
  const use = new RegExp(`\\b${name}\\[`);
  let done = '';
  let rest = code;
  for (let found = use.exec(rest); found; found = use.exec(rest)) {
    const from = found.index + found[0].length;
    const to = closing(rest, from);
    // The index itself may load from the same array.
    const [text, after] = change(rewrite(rest.slice(from, to), name, change), rest.slice(to + 1));
    done += rest.slice(0, found.index) + text;
    rest = after;
  }
  return done + rest;
}

/** Where the bracket closes that was opened before `from`. */
function closing(text: string, from: number): number {
  let depth = 1;
  let at = from;
  for (; at < text.length; at++) {
    if (text[at] === '[') depth++;
    else if (text[at] === ']' && --depth === 0) break;
  }
  return at;
}
