/**
 * Threefry-2x32 with 20 rounds, from the definition in Salmon, Moraes, Dror and Shaw, "Parallel random numbers:
 * as easy as 1, 2, 3" (SC 2011): add, rotate and exclusive-or, with a word of the key injected every four rounds.
 */
export function threefry2x32(counter: [number, number], key: [number, number]): [number, number] {
  const rotations = [13, 15, 26, 6, 17, 29, 16, 24];
  const schedule = [key[0], key[1], 0x1bd11bda ^ key[0] ^ key[1]];
  let x = (counter[0] + schedule[0]!) >>> 0;
  let y = (counter[1] + schedule[1]!) >>> 0;
  for (let round = 0; round < 20; round++) {
    const bits = rotations[round % 8]!;
    x = (x + y) >>> 0;
    y = (((y << bits) | (y >>> (32 - bits))) ^ x) >>> 0;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      x = (x + schedule[injection % 3]!) >>> 0;
      y = (y + schedule[(injection + 1) % 3]! + injection) >>> 0;
    }
  }
  return [x, y];
}
