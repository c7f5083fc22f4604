import { UserError } from '../src/errors.js';
import { layersUpTo } from '../src/vgg/layers.js';
import type { RandomAccess } from '../src/vgg/random-access.js';
import { memoryRandomAccess } from '../src/vgg/random-access.js';
import { surveyWeights } from '../src/vgg/survey.js';
import { loadVggWeights, type WeightSource } from '../src/vgg/weights.js';
import { Meter } from './meter.js';
import type { Bytes } from './mutations/bytes.js';
import type { Verdict } from './verdict.js';

/** `openWeights`, or in tests what stands in for it. */
export type Open = (file: RandomAccess) => Promise<WeightSource>;

/** As long as src/errors.ts lets a message become, and the mark for what was cut out. */
const LONGEST_SENTENCE = 5010;

/** Opens the file and reads all that it announces, as whoever uses it does, too. */
export async function examine(open: Open, bytes: Bytes): Promise<Verdict> {
  const meter = new Meter(bytes.length);
  try {
    const source = await orRefusal(() => open(memoryRandomAccess('damaged', bytes)));
    meter.step();
    if (source === undefined) return { outcome: 'refused', greed: meter.greed };
    let refused = 0;
    for (const { name, shape } of source.tensors) {
      const values = await orRefusal(() => source.read(name));
      meter.step();
      if (values === undefined) refused += 1;
      else requireTensor(values, shape);
    }
    surveyWeights(source);
    await orRefusal(() => loadVggWeights(source, layersUpTo(['conv1_2'])));
    await orRefusal(() => loadVggWeights(source, layersUpTo(['conv1_1'])));
    return { outcome: refused > 0 ? 'partly' : 'whole', greed: meter.greed };
  } catch (error) {
    meter.step();
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { outcome: 'crash', why, greed: meter.greed };
  }
}

/** Undefined where it is refused in a clear sentence; whatever else is thrown goes on. */
async function orRefusal<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message } = error;
    if (/^[^\p{Cc}\p{Zl}\p{Zp}]+\.$/u.test(message) && message.length <= LONGEST_SENTENCE) return undefined;
    throw new Error(`This is no sentence: ${JSON.stringify(message)}`, { cause: error });
  }
}

function requireTensor(values: unknown, shape: readonly number[]): void {
  const count = shape.reduce((product, size) => product * size, 1);
  if (values instanceof Float32Array && values.length === count) return;
  throw new Error(`A tensor of the shape [${shape.join(', ')}] was announced, and something else was read.`);
}
