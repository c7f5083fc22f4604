import { DeviceLostError, OutOfMemoryError, UserError } from 'scumble';

/** What went wrong, for the page's reader: one sentence, with what to do. */
export function sentence(error: unknown): string {
  if (error instanceof DeviceLostError)
    return 'The GPU was lost: its driver was restarted, or something else needed it.';
  if (error instanceof OutOfMemoryError)
    return 'This GPU has not enough memory for that; choose a smaller size.';
  const message = error instanceof Error ? error.message : String(error);
  // Sentences may name options of the command line, which the page has not.
  if (error instanceof UserError) return message.replaceAll(/ \(--[^)]*\)/g, '');
  return `That did not work: ${message}`;
}
