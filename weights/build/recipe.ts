/** How one convolution is learned. */
export interface LayerRecipe {
  /** torchvision's number: the layer is `features.<index>`. */
  readonly index: number;
  readonly filters: number;
  /** Whether VGG-19 has a 2×2 max-pool after this layer's ReLU. */
  readonly pooled: boolean;
  /** How many patches it learns from. */
  readonly patches: number;
  readonly iterations: number;
  /** Ridge of the whitening, as a fraction of the mean variance: larger means broader, calmer filters. */
  readonly ridge: number;
  /** How far above its mean a response must rise to pass the ReLU, in standard deviations. */
  readonly threshold: number;
  /** Each filter's mean activation after ReLU over the training patches. */
  readonly meanActivation: number;
}

/** The training pictures: half recoloured photographs, half synthetic. */
export const PICTURES = { count: 40, size: 96, seed: 1 } as const;

/**
 * One twenty-fourth sets the balance of the two losses: with every activation scaled by s, the content loss goes with
 * s² and the style loss, which squares Gram matrices, with s⁴. At s = 1 style weight 1000 drowns content weight 1; at
 * 1/24 content counts 576 times as much beside it, and these usual weights give a picture that keeps its subject.
 */
const MEAN_ACTIVATION = 1 / 24;

const common = {
  patches: 12000,
  iterations: 6,
  threshold: 0.5,
  ridge: 0.3,
  meanActivation: MEAN_ACTIVATION,
} as const;

/** VGG-19's first five convolutions (Simonyan & Zisserman 2014, configuration E). */
export const RECIPES: readonly LayerRecipe[] = [
  // Colour and light pass the first layer unthresholded: what it drops, no later layer can see.
  { ...common, index: 0, filters: 64, pooled: false, threshold: 0, ridge: 0.1 },
  { ...common, index: 2, filters: 64, pooled: true },
  { ...common, index: 5, filters: 128, pooled: false },
  { ...common, index: 7, filters: 128, pooled: true },
  { ...common, index: 10, filters: 256, pooled: false },
];
