import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { openWeights } from '../../src/vgg/open-weights.js';
import { memoryRandomAccess } from '../../src/vgg/random-access.js';
import { uniform } from '../support/random.js';
import { fixtureBytes, recorded } from './support.js';

/** Of the two members of an archive that may be read to list its tensors, the fixed part, and a file's first bytes. */
const LOCAL_HEADERS = 2 * 30 + 9 + 8;

/** Ways to damage a file, each at a place and with a length and a value of its own. */
const DAMAGES: ((bytes: Uint8Array<ArrayBuffer>, at: number, length: number, value: number) => Uint8Array)[] =
  [
    (bytes, at, _, value) => bytes.with(at, value),
    (bytes, at, _, value) => bytes.with(at, bytes[at]! ^ (1 << (value % 8))),
    (bytes, at) => bytes.fill(0xff, at, at + 4),
    (bytes, at, length, value) => bytes.fill(value, at, at + length),
    (bytes, at, length) => bytes.copyWithin(at, (at * 7) % bytes.length, ((at * 7) % bytes.length) + length),
    (bytes, at) => bytes.subarray(0, at),
    (bytes, at, length) => Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + length)]),
    (bytes, at, length) => Uint8Array.from([...bytes.subarray(0, at + length), ...bytes.subarray(at)]),
  ];

/** The same damage for the same number. */
function damage(original: Uint8Array<ArrayBuffer>, seed: number): Uint8Array<ArrayBuffer> {
  const [place, length, value] = uniform(seed, 3, 0, 1);
  const at = Math.floor(place! * original.length);
  const damaged = DAMAGES[seed % DAMAGES.length]!;
  return new Uint8Array(
    damaged(original.slice(), at, 1 + Math.floor(length! ** 3 * 100), Math.floor(value! * 256)),
  );
}

/** Opens the file and reads every tensor; checks that no step takes more memory than the file explains. */
async function readAll(bytes: Uint8Array<ArrayBuffer>): Promise<'opened' | 'partly' | 'refused'> {
  const { file, reads } = recorded(memoryRandomAccess('damaged', bytes));
  let outcome: 'opened' | 'partly' = 'opened';
  try {
    const source = await openWeights(file);
    // The parts read to list the tensors (a zip's end, directory and pickle) lie in the file, each read once. What
    // was asked for beyond the file was refused before anything was allocated for it (random-access.test.ts).
    const listed = reads.reduce((sum, [, length]) => sum + length, 0);
    expect(listed).toBeLessThanOrEqual(3 * bytes.length + LOCAL_HEADERS);
    for (const { name, shape } of source.tensors) {
      try {
        const values = await source.read(name);
        expect(values).toHaveLength(shape.reduce((product, size) => product * size, 1));
        // Two bytes of a half become four.
        expect(values.byteLength).toBeLessThanOrEqual(2 * bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        outcome = 'partly';
      }
    }
    return outcome;
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return 'refused';
  }
}

describe('damaged files', () => {
  // Most damage hits headers, for there are more bytes of those than of numbers in files as small as these.
  it.each([
    ['tensors.safetensors', 5000],
    ['tensors.pth', 5000],
    ['protocol4.pth', 2000],
    ['zip64.pth', 3000],
    ['checkpoint.pth', 3000],
  ])('%s gives tensors or a sentence, %i times', async (name, count) => {
    const original = await fixtureBytes(name);
    const outcomes = { opened: 0, partly: 0, refused: 0 };
    for (let seed = 0; seed < count; seed++) outcomes[await readAll(damage(original, seed))] += 1;
    // Were it all refused, or nothing, the damage would be of no use as a test.
    expect(outcomes.refused).toBeGreaterThan(count / 10);
    expect(outcomes.opened + outcomes.partly).toBeGreaterThan(count / 20);
  });
});
