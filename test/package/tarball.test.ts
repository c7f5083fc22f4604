/** What `npm pack` makes, installed into an empty project and used there as its user would. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const readmeInNode = /\*\*In Node:\*\*\s+```js\n(.*?)```/s.exec(readme)![1]!;
let folder: string;
let tarball: string;

function run(command: string, args: readonly string[], cwd: string) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: 110_000,
  });
  return { code: status, stdout, stderr: error ? String(error) : stderr };
}

/** Runs it and expects it to succeed. */
function succeed(command: string, args: readonly string[], cwd = folder): string {
  const done = run(command, args, cwd);
  expect(done.code, `${[command, ...args].join(' ')}\n${done.stdout}${done.stderr}`).toBe(0);
  return done.stdout;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scumble-package-'));
  succeed('npm', ['pack', '--silent', '--pack-destination', folder], root);
  tarball = join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.tgz'))!,
  );
  writeFileSync(
    join(folder, 'package.json'),
    '{ "name": "somebody-elses", "private": true, "type": "module" }\n',
  );
  succeed('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--omit=dev', tarball]);
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('has nothing that publint or the check of its types would complain of', () => {
  expect(succeed('npx', ['publint', 'run', tarball, '--strict'], root)).toContain('All good!');
  // The network's file is an asset for bundlers, no module.
  const asset = ['--exclude-entrypoints', 'weights/embedded.safetensors'];
  succeed('npx', ['attw', tarball, '--profile', 'esm-only', ...asset, '--quiet'], root);
});

it('paints from a program of its own', () => {
  writeFileSync(
    join(folder, 'paint.js'),
    `import { toPlanar } from 'scumble';
import { openEngine, readImage, writeImage } from 'scumble/node';
const engine = await openEngine({ tuning: false });
const [content, style] = await Promise.all(['content', 'style'].map((name) =>
  readImage(new URL(\`node_modules/scumble/demo/\${name}.jpg\`, import.meta.url).pathname)));
const job = await engine.stylize({
  content, style, size: 16, evaluations: 3, history: 3, filters: await engine.openFilters(),
});
for await (const { fresh } of job) for (const { total } of fresh) console.log(total);
await writeImage('painted.png', await job.pixels());
console.log(toPlanar(await job.pixels()).channels);
engine.dispose();
`,
  );
  const lines = succeed('node', ['paint.js']).trim().split('\n').map(Number);
  expect(lines).toHaveLength(4);
  expect(lines[2]).toBeLessThan(lines[0]!);
  expect(lines[3]).toBe(3);
  expect(existsSync(join(folder, 'painted.png'))).toBe(true);
});

it('brings the command line', () => {
  expect(succeed('npx', ['scumble', '--version'])).toMatch(/^\d+\.\d+\.\d+\n$/);
  const demo = (name: string) => join('node_modules', 'scumble', 'demo', name);
  const options = ['-o', 'line.png', '--size', '16', '--evaluations', '2', '--history', '2'];
  succeed('npx', ['scumble', 'stylize', demo('content.jpg'), demo('style.jpg'), ...options]);
  expect(existsSync(join(folder, 'line.png'))).toBe(true);
  expect(run('npx', ['scumble', 'stylize', 'no.jpg', 'no.jpg'], folder)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^scumble: Cannot read no.jpg: there is no such file\.\n$/),
  });
});

it.each<[string, string, string, string[], string[]]>([
  [
    'a browser',
    'dom',
    `import { createEngine, type Job, type Progress } from 'scumble';
export async function frame(device: GPUDevice, texture: GPUTexture, pixels: ImageData): Promise<Progress> {
  const engine = await createEngine({ device });
  const filters = await engine.loadFilters(new ArrayBuffer(8));
  const job: Job = await engine.stylize({ content: pixels, style: texture, filters, evaluations: 1 });
  job.writeTexture(texture);
  // @ts-expect-error There is no such budget.
  await job.advance({ frames: 1 });
  return job.advance({ milliseconds: 4 });
}
`,
    // Since TypeScript 6.0 the DOM brings WebGPU's types.
    ['es2023', 'dom'],
    [],
  ],
  [
    'Node',
    'node',
    `import type { Pixels } from 'scumble';
import { openEngine, readImage } from 'scumble/node';
const engine = await openEngine({ adapter: 'llvmpipe' });
const content: Pixels = await readImage('a.png');
const job = await engine.stylize({ content, style: content, filters: await engine.openFilters('vgg19') });
const device: GPUDevice = engine.device;
// @ts-expect-error A picture has no name.
export const name: string = (await job.pixels()).name + device.label;
`,
    ['es2023'],
    ['node', '@webgpu/types'],
  ],
  ['Node with the DOM, of the readme', 'readme-dom', readmeInNode, ['es2023', 'dom'], ['node']],
  ['Node without, of the readme', 'readme', readmeInNode, ['es2023'], ['node', '@webgpu/types']],
])('has types that a strict project of %s can use', (_, name, program, lib, types) => {
  writeFileSync(join(folder, `${name}.ts`), program);
  const typeRoots = [join(root, 'node_modules/@types'), join(root, 'node_modules')];
  const modules = { target: 'es2023', module: 'nodenext', lib, types, typeRoots };
  // What @webgpu/types takes from the DOM without having it is not ours to mend.
  const skipLibCheck = types.includes('@webgpu/types');
  const strict = { strict: true, exactOptionalPropertyTypes: true };
  const compilerOptions = { ...strict, noEmit: true, skipLibCheck, ...modules };
  const project = join(folder, `${name}.json`);
  writeFileSync(project, JSON.stringify({ compilerOptions, files: [`${name}.ts`] }));
  succeed('npx', ['tsc', '-p', project], root);
});

it('carries the sources that its maps speak of', () => {
  const installed = join(folder, 'node_modules', 'scumble', 'dist', 'src', 'index.js.map');
  const map: unknown = JSON.parse(readFileSync(installed, 'utf8'));
  expect(map).toMatchObject({ sourcesContent: [readFileSync(join(root, 'src/index.ts'), 'utf8')] });
});
