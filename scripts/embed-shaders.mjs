// Turns shaders/*.wgsl into one TypeScript module, so that the library carries its shaders without a file
// system: in a browser bundle as in Node. Run by the build, and by the tests before they start.
//
// A shader whose first line reads "// With parts/a.wgsl, parts/b.wgsl." gets these files from shaders/ behind its own
// text, where WGSL takes declarations as well as before, so that a compiler's line numbers are the file's own.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';

const folder = new URL('../shaders/', import.meta.url);
const output = new URL('../src/gpu/shaders.generated.ts', import.meta.url);

/**
 * A file of shaders/, with the parts that it asks for.
 *
 * @param {string} file
 * @returns {string}
 */
function read(file) {
  const source = readFileSync(new URL(file, folder), 'utf8');
  const [, parts] = /^\/\/ With (.*)\.$/m.exec(source.slice(0, source.indexOf('\n'))) ?? [];
  return [source, ...(parts ? parts.split(', ').map(read) : [])].join('\n');
}

const entries = readdirSync(folder)
  .filter((file) => file.endsWith('.wgsl'))
  .sort()
  .map((file) => `  ${JSON.stringify(file.slice(0, -'.wgsl'.length))}: ${JSON.stringify(read(file))},`);

const text = [
  '// Generated from shaders/*.wgsl by scripts/embed-shaders.mjs. Edit the shaders, not this file.',
  'export const SHADERS = {',
  ...entries,
  '} as const;',
  '',
].join('\n');

if (!existsSync(output) || readFileSync(output, 'utf8') !== text) writeFileSync(output, text);
