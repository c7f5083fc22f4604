/** Beyond this two shapes have nothing to tell each other: what is fast at 4×4 pixels may be hopeless at 32×32. */
const FARTHEST = 5;

/** Where the words differ, as between a fused operation and the bare one, only the lack of all else speaks for it. */
const OTHER_WORDS = 1000;

/**
 * How unlike two shapes are, told by their texts ('64→128 @ 64×64'): the sum of |log₂ of the ratio| of each number to
 * its counterpart, so that twice as wide is as far as half as wide, and `OTHER_WORDS` more where what stands between
 * the numbers differs. Infinite where there are more numbers in one than in the other, and from `FARTHEST` on.
 */
export function shapeDistance(a: string, b: string): number {
  const [numbersOfA, numbersOfB] = [numbers(a), numbers(b)];
  if (numbersOfA.length !== numbersOfB.length) return Infinity;
  // One more, for a padding may be 0.
  const apart = numbersOfA.map((size, i) => Math.abs(Math.log2((size + 1) / (numbersOfB[i]! + 1))));
  const sum = apart.reduce((total, distance) => total + distance, 0);
  if (sum > FARTHEST) return Infinity;
  return words(a) === words(b) ? sum : sum + OTHER_WORDS;
}

function numbers(shape: string): number[] {
  return (shape.match(/\d+/g) ?? []).map(Number);
}

function words(shape: string): string {
  return shape.replace(/\d+/g, '#');
}
