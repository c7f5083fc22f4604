/** Counts the bytes of GPU buffers and textures that are alive, and the most there ever were. */
export class MemoryLedger {
  private alive = 0;
  private most = 0;

  get bytes(): number {
    return this.alive;
  }

  get peakBytes(): number {
    return this.most;
  }

  add(bytes: number): void {
    this.alive += bytes;
    this.most = Math.max(this.most, this.alive);
  }

  remove(bytes: number): void {
    this.alive -= bytes;
  }
}
