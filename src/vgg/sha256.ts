/** SHA-256 in 64 hexadecimal digits. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * The first digits of a file's SHA-256, where its name ends in them as PyTorch's do (`vgg19-dcbb9e9d.pth`); torch.hub
 * checks them too.
 */
export function promisedHash(url: string): string | undefined {
  return /-([0-9a-f]{8,64})\.[^./]+$/.exec(new URL(url).pathname)?.[1];
}
