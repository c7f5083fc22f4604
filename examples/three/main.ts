/**
 * A style job inside the frame loop of three.js: one device for both, and a texture of the renderer's that Scumble writes.
 *
 *     npx vite examples/three
 */
import { createEngine } from 'scumble';
import * as THREE from 'three/webgpu';

// Such as ?side=256&evaluations=300.
const query = new URLSearchParams(location.search);
const SIDE = Number(query.get('side') ?? 128);
const EVALUATIONS = Number(query.get('evaluations') ?? 200);

/** What three.js has of WebGPU; its types leave it out. */
interface WebGpuParts {
  readonly device: GPUDevice;
  get(texture: THREE.Texture): { readonly texture: GPUTexture };
}

const renderer = new THREE.WebGPURenderer();
renderer.setSize(256, 256);
document.body.append(renderer.domElement);
await renderer.init();
const backend = renderer.backend as typeof renderer.backend & WebGpuParts;

// The scene: a plane that fills the view, with a texture that is black as yet.
const texture = new THREE.DataTexture(new Uint8Array(4 * SIDE * SIDE), SIDE, SIDE);
texture.colorSpace = THREE.SRGBColorSpace;
// Pictures begin at the top, the coordinates of three.js at the bottom.
texture.repeat.set(1, -1);
texture.offset.set(0, 1);
texture.needsUpdate = true;
renderer.initTexture(texture);
const gpuTexture = backend.get(texture).texture;

const scene = new THREE.Scene();
scene.add(new THREE.Mesh(new THREE.PlaneGeometry(2, 2), new THREE.MeshBasicMaterial({ map: texture })));
const camera = new THREE.OrthographicCamera(-1, 1, 1, -1, 0, 1);

async function load(url: URL): Promise<ImageData> {
  const bitmap = await createImageBitmap(await (await fetch(url)).blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height);
}

// Scumble works on the renderer's device.
const engine = await createEngine({ device: backend.device });
const weights = await fetch(new URL('../../weights/embedded.safetensors', import.meta.url));
const job = await engine.stylize({
  content: await load(new URL('../../demo/content.jpg', import.meta.url)),
  style: await load(new URL('../../demo/style.jpg', import.meta.url)),
  filters: await engine.loadFilters(await weights.blob()),
  size: SIDE,
  history: 20,
  evaluations: EVALUATIONS,
});

// Each frame: a little work, the picture as it stands, the scene. Nothing is waited for and nothing is read back.
renderer.setAnimationLoop(() => {
  if (job.progress.end === undefined) {
    job.advance({ milliseconds: 6 }).catch((error: unknown) => console.error(error));
    job.writeTexture(gpuTexture);
  }
  renderer.render(scene, camera);
});

// For whoever looks at the page from outside, as its test does.
Object.assign(globalThis, { example: { renderer, engine, job, device: backend.device } });
