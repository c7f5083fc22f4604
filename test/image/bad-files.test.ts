import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.js';
import { decodeImage } from '../../src/image/decode.js';
import { fixture } from './fixtures.js';
import { buildPng, chunk, concat, headerOnlyPng } from './png-builder.js';

const bytesOf = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** The sentence a file is refused with; anything but a UserError of exit code 2 fails the test. */
function refusal(bytes: Uint8Array, maxPixels?: number): string {
  try {
    decodeImage(bytes, 'picture', undefined, maxPixels);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    const { exitCode, message } = error as UserError;
    expect(exitCode).toBe(2);
    // One sentence that begins with the file's name.
    expect(message).toMatch(/^picture [^\n]*[^.]\.$/);
    return message;
  }
  throw new Error('was accepted');
}

test('an empty file', () => {
  expect(refusal(new Uint8Array())).toContain('empty');
});

test.each([
  ['GIF89a\x01\0', 'a GIF image'],
  ['RIFF\0\0\0\0WEBPVP8 ', 'a WebP image'],
  ['BM\x36\x10\0\0\0\0\0\0', 'a BMP image'],
  ['II*\0\x08\0\0\0', 'a TIFF'],
  ['MM\0*\0\0\0\x08', 'a TIFF'],
  ['\0\0\0\x18ftypheic\0\0\0\0', 'a HEIC image'],
  ['\0\0\0\x1cftypavif\0\0\0\0', 'an AVIF image'],
  ['\0\0\0\x1cftypisom\0\0\0\0', 'a video'],
  ['\xff\x0a\xfa\x7f', 'a JPEG XL image'],
  ['%PDF-1.7\n%\xe2\xe3', 'a PDF document'],
  ['PK\x03\x04\x14\0', 'a ZIP archive'],
  ['<!DOCTYPE html>\n<title>404</title>', 'an HTML page'],
  ['<?xml version="1.0"?>\n<svg width="3">', 'an SVG drawing'],
  ['Dear all,\nthe picture is attached.\n', 'a text file'],
])('%j is refused as %s', (content, looksLike) => {
  expect(refusal(bytesOf(content))).toContain(`is ${looksLike}`);
});

test('bytes that look like nothing', () => {
  expect(refusal(Uint8Array.of(1, 2, 3, 250))).toContain('neither a JPEG nor a PNG');
});

describe('size', () => {
  const hugeJpeg = () => {
    const bytes = fixture('colour.jpg');
    const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
    bytes.set([0xea, 0x60, 0xea, 0x60], frame + 5);
    return bytes;
  };

  // Neither could be decoded to pixels by reading on: the refusal must come from the header.
  test.each([
    ['PNG', () => headerOnlyPng(60000, 60000)],
    ['JPEG', hugeJpeg],
  ])('a %s header of 60000 × 60000', (_, make) => {
    expect(refusal(make())).toMatch(/60000 × 60000 is 3600 megapixels, and at most 64 can be read/);
  });

  test('sides whose product overflows 32 bits', () => {
    expect(refusal(headerOnlyPng(2 ** 31 - 1, 2 ** 31 - 1))).toContain('too large');
  });

  test('the limit is the caller’s, and allows exactly what it says', () => {
    const area = 21 * 13;
    for (const name of ['colour.jpg', 'rgba.png']) {
      expect(decodeImage(fixture(name), name, undefined, area).width).toBe(21);
      expect(refusal(fixture(name), area - 1)).toContain('21 × 13');
    }
  });

  test.each([
    [0, 5],
    [5, 0],
  ])('%d × %d', (width, height) => {
    expect(refusal(headerOnlyPng(width, height))).toContain(`${width} × ${height}`);
  });
});

