import type { Gpu } from '../gpu.js';
import type { Program } from '../program.js';
import type { Recorder } from '../recorder.js';
import type { Task } from './rank.js';
import { type Chosen, stepsOfChoices, Survey } from './survey.js';

/** What is to be recorded later. It is called several times, and its programs are run on memory as it comes. */
export type Recording = (recorder: Recorder) => void;

/** All places of a recording where a variant is chosen, with each variant in each. */
export class Sites {
  private readonly surveys = new Map<string, Survey>();

  constructor(
    private readonly gpu: Gpu,
    private readonly record: Recording,
  ) {}

  /** Operations on shapes with more than one variant, none of them forced, not yet ranked unless `anew`. */
  tasks(anew: boolean): Task[] {
    const { variants } = this.gpu;
    const survey = this.survey(() => undefined);
    const tasks = new Map<string, Task>();
    for (const { choice, from, to } of stepsOfChoices(survey)) {
      const { operation, shape, eligible, variant } = choice;
      if (eligible.length < 2 || variants.forcedFor(operation) !== undefined) continue;
      if (!anew && variants.knows(operation, shape, eligible)) continue;
      const key = JSON.stringify([operation, shape]);
      const weight = survey.steps.slice(from, to).reduce((sum, { flops }) => sum + flops, 0);
      const known = tasks.get(key);
      if (known) known.weight += weight;
      else {
        const order = [variant, ...eligible.filter((other) => other !== variant)];
        tasks.set(key, { operation, shape, eligible: order, weight });
      }
    }
    return [...tasks.values()];
  }

  /** What a variant records for a task, as a program of its own. */
  async freeze({ operation, shape }: Task, variant: string): Promise<Program> {
    let survey = this.surveys.get(variant);
    if (!survey) this.surveys.set(variant, (survey = this.survey(() => variant)));
    const found = stepsOfChoices(survey).find(
      ({ choice }) => choice.operation === operation && choice.shape === shape && choice.variant === variant,
    );
    if (!found || found.from === found.to) {
      throw new Error(`${operation} on ${shape} records nothing that is labelled so with '${variant}'.`);
    }
    return survey.freezePart(found.from, found.to);
  }

  /** All that is recorded, with the variants that `pick` gives by operation and shape. */
  whole(pick: (operation: string, shape: string) => string | undefined): {
    survey: Survey;
    chosen: Chosen[];
  } {
    const survey = this.survey(pick);
    return { survey, chosen: stepsOfChoices(survey) };
  }

  /** Forced variants stay, and a variant is picked only where it is eligible. */
  private survey(pick: (operation: string, shape: string) => string | undefined): Survey {
    const { variants } = this.gpu;
    const survey = new Survey(this.gpu, (operation, shape) =>
      variants.forcedFor(operation) === undefined ? pick(operation, shape) : undefined,
    );
    this.record(survey);
    return survey;
  }
}
