import { byId } from '../dom.js';
import { keepSettings, LAYER_SETS, type Settings } from '../settings.js';
import { LayerPicker } from './layer-picker.js';

/** What the slider of evaluations can be set to. */
const EVALUATIONS = [
  1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 250, 300, 400, 500, 700, 1000, 1500, 2000, 3000,
] as const;

const NETWORK_NOTES = {
  embedded: 'Comes with the page, to conv3_1. Knows colours, edges and strokes, not things.',
  vgg19:
    'Fetched once from Hugging Face or PyTorch, and kept: 2.2 MB to conv3_1, 52 MB to conv5_1. Paints best.',
  file: 'Of PyTorch, safetensors, ONNX or Caffe. It is read here and goes nowhere. As good as VGG-19, if it is that.',
} as const satisfies Record<Settings['network'], string>;

/** The last layer that Scumble's own network gives. */
const EMBEDDED_REACH = 'relu3_1';

/** The form: how to paint. What is set is kept for the next visit. */
export class Panel {
  weightsFile: File | undefined;
  private readonly form = byId('settings', HTMLFormElement);
  private readonly contentLayers: LayerPicker;
  private readonly styleLayers: LayerPicker;

  constructor(settings: Settings) {
    const byHand = () => {
      this.choose('layers', 'custom');
      this.changed();
    };
    this.contentLayers = new LayerPicker('content-layers', 'Content layers', byHand);
    this.styleLayers = new LayerPicker('style-layers', 'Style layers', byHand);
    this.show(settings);
    this.form.addEventListener('input', (event) => {
      const { name } = event.target as HTMLInputElement;
      if (name === 'layers') this.showSet();
      this.changed();
    });
    this.form.addEventListener('submit', (event) => event.preventDefault());
    this.takeWeights();
  }

  /** What the form says now. */
  get settings(): Settings {
    return {
      size: this.input('size').valueAsNumber,
      evaluations: EVALUATIONS[this.input('evaluations').valueAsNumber] ?? 300,
      network: this.chosen('network') as Settings['network'],
      layers: this.chosen('layers') as Settings['layers'],
      contentLayers: this.contentLayers.value as Settings['contentLayers'],
      styleLayers: this.styleLayers.value as Settings['styleLayers'],
      contentWeight: fromLog(this.input('contentWeight').valueAsNumber),
      styleWeight: fromLog(this.input('styleWeight').valueAsNumber),
      start: this.chosen('start') as Settings['start'],
    };
  }

  private show(settings: Settings): void {
    this.input('size').value = String(settings.size);
    const place = EVALUATIONS.findIndex((count) => count >= settings.evaluations);
    this.input('evaluations').value = String(place < 0 ? EVALUATIONS.length - 1 : place);
    for (const name of ['contentWeight', 'styleWeight'] as const)
      this.input(name).value = String(Math.log10(settings[name]));
    for (const name of ['network', 'layers', 'start'] as const) this.choose(name, settings[name]);
    this.contentLayers.value = settings.contentLayers;
    this.styleLayers.value = settings.styleLayers;
    this.describe();
  }

  /** The layers of the set that was chosen, to be seen and to be changed from there. */
  private showSet(): void {
    const { layers } = this.settings;
    if (layers === 'custom') return;
    this.contentLayers.value = LAYER_SETS[layers].contentLayers;
    this.styleLayers.value = LAYER_SETS[layers].styleLayers;
  }

  private changed(): void {
    this.describe();
    keepSettings(this.settings);
  }

  private describe(): void {
    const { size, evaluations, contentWeight, styleWeight, network } = this.settings;
    const texts = {
      size: `${size} pixels on the shorter side`,
      evaluations: String(evaluations),
      contentWeight: number(contentWeight),
      styleWeight: number(styleWeight),
    };
    for (const [name, text] of Object.entries(texts)) {
      byId(`${name}-text`, HTMLOutputElement).textContent = text;
      this.input(name).setAttribute('aria-valuetext', text);
    }
    byId('network-note', HTMLElement).textContent = NETWORK_NOTES[network];
    byId('weights-row', HTMLElement).hidden = network !== 'file';
    const reach = network === 'embedded' ? EMBEDDED_REACH : undefined;
    this.contentLayers.reach(reach);
    this.styleLayers.reach(reach);
  }

  private takeWeights(): void {
    const input = byId('weights-file', HTMLInputElement);
    byId('weights-button', HTMLButtonElement).addEventListener('click', () => input.click());
    input.addEventListener('change', () => {
      const [file] = input.files ?? [];
      if (!file) return;
      this.weightsFile = file;
      byId('weights-name', HTMLElement).textContent = file.name;
    });
  }

  private input(name: string): HTMLInputElement {
    return byId(name, HTMLInputElement);
  }

  private chosen(name: string): string {
    return this.form.querySelector<HTMLInputElement>(`input[name="${name}"]:checked`)?.value ?? '';
  }

  private choose(name: string, value: string): void {
    for (const radio of this.form.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`))
      radio.checked = radio.value === value;
  }
}

/** A weight of two figures. */
function fromLog(power: number): number {
  return Number((10 ** power).toPrecision(2));
}

function number(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 2 });
}
