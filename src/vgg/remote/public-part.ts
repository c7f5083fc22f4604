/** An address without what may be secret in it: a password, or a signature behind the question mark. */
export function publicPart(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
