/**
 * L-BFGS on a function of one's own: least squares on the tape. A straight line through points that scatter about one.
 *
 *     npx tsx examples/lbfgs.ts
 */
import { Lbfgs, operations, Recorder, runAll, type Shape, Tape } from 'scumble';
import { openEngine } from 'scumble/node';

const { conv2d, mse } = operations;

// Points that everybody gets alike: y = 2t − 1, and something that looks like noise.
const POINTS = 200;
const t = Float32Array.from({ length: POINTS }, (_, i) => (4 * i) / (POINTS - 1) - 2);
const y = t.map((value, i) => 2 * value - 1 + 0.3 * Math.sin(37 * i));

const engine = await openEngine({ tuning: false });
const { gpu } = engine;

// A sum over points is a convolution of one pixel: its weights are [slope, offset], its channels t and 1.
const x = gpu.tensor('slope and offset', [1, 2, 1, 1], new Float32Array([0, 0]));
const recorder = new Recorder(gpu, 'least squares');
const tape = new Tape(recorder);
const line = tape.variable(x);
const fixed = (label: string, shape: Shape, numbers: ArrayLike<number>) =>
  tape.constant(gpu.constant(label, shape, Float32Array.from(numbers)));
const inputs = fixed('t and 1', [1, 2, 1, POINTS], [...t, ...t.map(() => 1)]);
const fitted = conv2d(inputs, line, fixed('bias', [1], [0]));
const loss = mse(fitted, fixed('y', fitted.value.shape, y));
const gradient = tape.backward(loss).get(line)!;
const evaluation = await recorder.freeze([loss.value, gradient]);

const optimiser = await Lbfgs.create(gpu, { x, gradient, loss: loss.value }, { history: 5 });
// Each turn is one submission; the GPU decides by itself how far to go, and nothing is read back on the way.
for (let i = 0; i < 30; i++) runAll(gpu, [evaluation, optimiser.update]);

const [slope, offset] = await gpu.read(optimiser.best);
const { entries } = await optimiser.report();
console.log(
  `y = ${slope} t + ${offset} after ${entries.length} evaluations, mean square ${entries.at(-1)!.loss}`,
);
engine.dispose();
