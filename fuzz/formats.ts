import { readFileSync } from 'node:fs';
import { convertedFile } from './converted.js';
import type { Dice } from './dice.js';
import type { Bytes } from './mutations/bytes.js';
import { mutateProtobuf } from './mutations/protobuf.js';
import { mutateSafetensors } from './mutations/safetensors.js';
import { mutateZip } from './mutations/zip.js';

/** A format of weights, and how to damage its files. */
export interface Format {
  readonly name: string;
  /** Whole files by real tools, in test/fixtures/weights/: what is damaged. */
  readonly files: readonly string[];
  /** Others of its files, made here. */
  readonly made?: () => readonly Bytes[];
  /** Pieces that mean something in the format. */
  readonly words: readonly Uint8Array[];
  /** Damages one part and keeps what surrounds it right; undefined where too much is broken for that. */
  readonly mutateInside?: (
    bytes: Bytes,
    dice: Dice,
    words: readonly Uint8Array[],
    other: Bytes,
  ) => Bytes | undefined;
}

const texts = (...words: readonly string[]) => words.map((word) => new TextEncoder().encode(word));
const codes = (...words: readonly (readonly number[])[]) => words.map((word) => Uint8Array.from(word));

/** Operations of pickles, and globals that PyTorch's use. */
const PICKLE = [
  ...texts(
    '(',
    ')',
    ']',
    '}',
    't',
    'e',
    'u',
    's',
    'a',
    'R',
    'Q',
    'b',
    '.',
    'N',
    'q\x00',
    'h\x00',
    '0',
    '2',
    '\x85',
  ),
  ...texts('ctorch._utils\n_rebuild_tensor_v2\n', 'ctorch\nHalfStorage\n', 'ctorch\nDoubleStorage\n'),
  ...texts('ccollections\nOrderedDict\n', 'ctorch._utils\n_rebuild_parameter\n', 'cos\nsystem\n'),
  ...texts('X\x07\x00\x00\x00storage', 'X\x01\x00\x00\x000', '}q\x01h\x01h\x01s'),
  ...codes([0x86], [0x87], [0x88], [0x93], [0x94], [0x4d, 0xff, 0xff], [0x4a, 0xff, 0xff, 0xff, 0xff]),
  ...codes([0x8a, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0], [0x8a, 0xff], [0x4b, 0], [0x4b, 1]),
];

/** Signatures of a zip archive's records. */
const ZIP = codes(
  [0x50, 0x4b, 1, 2],
  [0x50, 0x4b, 3, 4],
  [0x50, 0x4b, 5, 6],
  [0x50, 0x4b, 6, 6],
  [0x50, 0x4b, 6, 7],
);

const JSON_WORDS = texts(
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '0',
    '-1',
    '1e9',
    '1e999',
    '0.5',
    'null',
    'true',
    '""',
    '[[',
    '\\u0000',
  ],
  ...[
    '"F32"',
    '"F16"',
    '"BF16"',
    '"F64"',
    '"I8"',
    '"F4"',
    '"__metadata__"',
    '"__proto__":{},',
    '"\u2028"',
    '\n',
  ],
  ...[
    '"dtype"',
    '"shape":[]',
    '"shape":[0]',
    '"data_offsets":[0,0]',
    '"features.0.weight"',
    '[1,1,1,1,1,1,1,1]',
  ],
  ...['"scumble.preprocessing":"{}"', '"toString"', '9007199254740993'],
);

const PROTOBUF = codes(
  ...[
    [0x0a],
    [0x12],
    [0x3a],
    [0x2a],
    [0x32],
    [0x4a],
    [0x0a, 0],
    [0x08, 0xff, 0xff, 0xff, 0xff, 0x0f],
    [0x0b],
    [0x0c],
  ],
  ...[
    [0x10, 1],
    [0x10, 10],
    [0x10, 11],
    [0x10, 16],
    [0x70, 1],
    [0x08, 0],
    [0x08, 1],
    [0x08, 4],
    [0xa2, 0x06],
    [0x0d],
  ],
);

export const FORMATS: readonly Format[] = [
  {
    name: 'safetensors',
    files: ['tensors.safetensors'],
    made: () => [convertedFile()],
    words: JSON_WORDS,
    mutateInside: mutateSafetensors,
  },
  {
    name: 'pth',
    files: [
      'tensors.pth',
      'checkpoint.pth',
      'protocol4.pth',
      'zip64.pth',
      'module.pth',
      'expanded.pth',
      'bare.pth',
    ],
    words: [...PICKLE, ...ZIP],
    mutateInside: mutateZip,
  },
  {
    name: 'legacy-pth',
    files: ['legacy.pth', 'legacy-protocol4.pth', 'legacy-python2.pth'],
    words: PICKLE,
  },
  {
    name: 'onnx',
    files: [
      'tensors.onnx',
      'zoo.onnx',
      'exported.onnx',
      'odd-names.onnx',
      'quantised.onnx',
      'conv2d-padding.onnx',
    ],
    words: PROTOBUF,
    mutateInside: mutateProtobuf,
  },
  {
    name: 'caffe',
    files: ['v1.caffemodel', 'v2.caffemodel', 'odd.caffemodel', 'normalised.caffemodel'],
    words: PROTOBUF,
    mutateInside: mutateProtobuf,
  },
];

const FOLDER = new URL('../test/fixtures/weights/', import.meta.url);

/** The files that are damaged, undamaged. */
export function seedFiles({ files, made }: Format): Bytes[] {
  const read = files.map((name) => new Uint8Array(readFileSync(new URL(name, FOLDER))));
  return [...read, ...(made?.() ?? [])];
}
