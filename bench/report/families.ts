/** Kernels that belong together, in the order of the legend. Each has a colour of its own (page-style.ts). */
export const FAMILIES = [
  { id: 'convolution', name: 'convolutions', kernels: ['conv2d'] },
  { id: 'gram', name: 'Gram matrices', kernels: ['gram', 'gramMse', 'conv2dGramMse'] },
  { id: 'loss', name: 'losses', kernels: ['mse'] },
  { id: 'layer', name: 'ReLU and pools', kernels: ['relu', 'maxPool2d', 'avgPool2d'] },
  { id: 'optimiser', name: 'L-BFGS', kernels: ['lbfgs'] },
  { id: 'other', name: 'all else', kernels: [] },
] as const;

export type Family = (typeof FAMILIES)[number]['id'];

/** The family of a kernel such as 'conv2d.dInput'. */
export function familyOf(kernel: string): Family {
  const [base = ''] = kernel.split('.');
  const found = FAMILIES.find(({ kernels }) => kernels.some((name) => name === base));
  return found?.id ?? 'other';
}
