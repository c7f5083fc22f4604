/**
 * Where VGG-19 comes from, in the order in which it is tried: both have torchvision's filters. The first is a safetensors
 * file, whose header is read and then the layers alone. The second is what torchvision itself fetches.
 */
export const VGG19_SOURCES: readonly string[] = [
  'https://huggingface.co/timm/vgg19.tv_in1k/resolve/main/model.safetensors',
  'https://download.pytorch.org/models/vgg19-dcbb9e9d.pth',
];
