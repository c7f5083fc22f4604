/** What `unpickle` builds: plain data, and whatever its host makes of the globals that it allows. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleValue[]
  | PickleTuple
  | PickleDict
  | PickleGlobal
  | PickleObject;

export class PickleTuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

/** A dict or an OrderedDict; keys keep their order. */
export class PickleDict {
  readonly items = new Map<string | number, PickleValue>();
}

/** A name that the pickle refers to. It is never looked up anywhere but in the host's own list. */
export class PickleGlobal {
  constructor(readonly name: string) {}
}

/** Base of what a host builds itself. */
export abstract class PickleObject {
  /** Keeps the class from matching every object by its shape. */
  abstract readonly pickleKind: string;
}

/** What a program that reads a pickle allows in it. */
export interface PickleHost {
  /**
   * The value of calling the global `name` with `args`.
   * @throws UserError if it is not one that the host knows.
   */
  call(name: string, args: readonly PickleValue[]): PickleValue;
  /** The value that a persistent id stands for. */
  persistent(id: PickleValue): PickleValue;
  /** Whether a global may be mentioned at all. */
  allows(name: string): boolean;
}
