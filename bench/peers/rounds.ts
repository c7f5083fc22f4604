/** One of several things to be measured in turns. */
export interface Turn<T> {
  name: string;
  measure: () => Promise<T>;
}

/**
 * Measures everybody once a round, beginning with another one each time, so that no one always comes first or after the
 * same other. Samples of the same index are of the same round. Who fails is left out from then on.
 */
export async function inTurns<T>(
  turns: readonly Turn<T>[],
  rounds: number,
  onFailure: (name: string, error: unknown) => void,
): Promise<Map<string, T[]>> {
  const samples = new Map<string, T[]>(turns.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < turns.length; i++) {
      const { name, measure } = turns[(round + i) % turns.length]!;
      const mine = samples.get(name);
      if (!mine) continue;
      try {
        mine.push(await measure());
      } catch (error) {
        samples.delete(name);
        onFailure(name, error);
      }
    }
  }
  return samples;
}
