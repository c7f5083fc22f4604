import { DivergedError } from 'scumble';
import { expect, it } from 'vitest';
import { sentence } from '../../web/src/sentence.js';

it("leaves out the command line's options, one or several", () => {
  expect(sentence(new DivergedError(3, 'seed'))).toMatch(
    /; use the clamp robust, smaller weights or other filters\.$/,
  );
});
