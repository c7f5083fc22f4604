import { isHalf, type WgslType } from './wgsl-types.js';

/** A shader's text with its `const` tile sizes set, and the values for its `override` constants. */
export interface Specialised {
  code: string;
  overrides: Record<string, number>;
}

/**
 * Sets named constants of a WGSL module. A name declared `override` becomes a pipeline constant; one declared
 * `const` (WGSL wants a `const` where it sizes a register array) has its initialiser rewritten in the text. A type
 * declared `alias NAME = f32;`, for code that serves numbers and vectors, whole and half, takes its place in the text
 * likewise. A name the shader does not declare is an error, since a misspelt one would silently keep its default.
 *
 * @throws Error when `values` or `types` names something the module does not declare.
 */
export function specialise(
  shader: string,
  source: string,
  values: Readonly<Record<string, number>>,
  types: Readonly<Record<string, WgslType>> = {},
): Specialised {
  const overrides: Record<string, number> = {};
  let code = source;
  for (const [name, value] of Object.entries(values)) {
    if (new RegExp(`^override\\s+${name}\\b`, 'm').test(code)) {
      overrides[name] = value;
      continue;
    }
    const declaration = new RegExp(`^(const\\s+${name}\\s*(?::\\s*(\\w+))?\\s*=\\s*)([^;]+);`, 'm');
    const found = declaration.exec(code);
    if (!found) throw new Error(`shaders/${shader}.wgsl declares no override or const named ${name}.`);
    // Where no type is written, the initialiser's own suffix tells it.
    const type = found[2] ?? (found[3]!.endsWith('u') ? 'u32' : undefined);
    code = code.replace(declaration, `$1${literal(value, type)};`);
  }
  for (const [name, type] of Object.entries(types)) {
    const alias = new RegExp(`^alias\\s+${name}\\s*=[^;]+;`, 'm');
    if (!alias.test(code)) throw new Error(`shaders/${shader}.wgsl declares no alias named ${name}.`);
    code = code.replace(alias, `alias ${name} = ${type};`);
  }
  // Such directives come first in a module; on the first line, for errors to tell the file's own lines.
  if (Object.values(types).some(isHalf)) code = `enable f16; ${code}`;
  return { code, overrides };
}

function literal(value: number, type: string | undefined): string {
  if (type === 'f32') return Number.isInteger(value) ? `${value}.0` : String(value);
  return type === 'u32' ? `${value}u` : String(value);
}
