import { UserError } from '../errors.js';
import type { RandomAccess } from './random-access.js';
import { looksLikeSafetensors, openSafetensors } from './safetensors.js';
import type { WeightSource } from './weights.js';

/**
 * Opens a file of weights, telling the format by its content: safetensors, or what `torch.save` writes since
 * PyTorch 1.6. Only the description of the tensors is read.
 * @throws UserError if it is neither or damaged; for PyTorch's format of before 1.6, how to convert it.
 */
export async function openWeights(file: RandomAccess): Promise<WeightSource> {
  const head = await file.read(0, Math.min(9, file.size));
  if (startsWith(head, [0x50, 0x4b, 0x03, 0x04])) {
    // A dozen modules that most runs do without.
    const { openPth } = await import('./pth.js');
    return openPth(file);
  }
  if (looksLikeSafetensors(head, file.size)) return openSafetensors(file);
  // A pickle of protocol 2 whose first value is a long integer of ten bytes: the old format's magic number.
  if (startsWith(head, [0x80, 0x02])) {
    throw new UserError(
      `${file.name} is in the format that PyTorch wrote before 1.6, which cannot be read; convert it once in Python: ` +
        'torch.save(torch.load("old.pth"), "new.pth").',
    );
  }
  throw new UserError(
    `${file.name} is neither a safetensors file nor a PyTorch state dict; give the weights of a VGG-19 as ` +
      '.safetensors or .pth.',
  );
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, i) => bytes[i] === byte);
}
