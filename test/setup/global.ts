import { execFileSync } from 'node:child_process';

/** Brings the embedded shaders up to date with shaders/*.wgsl before any test imports them. */
export default function setup(): void {
  execFileSync(process.execPath, ['scripts/embed-shaders.mjs'], { stdio: 'inherit' });
}