describe('cut short', () => {
  const png = buildPng({
    width: 40,
    height: 30,
    colorType: 2,
    depth: 8,
    sample: (x, y) => [(x * y * 7) & 255, (x * 31) & 255, (y * 77 + x) & 255],
  });
  const interlaced = buildPng({
    width: 9,
    height: 9,
    colorType: 0,
    depth: 4,
    interlaced: true,
    sample: (x) => [x],
  });

  test.each([
    ['PNG', png],
    ['interlaced PNG', interlaced],
    ['16-bit PNG', fixture('gray-16.png')],
    ['baseline JPEG', fixture('colour.jpg')],
    ['progressive JPEG', fixture('progressive.jpg')],
    ['JPEG with restart markers', fixture('restarts.jpg')],
    ['JPEG with EXIF', fixture('turned-6.jpg')],
  ])('%s, at every length', (_, whole) => {
    expect(decodeImage(whole, 'whole').width).toBeGreaterThan(0);
    for (let length = 1; length < whole.length; length++) {
      expect(refusal(whole.subarray(0, length)), `${length} bytes`).toContain('is cut short');
    }
  });

  // The chunks are whole and their checksums right, but what is in them ends early: pngjs would fill the rest
  // of the picture with unset memory.
  test('a PNG whose data end before the last row', () => {
    const head = headerOnlyPng(40, 30);
    const end = chunk('IEND', new Uint8Array());
    const body = png.subarray(head.length + 8, png.length - end.length - 4);
    // The last four bytes are zlib's checksum, without which the picture is whole.
    for (let length = 0; length < body.length - 8; length++) {
      expect(refusal(concat([head, chunk('IDAT', body.subarray(0, length)), end]))).toContain('is damaged');
    }
    for (const interlaced of [false, true]) {
      const fewer = buildPng({
        width: 40,
        height: 29,
        colorType: 2,
        depth: 8,
        interlaced,
        sample: () => [1, 2, 3],
      });
      const claimed = fewer.slice();
      claimed.set(
        buildPng({
          width: 40,
          height: 30,
          colorType: 2,
          depth: 8,
          interlaced,
          sample: () => [1, 2, 3],
        }).subarray(0, head.length),
      );
      expect(refusal(claimed)).toContain('is damaged');
    }
  });

  test('a PNG whose data are spread over many chunks is whole', () => {
    const head = headerOnlyPng(40, 30);
    const end = chunk('IEND', new Uint8Array());
    const body = png.subarray(head.length + 8, png.length - end.length - 4);
    const chunks = Array.from({ length: Math.ceil(body.length / 100) }, (_, i) =>
      chunk('IDAT', body.subarray(100 * i, 100 * i + 100)),
    );
    expect(decodeImage(concat([head, ...chunks, end]), 'x')).toEqual(decodeImage(png, 'x'));
  });

  test('a JPEG whose scan ends early but which has its end marker', () => {
    const whole = fixture('colour.jpg');
    const short = concat([whole.subarray(0, whole.length - 40), Uint8Array.of(0xff, 0xd9)]);
    expect(refusal(short)).toContain('is damaged');
  });
});

describe('damaged', () => {
  test('a PNG with one flipped bit anywhere is refused or, where no picture data are, read as before', () => {
    const whole = fixture('palette.png');
    const before = decodeImage(whole, 'whole');
    let refused = 0;
    for (let i = 0; i < whole.length; i++) {
      const bent = whole.slice();
      bent[i]! ^= 1 << (i % 8);
      try {
        expect(decodeImage(bent, 'bent')).toEqual(before);
      } catch (error) {
        expect(error, `byte ${i}`).toBeInstanceOf(UserError);
        refused++;
      }
    }
    // Each chunk has its checksum, so hardly anything passes.
    expect(refused).toBeGreaterThan(0.9 * whole.length);
  });

  // JPEG has no checksums: some changes give another picture. None may give anything but that or a UserError.
  test.each([
    'colour.jpg',
    'progressive.jpg',
    'subsampled.jpg',
    'cmyk.jpg',
    'turned-3.jpg',
    'restarts-gray.jpg',
  ])('%s with a byte changed anywhere is a picture or refused', (name) => {
    const whole = fixture(name);
    for (let i = 0; i < whole.length; i++) {
      for (const change of [0x01, 0xff]) {
        const bent = whole.slice();
        bent[i]! ^= change;
        try {
          const image = decodeImage(bent, 'bent', undefined, 1e4);
          expect(image.data.length).toBe(4 * image.width * image.height);
        } catch (error) {
          expect(error, `byte ${i} xor ${change}`).toBeInstanceOf(UserError);
        }
      }
    }
  });

  test('a bit depth that its colour type cannot have', () => {
    const bytes = buildPng({ width: 8, height: 1, colorType: 2, depth: 4, sample: () => [1, 2, 3] });
    expect(refusal(bytes)).toContain('is damaged');
  });

  test('a PNG without picture data', () => {
    const bytes = concat([headerOnlyPng(2, 2), chunk('IEND', new Uint8Array())]);
    expect(refusal(bytes)).toContain('hold no picture');
  });

  test('a JPEG without a picture', () => {
    expect(refusal(Uint8Array.of(0xff, 0xd8, 0xff, 0xd9))).toContain('hold no picture');
  });
});

describe('JPEG kinds that cannot be read', () => {
  const withFrameMarker = (marker: number) => {
    const bytes = fixture('colour.jpg');
    const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
    bytes[frame + 1] = marker;
    return { bytes, frame };
  };

  test.each([
    [0xc3, 'a lossless JPEG'],
    [0xc9, 'an arithmetic-coded JPEG'],
  ])('marker %d', (marker, kind) => {
    expect(refusal(withFrameMarker(marker).bytes)).toContain(kind);
  });

  test('12 bits a sample', () => {
    const { bytes, frame } = withFrameMarker(0xc1);
    bytes[frame + 4] = 12;
    expect(refusal(bytes)).toContain('12 bits a sample');
  });

  test('CMYK without Adobe’s marker', () => {
    const bytes = fixture('cmyk.jpg');
    const adobe = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xee);
    bytes[adobe + 4] = 0;
    expect(refusal(bytes)).toContain('without the Adobe marker');
  });
});
