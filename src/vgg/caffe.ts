import { UserError } from '../errors.js';
import { type CaffeBlob, readBlob } from './caffe-blob.js';
import { PREPROCESSINGS } from './preprocessing.js';
import { ProtobufFile, type Span } from './protobuf.js';
import { type ProtobufTensor, protobufSource } from './protobuf-tensor.js';
import type { RandomAccess } from './random-access.js';
import type { ConvolutionGraph, ConvolutionTensors, WeightSource } from './weights.js';

/** Field numbers in caffe.proto: a network has its layers in one of two forms, of before or after 2014. */
const NET = { layersV1: 2, layers: 100 } as const;
const FORMS = {
  [NET.layersV1]: { name: 4, type: 5, blobs: 6, version0: 1 },
  [NET.layers]: { name: 1, type: 2, blobs: 7, version0: undefined },
} as const;

/** The types of layers that matter: by name, as today, or by number, as in the old form. */
const CONVOLUTION = ['Convolution', '4'];
const BATCH_NORMALISATION = ['BatchNorm'];

interface CaffeLayer {
  readonly name: string;
  readonly type: string;
  readonly blobs: readonly CaffeBlob[];
}

/**
 * Opens a Caffe model (.caffemodel), as the Visual Geometry Group published VGG-19. Each layer has blobs, a weight and a
 * bias as a rule, which are called after it here (`conv1_1.weight`); their order tells which convolution is which. Reads
 * the layers and no blob.
 *
 * Caffe's networks take BGR in 0..255 without its mean. The file does not say so, but VGG's filters are of no use
 * otherwise, so that the source does.
 *
 * @throws UserError if the file is damaged, or older than Caffe's first release.
 */
export async function openCaffe(file: RandomAccess): Promise<WeightSource> {
  const protobuf = new ProtobufFile(file, 'Caffe');
  const layers: CaffeLayer[] = [];
  for await (const { number, span } of protobuf.fields(protobuf.whole)) {
    if (number !== NET.layers && number !== NET.layersV1) continue;
    layers.push(await readLayer(protobuf, span, FORMS[number]));
  }
  if (layers.length === 0) throw protobuf.damaged('it has no layer');
  return protobufSource(protobuf, layers.flatMap(tensorsOf), {
    format: 'Caffe',
    graph: convolutionsOf(layers),
    preprocessing: PREPROCESSINGS.caffe,
  });
}

async function readLayer(
  protobuf: ProtobufFile,
  layer: Span,
  form: (typeof FORMS)[keyof typeof FORMS],
): Promise<CaffeLayer> {
  let [name, type] = ['', ''];
  const blobs: CaffeBlob[] = [];
  for await (const field of protobuf.fields(layer)) {
    const { number, span } = field;
    if (number === form.name) name = await protobuf.text(span);
    else if (number === form.blobs) blobs.push(await readBlob(protobuf, span));
    else if (number === form.type) {
      type = form === FORMS[NET.layers] ? await protobuf.text(span) : String(field.value);
    } else if (number === form.version0) {
      throw new UserError(
        `${protobuf.file.name} is in the format of Caffe before its first release; convert it with Caffe's ` +
          'upgrade_net_proto_binary.',
      );
    }
  }
  return { name, type, blobs };
}

function tensorsOf({ name, blobs }: CaffeLayer): ProtobufTensor[] {
  return blobs.map((blob, i) => ({ ...blob, name: blobName(name, i) }));
}

function blobName(layer: string, i: number): string {
  return `${layer}.${['weight', 'bias'][i] ?? `blob${i}`}`;
}

function convolutionsOf(layers: readonly CaffeLayer[]): ConvolutionGraph {
  const convolutions = layers
    .filter(({ type }) => CONVOLUTION.includes(type))
    .map(({ name, blobs }): ConvolutionTensors => {
      return { weight: blobName(name, 0), ...(blobs.length > 1 ? { bias: blobName(name, 1) } : {}) };
    });
  const normalises = layers.some(({ type }) => BATCH_NORMALISATION.includes(type));
  return normalises ? { convolutions, unfit: 'batch normalisation' } : { convolutions };
}
