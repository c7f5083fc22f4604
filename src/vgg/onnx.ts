import { UserError } from '../errors.js';
import { type OnnxNode, readNode } from './onnx-node.js';
import { type OnnxTensor, readTensor } from './onnx-tensor.js';
import { ProtobufFile, type Span } from './protobuf.js';
import { protobufSource } from './protobuf-tensor.js';
import type { RandomAccess } from './random-access.js';
import type { ConvolutionGraph, ConvolutionTensors, WeightSource } from './weights.js';

/** Field numbers in onnx.proto. */
const MODEL = { graph: 7 } as const;
const GRAPH = { node: 1, initializer: 5 } as const;

const QUANTISED = ['QLinearConv', 'ConvInteger', 'DequantizeLinear', 'QuantizeLinear'];

/**
 * Opens an ONNX model: its initialisers are the tensors, and its convolutions, in the order in which they are computed
 * (the format has its nodes sorted so), tell what these are, since every exporter has names of its own: `vgg0_conv0_weight`
 * in the model zoo's vgg19-7.onnx, `features.0.weight` or `onnx::Conv_45` from PyTorch. Reads the graph and no tensor.
 *
 * An ONNX file does not say what its network wants done to pictures.
 *
 * @throws UserError if the file is damaged, has no graph, or keeps its numbers in other files.
 */
export async function openOnnx(file: RandomAccess): Promise<WeightSource> {
  const protobuf = new ProtobufFile(file, 'ONNX');
  const nodes: OnnxNode[] = [];
  const tensors: OnnxTensor[] = [];
  let graphs = 0;
  for await (const { number, span } of protobuf.fields(protobuf.whole)) {
    if (number !== MODEL.graph) continue;
    graphs++;
    await readGraph(protobuf, span, nodes, tensors);
  }
  if (graphs === 0) throw protobuf.damaged('it has no graph');
  const external = tensors.find((tensor) => tensor.external);
  if (external) {
    throw new UserError(
      `${file.name} keeps the numbers of "${external.name}" in another file, which is not read; save it as one file: ` +
        'onnx.save(onnx.load("model.onnx"), "whole.onnx").',
    );
  }
  return protobufSource(protobuf, tensors, { format: 'ONNX', graph: convolutionsOf(nodes) });
}

async function readGraph(
  protobuf: ProtobufFile,
  graph: Span,
  nodes: OnnxNode[],
  tensors: OnnxTensor[],
): Promise<void> {
  for await (const { number, span } of protobuf.fields(graph)) {
    if (number === GRAPH.initializer) tensors.push(await readTensor(protobuf, span));
    if (number !== GRAPH.node) continue;
    const node = await readNode(protobuf, span);
    nodes.push(node);
    if (node.constant) tensors.push({ ...node.constant, name: node.outputs[0] ?? '' });
  }
}

function convolutionsOf(nodes: readonly OnnxNode[]): ConvolutionGraph {
  // PyTorch's exporter stores equal tensors once and lets nodes pass them on.
  const aliases = new Map<string, string>();
  for (const { operation, inputs, outputs } of nodes) {
    const [from, to] = [inputs[0], outputs[0]];
    if (operation === 'Identity' && from !== undefined && to !== undefined) {
      aliases.set(to, aliases.get(from) ?? from);
    }
  }
  const original = (name: string) => aliases.get(name) ?? name;
  const convolutions = nodes
    .filter(({ operation }) => operation === 'Conv' || operation === 'QLinearConv')
    .map(({ inputs: [, weight = '', bias = ''] }): ConvolutionTensors => {
      return { weight: original(weight), ...(bias === '' ? {} : { bias: original(bias) }) };
    });
  const has = (operations: readonly string[]) =>
    nodes.some(({ operation }) => operations.includes(operation));
  if (has(QUANTISED)) return { convolutions, unfit: 'quantised weights' };
  if (has(['BatchNormalization'])) return { convolutions, unfit: 'batch normalisation' };
  return { convolutions };
}
