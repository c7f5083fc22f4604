// The main job on the pictures of demo/: what `npm run demo` does after the set-up. Further arguments go to
// `scumble stylize`, as in: npm run demo -- --size 128
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = join('out', 'demo.png');
const preview = join('out', 'demo-preview.png');

mkdirSync(join(root, 'out'), { recursive: true });
const pictures = [join('demo', 'content.jpg'), join('demo', 'style.jpg')];
const args = ['stylize', ...pictures, '-o', output, '--preview', preview, ...process.argv.slice(2)];
// Ctrl-C reaches the child as well, which then writes the picture as it stands: wait for it.
process.on('SIGINT', () => {});
const { status, error } = spawnSync(process.execPath, [join('dist', 'cli', 'main.js'), ...args], {
  cwd: root,
  stdio: 'inherit',
});
if (error) console.error(`scumble could not be started: ${error.message}`);
if (status === 0) {
  console.log(`The picture is ${join(root, output)}; beside its content and style: ${join(root, preview)}`);
}
process.exitCode = status ?? 1;
