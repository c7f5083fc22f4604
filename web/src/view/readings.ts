import type { Progress } from 'scumble';
import { byId } from '../dom.js';
import { Curves } from './curves.js';

/** The pace is taken over so much painting, so that it neither flickers nor lags. */
const WINDOW_MS = 3000;

/** Progress in figures and curves. */
export class Readings {
  private readonly root = byId('readings', HTMLElement);
  private readonly progress = byId('progress', HTMLElement);
  private readonly evaluation = byId('evaluation', HTMLElement);
  private readonly of = byId('of', HTMLElement);
  private readonly rate = byId('rate', HTMLElement);
  private readonly left = byId('left', HTMLElement);
  private readonly memory = byId('memory', HTMLElement);
  private readonly curves = new Curves();
  private marks: { at: number; evaluations: number }[] = [];

  begin(of: number): void {
    this.root.hidden = false;
    this.curves.clear(of);
    this.of.textContent = `of ${of}`;
    this.rate.textContent = this.left.textContent = this.memory.textContent = '–';
    this.stroke(0, of);
    this.restart();
  }

  /** Takes the pace anew: after a pause, the time in it does not count. */
  restart(): void {
    this.marks = [];
  }

  show({ evaluations, of, fresh }: Progress, bytes: number): void {
    this.curves.add(fresh);
    this.stroke(evaluations, of);
    this.memory.textContent = `${Math.round(bytes / 2 ** 20)} MiB`;
    const now = performance.now();
    this.marks.push({ at: now, evaluations });
    while (this.marks.length > 2 && now - this.marks[1]!.at > WINDOW_MS) this.marks.shift();
    const first = this.marks[0]!;
    if (now - first.at < 100) return;
    const rate = ((evaluations - first.evaluations) / (now - first.at)) * 1000;
    this.rate.textContent = rate.toPrecision(rate >= 100 ? 3 : 2);
    this.left.textContent = duration((of - evaluations) / rate);
  }

  end(): void {
    this.left.textContent = '–';
    this.curves.draw();
  }

  private stroke(done: number, of: number): void {
    this.evaluation.textContent = String(done);
    this.progress.style.setProperty('--done', String(done / of));
    this.progress.setAttribute('aria-valuemax', String(of));
    this.progress.setAttribute('aria-valuenow', String(done));
  }
}

/** Seconds in the words that suit them. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}
