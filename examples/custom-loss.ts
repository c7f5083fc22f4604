/**
 * A loss of one's own on the tape: a texture after a style picture, with a penalty on neighbouring pixels that differ.
 *
 *     npx tsx examples/custom-loss.ts [texture.png] [evaluations]
 */
import { fileURLToPath } from 'node:url';
import {
  fromPlanar,
  Lbfgs,
  operations,
  Recorder,
  recordVgg,
  runAll,
  Tape,
  type Shape,
  toPlanar,
  UserError,
} from 'scumble';
import { assertWritable, openEngine, readImage, writeImage } from 'scumble/node';

const { add, conv2d, gram, mse, scale } = operations;
const SIDE = 64;
const LAYERS = ['conv1_1', 'conv2_1'];
const STYLE_WEIGHT = 1000; // inside the square
const SMOOTHNESS = 0.2;

const [output = 'texture.png', count = '60'] = process.argv.slice(2);
const evaluations = Number(count);
// Before there is anything to lose.
try {
  if (!Number.isInteger(evaluations) || evaluations < 1)
    throw new UserError(`"${count}" is no number of evaluations; give a whole one from 1 on.`);
  await assertWritable(output);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exit(error.exitCode);
}
const engine = await openEngine();
const { gpu } = engine;
const filters = await engine.openFilters('embedded', LAYERS);

// What is to be matched: the Gram matrices of the style picture. Nothing here needs a gradient.
const picture = toPlanar(await readImage(fileURLToPath(new URL('../demo/style.jpg', import.meta.url))));
const style = gpu.tensor('style', [1, 3, picture.height, picture.width], picture.data);
const before = new Recorder(gpu, 'targets');
const styleFeatures = recordVgg(new Tape(before).constant(style), filters, LAYERS);
const targets = LAYERS.map((name) => gram(styleFeatures.get(name)!).value);
(await before.freeze(targets)).run();

// What is optimised: grey with noise.
const noise = Float32Array.from({ length: 3 * SIDE * SIDE }, () => 0.25 + 0.5 * Math.random());
const image = gpu.tensor('image', [1, 3, SIDE, SIDE], noise);

// Calling operations records their kernels, and the tape those of the gradient; nothing runs yet.
const recorder = new Recorder(gpu, 'evaluation');
const tape = new Tape(recorder);
const x = tape.variable(image);
const fixed = (label: string, shape: Shape, numbers: ArrayLike<number>) =>
  tape.constant(gpu.constant(label, shape, Float32Array.from(numbers)));

const features = recordVgg(x, filters, LAYERS);
const likeness = LAYERS.map((name, i) =>
  mse(gram(features.get(name)!), tape.constant(targets[i]!), STYLE_WEIGHT),
).reduce((a, b) => add(a, b));

// Differences to the right and downwards as a convolution, two for each colour: [1, 6, SIDE − 1, SIDE − 1].
const right = [-1, 1, 0, 0];
const down = [-1, 0, 1, 0];
const none = [0, 0, 0, 0];
const ofColour = (colour: number, step: number[]) =>
  [0, 1, 2].flatMap((input) => (input === colour ? step : none));
const steps = [0, 1, 2].flatMap((colour) => [...ofColour(colour, right), ...ofColour(colour, down)]);
const differences = conv2d(x, fixed('steps', [6, 3, 2, 2], steps), fixed('bias', [6], [0, 0, 0, 0, 0, 0]));
const flat = fixed('flat', differences.value.shape, new Float32Array(differences.value.size));
const roughness = mse(differences, flat);

const loss = add(likeness, scale(roughness, SMOOTHNESS));
const gradient = tape.backward(loss).get(x)!;
// Compiles everything at once. What is named here keeps its memory; all else shares.
const evaluation = await recorder.freeze([loss.value, likeness.value, roughness.value, gradient]);

const optimiser = await Lbfgs.create(
  gpu,
  { x: image, gradient, loss: loss.value },
  { history: 20, bounds: { low: 0, high: 1 } },
);
for (let i = 0; i < evaluations; i++) runAll(gpu, [evaluation, optimiser.update]);
const { entries } = await optimiser.report();
await optimiser.returnToBest();

evaluation.run();
const [styleLoss, rough] = await Promise.all([gpu.read(likeness.value), gpu.read(roughness.value)]);
console.log(
  `loss: ${entries[0]!.loss} at first, ${entries.at(-1)!.loss} after ${entries.length} evaluations`,
);
console.log(`style: ${styleLoss[0]}, roughness: ${rough[0]}`);

const data = await gpu.read(image);
await writeImage(output, fromPlanar({ width: SIDE, height: SIDE, channels: 3, data }));
engine.dispose();
