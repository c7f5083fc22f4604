import { UserError } from '../errors.js';
import type { Gpu } from '../gpu/gpu.js';
import { canTimeSteps } from '../gpu/timing.js';
import type { StyleJob } from '../style/job.js';
import type { ProfiledStep } from '../style/profile.js';
import { profileTrace } from '../style/profile-trace.js';
import { replaceFile } from './output-files.js';

/** @throws UserError where the adapter cannot time what it does. */
export function assertProfilable({ device, facts }: Gpu): void {
  if (canTimeSteps(device)) return;
  throw new UserError(
    `${facts.device || facts.description || 'This adapter'} cannot time its own work (it lacks WebGPU's ` +
      'timestamp-query), which --profile needs; leave --profile out, or choose another adapter with --adapter.',
  );
}

/**
 * Does one more evaluation, timed dispatch by dispatch, and writes it for chrome://tracing and Perfetto.
 *
 * @throws UserError if the file cannot be written.
 */
export async function writeProfile(path: string, job: StyleJob, gpu: Gpu): Promise<ProfiledStep[]> {
  const steps = await job.profile();
  await replaceFile(path, `${JSON.stringify(profileTrace(steps, gpu.facts), undefined, 1)}\n`);
  return steps;
}
