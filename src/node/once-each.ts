/** Says no sentence twice. */
export function onceEach(say: ((sentence: string) => void) | undefined): (sentence: string) => void {
  const said = new Set<string>();
  return (sentence) => {
    if (!said.has(sentence)) say?.(sentence);
    said.add(sentence);
  };
}
