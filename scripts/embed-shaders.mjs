// Turns shaders/*.wgsl into one TypeScript module, so that the library carries its shaders without a file
// system: in a browser bundle as in Node. Run by the build, and by the tests before they start.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';

const folder = new URL('../shaders/', import.meta.url);
const output = new URL('../src/gpu/shaders.generated.ts', import.meta.url);

const entries = readdirSync(folder)
  .filter((file) => file.endsWith('.wgsl'))
  .sort()
  .map((file) => {
    const source = readFileSync(new URL(file, folder), 'utf8');
    return `  ${JSON.stringify(file.slice(0, -'.wgsl'.length))}: ${JSON.stringify(source)},`;
  });

const text = [
  '// Generated from shaders/*.wgsl by scripts/embed-shaders.mjs. Edit the shaders, not this file.',
  'export const SHADERS = {',
  ...entries,
  '} as const;',
  '',
].join('\n');

if (!existsSync(output) || readFileSync(output, 'utf8') !== text) writeFileSync(output, text);
