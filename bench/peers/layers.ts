/** The convolutions of VGG-19 up to conv3_1: channels in, channels out, and how often the sides were halved before. */
export const LAYERS = [
  { name: 'conv1_1', from: 3, to: 64, halvings: 0 },
  { name: 'conv1_2', from: 64, to: 64, halvings: 0 },
  { name: 'conv2_1', from: 64, to: 128, halvings: 1 },
  { name: 'conv2_2', from: 128, to: 128, halvings: 1 },
  { name: 'conv3_1', from: 128, to: 256, halvings: 2 },
] as const;

/** Convolutions after whose ReLU a pool follows, and the one whose features the content loss compares. */
export const POOL_AFTER: readonly number[] = [1, 3];
export const CONTENT_LAYER = 3;
export const STYLE_WEIGHT = 1000;

/** Of a 3×3 convolution for images of n × n; a multiply-add is two. Backward to the input takes as many. */
export function layerFlops(index: number, n: number): number {
  const { from, to, halvings } = LAYERS[index]!;
  return 2 * 9 * from * to * (n >> halvings) ** 2;
}
