import * as v from 'valibot';
import { UserError } from '../errors.js';
import { type Preprocessing, PREPROCESSING_KEY } from './preprocessing.js';

// Far beyond any picture, and near enough that float32 arithmetic cannot overflow.
const Mean = v.pipe(v.number(), v.minValue(-1000), v.maxValue(1000));
const Deviation = v.pipe(v.number(), v.minValue(1e-3), v.maxValue(1000));
const Stored = v.object({
  channels: v.picklist(['rgb', 'bgr']),
  range: v.picklist([1, 255]),
  mean: v.strictTuple([Mean, Mean, Mean]),
  deviation: v.strictTuple([Deviation, Deviation, Deviation]),
});

/**
 * What the metadata of a file say under PREPROCESSING_KEY.
 * @param file what errors call the file.
 * @throws UserError if it is something that cannot be.
 */
export function parsePreprocessing(file: string, text: string): Preprocessing {
  try {
    return v.parse(Stored, JSON.parse(text));
  } catch (cause) {
    throw new UserError(
      `${file} has a preprocessing ("${PREPROCESSING_KEY}") that makes no sense; convert the weights anew with scumble weights convert.`,
      2,
      { cause },
    );
  }
}
