import type { Direction } from '../gpu/dispatch.js';
import type { CompiledStep } from '../gpu/encoding.js';
import type { Program } from '../gpu/program.js';
import { type Span, StepTimer } from '../gpu/timing.js';
import { stepsOfChoices } from '../gpu/tuning/survey.js';

/** What a dispatch belongs to; 'update' is L-BFGS. */
export type Phase = Direction | 'update';

/** One dispatch of an evaluation, and when it ran. */
export interface ProfiledStep extends Pick<
  CompiledStep,
  'label' | 'scope' | 'shader' | 'workgroups' | 'flops'
> {
  phase: Phase;
  /** Where the operation has several. */
  variant: string | undefined;
  /** Milliseconds from the beginning of the first. */
  begin: number;
  milliseconds: number;
}

/**
 * Runs an evaluation and its update once, each dispatch in a pass of its own between two timestamps.
 *
 * @param update undefined where the optimiser is conducted by the host.
 * @returns the dispatches in the order in which they ran; where the GPU let one begin before the one before it had
 *   ended, it is told from there, so that none overlap.
 * @throws GpuError when the device has no timestamps.
 */
export async function profilePrograms(
  evaluation: Program,
  update: Program | undefined,
): Promise<ProfiledStep[]> {
  const programs = update ? [evaluation, update] : [evaluation];
  const timers: StepTimer[] = [];
  try {
    for (const program of programs) timers.push(new StepTimer(program));
    // All are submitted before the first is waited for, so that the GPU goes from one to the next at once.
    const spans = await Promise.all(timers.map((timer) => timer.spans()));
    const times = inARow(spans.flat());
    const variants = programs.flatMap(variantsOf);
    return programs
      .flatMap((program) => program.steps.map((step) => ({ step, program })))
      .map(({ step: { label, scope, shader, workgroups, flops, direction }, program }, i) => ({
        ...{ label, scope, shader, workgroups, flops },
        phase: program === update ? 'update' : direction,
        variant: variants[i],
        ...times[i]!,
      }));
  } finally {
    timers.forEach((timer) => timer.dispose());
  }
}

function variantsOf(program: Program): (string | undefined)[] {
  const variants = program.steps.map((): string | undefined => undefined);
  for (const { choice, from, to } of stepsOfChoices(program)) variants.fill(choice.variant, from, to);
  return variants;
}

/** Milliseconds from the first beginning, none before the end of the last. */
function inARow(spans: readonly Span[]): { begin: number; milliseconds: number }[] {
  const origin = spans[0]?.begin ?? 0n;
  let before = origin;
  return spans.map((span) => {
    const begin = span.begin > before ? span.begin : before;
    const end = span.end > begin ? span.end : begin;
    before = end;
    return { begin: Number(begin - origin) / 1e6, milliseconds: Number(end - begin) / 1e6 };
  });
}
