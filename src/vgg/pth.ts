import { UserError } from '../errors.js';
import { requireDescription } from './description.js';
import { unpickle } from './pickle.js';
import type { RandomAccess } from './random-access.js';
import { torchHost } from './torch-objects.js';
import { torchSource, wrongSize } from './torch-source.js';
import type { WeightSource } from './weights.js';
import { openZip } from './zip.js';
import type { Archive } from './zip.js';

/**
 * Opens what `torch.save` wrote, from PyTorch 1.6 on: a zip archive with a pickle, `NAME/data.pkl`, that describes
 * the tensors, and their storages beside it, `NAME/data/KEY`. Reads the archive's directory and the pickle; a storage
 * is read, whole, when one of its tensors is. Tensors in dicts within the dict get the keys joined by dots.
 * @throws UserError if it is damaged or asks for anything but tensors and plain data.
 */
export async function openPth(file: RandomAccess): Promise<WeightSource> {
  const archive = await openZip(file);
  const pickleName = archive.names.find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickleName === undefined) {
    throw new UserError(
      `${file.name} is a zip archive but not one of PyTorch weights; save them with ` +
        'torch.save(model.state_dict(), …).',
    );
  }
  const folder = pickleName.slice(0, -'data.pkl'.length);
  await checkByteOrder(file, archive, folder);
  requireDescription(file, archive.size(pickleName)!);
  const root = unpickle(file.name, await archive.read(pickleName), torchHost(file.name));
  // A member is only read if it is as long as the pickle says, since it is read whole.
  return torchSource(file, 'PyTorch', root, async ({ key, elements, bytes }, tensor) => {
    const member = `${folder}data/${key}`;
    const size = archive.size(member);
    if (size !== undefined && size !== elements * bytes)
      throw wrongSize(file, tensor, elements * bytes, size);
    return archive.read(member);
  });
}

/** From PyTorch 2.1 on there is a note of the byte order; without it everything is little-endian. */
async function checkByteOrder(file: RandomAccess, archive: Archive, folder: string): Promise<void> {
  const note = `${folder}byteorder`;
  const size = archive.size(note);
  if (size === undefined) return;
  requireDescription(file, size);
  const order = new TextDecoder().decode(await archive.read(note));
  if (order !== 'little') {
    throw new UserError(`${file.name} was saved on a big-endian machine; save it again on another one.`);
  }
}
