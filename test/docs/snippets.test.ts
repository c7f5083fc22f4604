/** The programs in README's section for embedders, taken from the page and run on the built package. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { PNG } from 'pngjs';
import { afterAll, expect, it } from 'vitest';
import { useBrowser } from '../browser/browser.js';
import { useFolder } from '../browser/serve.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const section = readme.slice(readme.indexOf('\n## As a library'), readme.indexOf('\n## How it is checked'));
const snippets = [...section.matchAll(/```js\n(.*?)```/gs)].map(([, code]) =>
  // Smaller and sooner done; all else is as it stands.
  code!.replace(/size: \d+/, 'size: 32').replace(/evaluations: \d+/, 'evaluations: 4'),
);
const [inNode, inEngine, onPage, below] = snippets;

// Inside the package, so that its own name leads to what was built.
mkdirSync(join(root, 'out'), { recursive: true });
const folder = mkdtempSync(join(root, 'out', 'readme-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a module in Node, in a folder that has the demo's pictures; what it printed. */
function run(name: string, code: string): string {
  const file = join(folder, name);
  writeFileSync(file, code);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 50_000,
  });
  expect(status, stderr).toBe(0);
  return stdout.trim();
}

const site = useFolder(async () => {
  mkdirSync(join(folder, 'demo'));
  for (const name of ['content.jpg', 'style.jpg']) {
    copyFileSync(join(root, 'demo', name), join(folder, name));
    copyFileSync(join(root, 'demo', name), join(folder, 'demo', name));
  }
  copyFileSync(join(root, 'weights/embedded.safetensors'), join(folder, 'embedded.safetensors'));
  writeFileSync(join(folder, 'page.src.js'), onPage!);
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><canvas></canvas><script type="module" src="page.js"></script>',
  );
  await build({
    entryPoints: [join(folder, 'page.src.js')],
    outfile: join(folder, 'page.js'),
    bundle: true,
    format: 'esm',
    logLevel: 'silent',
  });
  return folder;
});
const open = useBrowser({ viewport: { width: 320, height: 240 } });

it('has one for each kind of user', () => {
  expect(snippets).toHaveLength(4);
});

it('the one for Node paints a file', () => {
  const losses = run('node.js', inNode!)
    .split('\n')
    .map((line) => Number(line.split(' ')[1]));
  expect(losses.at(-1)).toBeGreaterThan(0);
  const { width, height, data } = PNG.sync.read(readFileSync(join(folder, 'painted.png')));
  expect([width, height]).toEqual([32, 32]);
  expect(new Set(data).size).toBeGreaterThan(50);
});

it('the one for engines paints into a texture of the caller', () => {
  writeFileSync(join(folder, 'engine.js'), inEngine!);
  const printed = run(
    'host.js',
    `import { readFileSync } from 'node:fs';
import { openDawn } from 'scumble/node';
import { paintInto } from './engine.js';
const dawn = await openDawn();
const device = await (await dawn.gpu.requestAdapter()).requestDevice();
const side = 64; // 256 bytes a row
const texture = device.createTexture({ size: [side, side], format: 'rgba8unorm', usage: 1 | 2 });
const picture = (shift) => ({ width: side, height: side,
  data: Uint8ClampedArray.from({ length: 4 * side * side }, (_, i) => i % 4 === 3 ? 255 : (i * shift) % 251) });
const pictures = { content: picture(1), style: picture(7) };
const painting = await paintInto(texture, device, pictures, new Uint8Array(readFileSync('embedded.safetensors')));
for (let frames = 0; painting.job.progress.end === undefined && frames < 2000; frames++) {
  painting.frame();
  await new Promise((done) => setTimeout(done, 5));
}
painting.frame();
const { data } = await painting.job.pixels();
const buffer = device.createBuffer({ size: data.length, usage: 1 | 8 });
const encoder = device.createCommandEncoder();
encoder.copyTextureToBuffer({ texture }, { buffer, bytesPerRow: 4 * side }, [side, side]);
device.queue.submit([encoder.finish()]);
await buffer.mapAsync(1);
const texels = new Uint8Array(buffer.getMappedRange());
console.log(painting.job.progress.end, texels.every((texel, i) => texel === data[i]),
  texels.some((texel, i) => texel !== pictures.content.data[i]));
painting.dispose();
device.destroy();
dawn.close();
`,
  );
  expect(printed).toBe('complete true true');
});

it('the one for pages paints on a canvas', async () => {
  const page = await open(site());
  await page.waitForFunction(`document.title === '4 of 4'`, undefined, { timeout: 50_000 });
  const colours = await page.evaluate(`(() => {
    const { width, height } = document.querySelector('canvas');
    const { data } = document.querySelector('canvas').getContext('2d').getImageData(0, 0, width, height);
    return [width, height, new Set(data).size];
  })()`);
  expect(colours).toEqual([32, 32, expect.any(Number)]);
  expect((colours as number[])[2]).toBeGreaterThan(50);
});

it('the one for the layers below finds the minimum', () => {
  // The gradient is below 1e-5 where the optimiser stops.
  expect(run('below.js', below!).split(' ').map(Number)).toBeAllClose([3, 3], { absolute: 1e-4 });
});
