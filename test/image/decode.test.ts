import { describe, expect, test } from 'vitest';
import { decodeImage } from '../../src/image/decode.js';
import { colours, expectations, fixture } from './fixtures.js';

const all = Object.entries(expectations());
const pictures = all.filter(([, { rgb }]) => rgb !== undefined);

function difference(name: string, rgb: string) {
  const theirs = Buffer.from(rgb, 'base64');
  const gaps = colours(decodeImage(fixture(name), name).data).map((value, i) => value - theirs[i]!);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return { samples: gaps.length === theirs.length, worst: Math.max(...gaps.map(Math.abs)), mean };
}

describe('against Pillow', () => {
  test('all fixtures are there', () => {
    expect(all.length).toBeGreaterThan(25);
  });

  test.each(pictures)('%s has the size and transparency Pillow sees', (name, { width, height, clear }) => {
    const said: string[] = [];
    const image = decodeImage(fixture(name), name, (sentence) => said.push(sentence));
    expect(image).toMatchObject({ width, height, format: name.endsWith('.png') ? 'png' : 'jpeg' });
    expect(said).toEqual(clear ? [`${name} has transparent parts; they are laid on white.`] : []);
    expect(image.data.filter((_, i) => i % 4 === 3)).toEqual(new Uint8ClampedArray(width * height).fill(255));
  });

  // PNG is lossless, and white below alpha rounds the same way: every byte must agree.
  test.each(pictures.filter(([name]) => name.endsWith('.png')))('%s, each byte', (name, { rgb }) => {
    expect(difference(name, rgb!)).toEqual({ samples: true, worst: 0, mean: 0 });
  });

  // Two inverse DCTs in integers differ by at most 1 for a component. YCbCr turns that into 1 of Y and 1.772 of
  // Cb, rounded: 3 at worst. The ink of CMYK is multiplied by the other inks and truncated, likewise below 3.
  // Such errors have no direction: a mean of half a level would be a systematic darkening.
  test.each(pictures.filter(([name]) => name.endsWith('.jpg')))('%s, within rounding', (name, { rgb }) => {
    const { samples, worst, mean } = difference(name, rgb!);
    expect(samples).toBe(true);
    expect(worst).toBeLessThanOrEqual(3);
    expect(Math.abs(mean)).toBeLessThan(0.5);
  });

  test('gray-16.png keeps all 16 bits', () => {
    const { gray16 } = expectations()['gray-16.png']!;
    const theirs = new Uint16Array(Uint8Array.from(Buffer.from(gray16!, 'base64')).buffer);
    const image = decodeImage(fixture('gray-16.png'), 'gray-16.png');
    expect(image.data).toBeInstanceOf(Uint16Array);
    expect(image.data.filter((_, i) => i % 4 === 1)).toEqual(theirs);
  });
});

test('the content decides and not the name', () => {
  expect(decodeImage(fixture('rgba.png'), 'lying.jpg').format).toBe('png');
  expect(decodeImage(fixture('gray.jpg'), 'lying.png').format).toBe('jpeg');
});

test('bytes in the middle of a larger buffer are read from where they are', () => {
  for (const name of ['turned-6.jpg', 'ycc-adobe.jpg', 'turned.png', 'gray-16.png']) {
    const bytes = fixture(name);
    const larger = new Uint8Array(bytes.length + 64).fill(0xff);
    larger.set(bytes, 23);
    expect(decodeImage(larger.subarray(23, 23 + bytes.length), name)).toEqual(decodeImage(bytes, name));
  }
});

test('what follows the end of the picture is no part of it', () => {
  for (const name of ['colour.jpg', 'rgba.png']) {
    const bytes = fixture(name);
    const longer = new Uint8Array(bytes.length + 100).fill(0x41);
    longer.set(bytes);
    expect(decodeImage(longer, name)).toEqual(decodeImage(bytes, name));
  }
});
