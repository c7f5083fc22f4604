import { UserError } from '../errors.js';
import type { RandomAccess } from './random-access.js';
import { looksLikeSafetensors, openSafetensors } from './safetensors.js';
import type { WeightSource } from './weights.js';

/**
 * Opens a file of weights, telling the format by its content: safetensors, what `torch.save` writes and wrote, ONNX, or
 * Caffe. Only the description of the tensors is read.
 * @throws UserError if it is none of them or damaged.
 */
export async function openWeights(file: RandomAccess): Promise<WeightSource> {
  const head = await file.read(0, Math.min(9, file.size));
  // The readers are imported when wanted: most runs do without all of them but the first.
  if (looksLikeSafetensors(head, file.size)) return openSafetensors(file);
  if (startsWith(head, [0x50, 0x4b, 0x03, 0x04])) return (await import('./pth.js')).openPth(file);
  // A pickle of protocol 2 or newer.
  if (head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5) {
    return (await import('./pth-legacy.js')).openLegacyPth(file);
  }
  // Protobuf files have no mark; these are the first fields of a model, its version and its graph.
  if (startsWith(head, [0x08]) || startsWith(head, [0x3a])) return (await import('./onnx.js')).openOnnx(file);
  // And these a network's name, layers in the old form, input and layers in the new form.
  if ([0x0a, 0x12, 0x1a].includes(head[0]!) || startsWith(head, [0xa2, 0x06])) {
    return (await import('./caffe.js')).openCaffe(file);
  }
  throw new UserError(
    `${file.name} is neither a safetensors file, a PyTorch state dict, an ONNX model nor a Caffe model; give the weights ` +
      'of a VGG-19 as .safetensors, .pth, .onnx or .caffemodel.',
  );
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, i) => bytes[i] === byte);
}
