import type { Step } from '../dispatch.js';
import type { Gpu } from '../gpu.js';
import { Program } from '../program.js';
import { type Choice, Recorder } from '../recorder.js';
import type { Form, Shape, Storage, Tensor } from '../tensor.js';

/**
 * A recording that is made to be timed, whole or by its parts, and not for its results: the variants are the tuner's to
 * pick, and what is prepared from constants is prepared for its own programs alone, so that no losing variant leaves
 * memory behind.
 */
export class Survey extends Recorder {
  /** What prepares, in order. */
  private readonly setup: Step[] = [];
  private readonly made = new Map<string, Tensor>();

  constructor(
    gpu: Gpu,
    /** The variant for a choice; undefined leaves it to `gpu.variants`. */
    private readonly pick: (
      operation: string,
      shape: string,
      eligible: readonly string[],
    ) => string | undefined,
  ) {
    super(gpu, 'survey');
  }

  override choose<V extends string>(operation: string, shape: string, eligible: readonly V[]): V {
    const picked = this.pick(operation, shape, eligible);
    const variant =
      eligible.find((name) => name === picked) ?? this.gpu.variants.choose(operation, shape, eligible);
    this.choices.push({ operation, shape, eligible, variant, from: this.steps.length });
    return variant;
  }

  override prepared(
    sources: readonly [Tensor, ...Tensor[]],
    key: string,
    shape: Shape,
    record: (output: Tensor) => void,
    form: Form = 'buffer',
  ): Tensor {
    if (!sources.every(({ storage }) => storage.frozen))
      return super.prepared(sources, key, shape, record, form);
    const name = JSON.stringify([key, ...sources.map(({ storage, offset }) => [storage.id, offset])]);
    let output = this.made.get(name);
    if (!output) {
      this.made.set(name, (output = this.temporary(`${sources[0].label}.${key}`, shape, 'f32', form)));
      const before = this.steps.length;
      record(output);
      this.setup.push(...this.steps.splice(before));
      output.storage.frozen = true;
    }
    return output;
  }

  /** Freezes the steps [from, to) on memory of their own, and runs once what prepares for them. */
  async freezePart(from = 0, to = this.steps.length): Promise<Program> {
    const steps = this.steps.slice(from, to);
    const setup = this.setupOf(steps);
    const part = new Part(this, [...setup, ...steps]);
    const kept = setup.flatMap(({ bindings }) => bindings.map(({ tensor }) => tensor));
    const program = await part.freeze(kept);
    const { gpu } = this;
    const once = new Program(gpu, 'setup', { bytes: 0, peakBytes: 0, unsharedBytes: 0 }, [], []);
    once.steps.push(...program.steps.splice(0, setup.length));
    if (setup.length > 0) once.run();
    return program;
  }

  /** The steps that prepare what `steps` read, and what those read in turn. */
  private setupOf(steps: readonly Step[]): Step[] {
    const needed = new Set(steps.flatMap(storages));
    return this.setup
      .toReversed()
      .filter((step) => {
        const wanted = step.bindings.some(
          ({ tensor: { storage }, access }) => ['write', 'update'].includes(access) && needed.has(storage),
        );
        if (wanted) storages(step).forEach((storage) => needed.add(storage));
        return wanted;
      })
      .toReversed();
  }
}

/** Some steps of a survey. */
class Part extends Recorder {
  constructor(
    private readonly source: Recorder,
    steps: readonly Step[],
  ) {
    super(source.gpu, 'tuning');
    this.steps.push(...steps);
    for (const storage of steps.flatMap(storages)) {
      const values = source.parameterValues.get(storage);
      if (values) this.parameterValues.set(storage, values);
    }
  }

  override owns(storage: Storage): boolean {
    return this.source.owns(storage);
  }
}

function storages({ bindings }: Step): Storage[] {
  return bindings.map(({ tensor }) => tensor.storage);
}

/** The steps recorded for a choice, as [from, to). */
export interface Chosen {
  choice: Choice;
  from: number;
  to: number;
}

/**
 * Which steps were recorded for each choice: all up to the next choice, but for those at the end whose
 * label begins with another word than the operation (see Recorder.choose), unless their end was told.
 */
export function stepsOfChoices({
  choices,
  steps,
}: {
  choices: readonly Choice[];
  steps: readonly { label: string }[];
}): Chosen[] {
  return choices.map((choice, i) => {
    const { from, operation } = choice;
    if (choice.to !== undefined) return { choice, from, to: choice.to };
    let to = choices[i + 1]?.from ?? steps.length;
    while (to > from && firstWord(steps[to - 1]!.label) !== firstWord(operation)) to--;
    return { choice, from, to };
  });
}

function firstWord(label: string): string {
  return /^\w*/.exec(label)![0];
}
