/** Thrown into whoever gives, once nobody takes any more. */
export class RelayClosed extends Error {}

/**
 * Hands values from one who is called back to one who asks for them: `give` returns only when the next value is asked
 * for, so that the giver never runs ahead.
 */
export class Relay<T> {
  private readonly given: { value: T; go: () => void; stop: (reason: Error) => void }[] = [];
  private wake: (() => void) | undefined;
  private ended = false;

  give(value: T): Promise<void> {
    return new Promise((go, stop) => {
      this.given.push({ value, go, stop });
      this.wake?.();
    });
  }

  /** Ends `taken` once everything given was taken. */
  end(): void {
    this.ended = true;
    this.wake?.();
  }

  /** All that is given until the end. Breaking off makes `give` reject with RelayClosed. */
  async *taken(): AsyncGenerator<T, void> {
    let open: (typeof this.given)[number] | undefined;
    try {
      for (;;) {
        while (this.given.length === 0 && !this.ended) {
          await new Promise<void>((resolve) => (this.wake = resolve));
        }
        open = this.given.shift();
        if (!open) return;
        yield open.value;
        open.go();
        open = undefined;
      }
    } finally {
      for (const { stop } of open ? [open, ...this.given] : this.given) stop(new RelayClosed());
    }
  }
}
