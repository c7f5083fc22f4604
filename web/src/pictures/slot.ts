import { UserError } from 'scumble';
import { byId, make } from '../dom.js';
import { type Decoded, decode } from './decode.js';
import type { Example } from './examples.js';

export interface SlotOptions {
  id: 'content' | 'style';
  title: string;
  examples: readonly [Example, ...Example[]];
  onPicture: (picture: Decoded) => void;
  onError: (error: unknown) => void;
}

/** A place for one picture: a button that opens a file, and takes one that is dropped on it or pasted. */
export class Slot {
  picture: Decoded | undefined;
  private readonly root: HTMLElement;
  private readonly image: HTMLImageElement;
  private readonly well: HTMLButtonElement;
  private readonly examples: readonly { example: Example; button: HTMLButtonElement }[];
  /** Counts what was asked for: a slow file must not take the place of one chosen after it. */
  private asked = 0;

  constructor(private readonly options: SlotOptions) {
    const { id, title, examples } = options;
    this.root = byId(id, HTMLElement);
    this.root.append(byId('slot', HTMLTemplateElement).content.cloneNode(true));
    const part = <T extends Element>(selector: string) => this.root.querySelector<T>(selector)!;
    Object.assign(part('h2'), { id: `${id}-title`, textContent: title });
    this.image = part('img');
    this.well = part('.well');
    part('.prompt').textContent = 'Drop or choose';
    const input = part<HTMLInputElement>('input');
    input.setAttribute('aria-label', `${title}: a picture file`);
    input.addEventListener('change', () => {
      const [file] = input.files ?? [];
      if (file) void this.take(file, file.name);
      input.value = '';
    });
    this.well.addEventListener('click', () => input.click());
    this.acceptDrops();
    const group = part('.examples');
    group.setAttribute('aria-label', `Examples: ${title.toLowerCase()}`);
    this.examples = examples.map((example) => {
      const button = make('button', { type: 'button', title: example.name });
      button.append(make('img', { src: example.url, alt: example.name }));
      button.addEventListener('click', () => void this.takeExample(example));
      group.append(button);
      return { example, button };
    });
    this.describe();
  }

  /** Adds a further way to a picture, below the examples. */
  addButton(button: HTMLButtonElement): void {
    this.root.append(button);
  }

  contains(node: Node | null): boolean {
    return this.root.contains(node);
  }

  async takeExample(example: Example): Promise<void> {
    await this.attempt(async () => {
      const response = await fetch(example.url);
      if (!response.ok)
        throw new UserError(`The example "${example.name}" could not be loaded; reload the page.`);
      return decode(await response.blob(), example.name);
    }, example);
  }

  async take(file: Blob, name: string): Promise<void> {
    await this.attempt(() => decode(file, name));
  }

  private async attempt(load: () => Promise<Decoded>, example?: Example): Promise<void> {
    const asked = ++this.asked;
    try {
      const picture = await load();
      if (asked !== this.asked) {
        URL.revokeObjectURL(picture.url);
        return;
      }
      if (this.picture) URL.revokeObjectURL(this.picture.url);
      this.picture = picture;
      this.image.src = picture.url;
      for (const { example: own, button } of this.examples)
        button.setAttribute('aria-pressed', String(own === example));
      this.describe();
      this.options.onPicture(picture);
    } catch (error) {
      if (asked === this.asked) this.options.onError(error);
    }
  }

  private describe(): void {
    const { title } = this.options;
    const now = this.picture ? `now ${this.picture.name}` : 'none yet';
    this.well.setAttribute('aria-label', `${title}, ${now}. Drop or choose a picture, or paste one`);
  }

  private acceptDrops(): void {
    const { well } = this;
    const over = (on: boolean) => (event: DragEvent) => {
      event.preventDefault();
      well.classList.toggle('over', on && !well.disabled);
    };
    well.addEventListener('dragenter', over(true));
    well.addEventListener('dragover', over(true));
    well.addEventListener('dragleave', over(false));
    well.addEventListener('drop', (event) => {
      over(false)(event);
      const [file] = event.dataTransfer?.files ?? [];
      if (file && !well.matches(':disabled')) void this.take(file, file.name);
    });
  }
}

/** Lets pictures be pasted into the slot that has the focus, else into the first. */
export function acceptPastes(slots: readonly [Slot, ...Slot[]], enabled: () => boolean): void {
  document.addEventListener('paste', (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/'));
    if (!file || !enabled()) return;
    event.preventDefault();
    const slot = slots.find((each) => each.contains(document.activeElement)) ?? slots[0];
    void slot.take(file, file.name || 'the pasted picture');
  });
  // A picture dropped beside its place would replace the page.
  for (const type of ['dragover', 'drop'] as const)
    window.addEventListener(type, (event) => event.preventDefault());
}
