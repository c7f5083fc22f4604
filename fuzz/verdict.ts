/** What became of one damaged file. */
export interface Verdict {
  /** All tensors were read; some were and the others refused; the file was refused; or something else happened. */
  readonly outcome: 'whole' | 'partly' | 'refused' | 'crash';
  /** Of a crash: what happened instead. */
  readonly why?: string;
  /** Of the greediest step, opening the file or reading one tensor. */
  readonly greed: Greed;
}

/** What a step took, in bytes. */
export interface Greed {
  /** In typed arrays. */
  readonly arrays: number;
  /** In objects. */
  readonly heap: number;
  /** Whether either is more than the file explains. */
  readonly excessive: boolean;
  /** The collector ran, so that it may have been more. */
  readonly unsure: boolean;
}
