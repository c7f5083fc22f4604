/** What a caller of `stylizeFiles` asks for is held to what the command line takes, before any file is opened. */
import { expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { stylizeFiles, type StylizeRequest } from '../../src/node/stylize.js';
import { DEFAULTS } from '../../src/style/options.js';

/** There are no such files, which would be told if the rest were right. */
const request = {
  content: 'nowhere/content.png',
  style: 'nowhere/style.png',
  output: 'nowhere/out.png',
  weights: 'embedded',
  options: DEFAULTS,
};

async function refusal(given: unknown): Promise<string> {
  const error: unknown = await stylizeFiles(given as StylizeRequest).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

it.each<[Record<string, unknown>, RegExp]>([
  [{}, /there is no folder nowhere/],
  [{ content: undefined }, /^content must be a text with something in it, not undefined\.$/],
  [{ output: '' }, /^output must be a text with something in it, not ""\.$/],
  [{ weights: 5 }, /^weights must be a text/],
  [{ trace: null }, /^trace must be a text/],
  [{ size: 0 }, /^size must be a whole number from 1 to 65535, not 0\.$/],
  [{ size: 32.5 }, /^size must be .*, not 32\.5\.$/],
  [{ size: NaN }, /^size must be .*, not NaN\.$/],
  [{ crop: 'x' }, /^crop must be random or centre, not "x"\.$/],
  [{ preset: 'x' }, /^preset must be seed or gatys, not "x"\.$/],
  [{ preprocessing: 'x' }, /^preprocessing must be auto, none, imagenet or caffe, not "x"\.$/],
  [{ quality: 0 }, /^quality must be a whole number from 1 to 100, not 0\.$/],
  [{ quality: NaN }, /^quality must be .*, not NaN\.$/],
  [{ options: { ...DEFAULTS, evaluations: 0 } }, /^evaluations must be a whole number from 1 to/],
  [{ options: { ...DEFAULTS, evaluations: NaN } }, /^evaluations must be .*, not NaN\.$/],
  [
    { options: { ...DEFAULTS, styleWeight: NaN } },
    /^styleWeight must be a number from 0 to 1e18, not NaN\.$/,
  ],
  [{ options: { ...DEFAULTS, clamp: 'x' } }, /^clamp must be robust, seed or none, not "x"\.$/],
  [{ options: null }, /^What stands for the options is null/],
])('refuses %o', async (options, sentence) => {
  expect(await refusal({ ...request, ...options })).toMatch(sentence);
});

it('refuses no request at all', async () => {
  expect(await refusal(undefined)).toMatch(/^The request is undefined; give one with content, style, output/);
});
