import { type OnnxTensor, readTensor } from './onnx-tensor.js';
import type { ProtobufFile, Span } from './protobuf.js';

/** Field numbers in onnx.proto. */
const NODE = { input: 1, output: 2, operation: 4, attribute: 5 } as const;
const ATTRIBUTE = { tensor: 5 } as const;

/** A node of an ONNX graph. */
export interface OnnxNode {
  readonly operation: string;
  /** Names of tensors; empty for an input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** What a `Constant` gives. */
  readonly constant?: OnnxTensor;
}

export async function readNode(protobuf: ProtobufFile, node: Span): Promise<OnnxNode> {
  let operation = '';
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: Span[] = [];
  for await (const { number, span } of protobuf.fields(node)) {
    if (number === NODE.input) inputs.push(await protobuf.text(span));
    else if (number === NODE.output) outputs.push(await protobuf.text(span));
    else if (number === NODE.operation) operation = await protobuf.text(span);
    else if (number === NODE.attribute) attributes.push(span);
  }
  if (operation !== 'Constant') return { operation, inputs, outputs };
  for (const attribute of attributes) {
    for await (const { number, span } of protobuf.fields(attribute)) {
      if (number !== ATTRIBUTE.tensor) continue;
      return { operation, inputs, outputs, constant: await readTensor(protobuf, span) };
    }
  }
  return { operation, inputs, outputs };
}
