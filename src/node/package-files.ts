import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The package's own folder: the nearest above this file that has a package.json, from sources as from dist/. */
const root = packageRoot();

/** The path of a file that comes with the package, such as 'weights/embedded.safetensors'. */
export function packageFile(name: string): string {
  return fileURLToPath(new URL(name, root));
}

function packageRoot(): URL {
  let folder = new URL('.', import.meta.url);
  while (!existsSync(new URL('package.json', folder))) {
    const parent = new URL('..', folder);
    if (parent.href === folder.href) throw new Error('no package.json above the program');
    folder = parent;
  }
  return folder;
}
