import { byId, make } from '../dom.js';

/** What the page is at. */
export type Phase = 'idle' | 'preparing' | 'painting' | 'paused' | 'done' | 'unsupported';

export interface TransportHooks {
  paint: () => void;
  pause: () => void;
  resume: () => void;
  stop: () => void;
  paintOn: () => void;
  download: () => void;
}

const PRIMARY = {
  idle: 'Paint',
  preparing: 'Preparing',
  painting: 'Pause',
  paused: 'Resume',
  done: 'Paint again',
  unsupported: 'Paint',
} as const satisfies Record<Phase, string>;

/** The buttons below the picture, the sentence beside them, and the one that tells of trouble. */
export class Transport {
  private readonly primary = byId('primary', HTMLButtonElement);
  private readonly stop = byId('stop', HTMLButtonElement);
  private readonly again = byId('again', HTMLButtonElement);
  private readonly download = byId('download', HTMLButtonElement);
  private readonly status = byId('status', HTMLElement);
  private readonly alert = byId('alert', HTMLElement);
  private readonly controls = byId('controls', HTMLFieldSetElement);
  private current: Phase = 'idle';

  constructor(hooks: TransportHooks) {
    // One button from beginning to end, so that it keeps the focus.
    const primary = { idle: hooks.paint, done: hooks.paint, painting: hooks.pause, paused: hooks.resume };
    this.primary.addEventListener('click', () => {
      if (this.current in primary) primary[this.current as keyof typeof primary]();
    });
    this.stop.addEventListener('click', hooks.stop);
    this.again.addEventListener('click', hooks.paintOn);
    this.download.addEventListener('click', hooks.download);
  }

  get phase(): Phase {
    return this.current;
  }

  /** @param hasResult whether there is a picture to be kept. */
  show(phase: Phase, hasResult: boolean, status = ''): void {
    const running = phase === 'preparing' || phase === 'painting' || phase === 'paused';
    const focused = [this.stop, this.again, this.download].find((each) => each === document.activeElement);
    this.current = phase;
    document.body.dataset.phase = phase;
    this.primary.textContent = PRIMARY[phase];
    this.primary.setAttribute('aria-disabled', String(phase === 'preparing'));
    this.stop.hidden = !running;
    this.again.hidden = this.download.hidden = running || !hasResult;
    this.controls.disabled = running;
    this.status.textContent = status;
    if (focused?.hidden) this.primary.focus();
  }

  say(status: string): void {
    this.status.textContent = status;
  }

  /** One sentence about what went wrong, and a way out of it where there is one. */
  complain(sentence: string, remedy?: { text: string; action: () => void }): void {
    this.alert.replaceChildren(make('p', { textContent: sentence }));
    if (!remedy) return;
    const button = make('button', { type: 'button', textContent: remedy.text });
    button.addEventListener('click', remedy.action);
    this.alert.append(button);
  }

  quiet(): void {
    this.alert.replaceChildren();
  }
}
