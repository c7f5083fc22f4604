/**
 * One kernel by itself: how long a convolution of VGG-19's conv2_1 takes at 128 × 128 pixels, by both clocks.
 *
 *     npx tsx examples/kernel.ts
 */
import { canTimeSteps, kernels, Recorder, type Shape, StepTimer, timeRuns } from 'scumble';
import { openEngine } from 'scumble/node';

const [inputs, outputs, side] = [64, 128, 64];
const RUNS = 5;

const engine = await openEngine();
const { gpu } = engine;
const some = (label: string, shape: Shape) => {
  const size = shape.reduce((product, each) => product * each, 1);
  return gpu.tensor(
    label,
    shape,
    Float32Array.from({ length: size }, (_, i) => (i % 7) / 7),
  );
};
const x = some('x', [1, inputs, side, side]);
const weights = some('weights', [outputs, inputs, 3, 3]);
const bias = some('bias', [outputs]);

const recorder = new Recorder(gpu, 'conv2_1');
const y = kernels.conv2d(recorder, x, weights, bias, { padding: 1 });
const program = await recorder.freeze([y]);

// A multiply-add is two operations.
const operations = 2 * y.size * inputs * 3 * 3;
const tell = (clock: string, milliseconds: number) =>
  console.log(`${clock}: ${milliseconds} ms, ${operations / milliseconds / 1e6} GFLOP/s`);

await timeRuns(program); // the first run warms up
tell('host', await timeRuns(program, RUNS));

// By the GPU's own clock, dispatch by dispatch.
if (canTimeSteps(gpu.device)) {
  const timer = new StepTimer(program);
  const steps = await timer.run();
  tell(
    'GPU',
    steps.reduce((sum, step) => sum + step, 0),
  );
  timer.dispose();
}

const [corner] = await gpu.read(y);
console.log(`first output: ${corner}`);
program.dispose();
engine.dispose();
