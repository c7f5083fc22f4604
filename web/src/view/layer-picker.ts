import { VGG19_LAYERS, type VggLayer } from 'scumble';
import { byId, make } from '../dom.js';

const KINDS = { conv: 'before ReLU', relu: 'after ReLU', pool: 'pools' } as const;
type Kind = keyof typeof KINDS;

/** The number in a layer's name: its block, and its place in that. */
const place = ({ name }: VggLayer) => name.replace(/^[a-z]+/, '');
const block = (layer: VggLayer) => place(layer)[0]!;

/** A set of VGG-19's layers, all of one kind, as buttons to press: one line for each block. */
export class LayerPicker {
  private readonly kind: HTMLSelectElement;
  private readonly rows = make('div');
  private deepest: string | undefined;

  /** @param id names the place in the page and the form's field; `onChange` is called for changes by hand. */
  constructor(
    private readonly id: 'content-layers' | 'style-layers',
    title: string,
    onChange: () => void,
  ) {
    this.kind = make('select', { ariaLabel: `${title}: which kind` });
    for (const [kind, text] of Object.entries(KINDS)) this.kind.append(make('option', { value: kind }, text));
    this.kind.addEventListener('change', () => {
      // The same places, as far as the kind has them: pools have one a block.
      const chosen = VGG19_LAYERS.filter(({ name }) => this.value.includes(name));
      const places = new Set(chosen.flatMap((layer) => [place(layer), block(layer)]));
      this.fill((layer) => places.has(place(layer)));
      onChange();
    });
    this.rows.addEventListener('change', onChange);
    const heading = make('legend', { textContent: title });
    const head = make('div', { className: 'head' }, this.kind);
    byId(id, HTMLElement).append(make('fieldset', { className: 'layers' }, heading, head, this.rows));
  }

  /** Canonical names, shallowest first. */
  get value(): string[] {
    return [...this.rows.querySelectorAll<HTMLInputElement>('input:checked')].map(({ value }) => value);
  }

  set value(names: readonly string[]) {
    const first = VGG19_LAYERS.find(({ name }) => names.includes(name));
    this.kind.value = first?.kind ?? 'conv';
    this.fill(({ name }) => names.includes(name));
  }

  /** Fades what is deeper than the network at hand, if that has an end. */
  reach(deepest: string | undefined): void {
    this.deepest = deepest;
    this.fade();
  }

  private fill(chosen: (layer: VggLayer) => boolean): void {
    const layers = VGG19_LAYERS.filter(({ kind }) => kind === (this.kind.value as Kind));
    const blocks = [...new Set(layers.map(block))];
    const rows = blocks.map((number) => layers.filter((layer) => block(layer) === number));
    this.rows.replaceChildren(
      ...rows.map((row) =>
        make('div', { className: 'block' }, ...row.map((layer) => this.chip(layer, chosen(layer)))),
      ),
    );
    this.fade();
  }

  private chip(layer: VggLayer, checked: boolean): HTMLLabelElement {
    const { name } = layer;
    const input = make('input', { type: 'checkbox', name: this.id, value: name, checked, ariaLabel: name });
    const text = make('span', { ariaHidden: 'true' }, place(layer).replace('_', '·'));
    return make('label', { className: 'chip' }, input, text);
  }

  private fade(): void {
    const index = (name: string | undefined) => VGG19_LAYERS.findIndex((layer) => layer.name === name);
    const last = this.deepest === undefined ? Infinity : index(this.deepest);
    for (const input of this.rows.querySelectorAll('input'))
      input.parentElement!.classList.toggle('deep', index(input.value) > last);
  }
}
