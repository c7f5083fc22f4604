#!/usr/bin/env node
import { fileReason } from '../node/fs-errors.js';
import { describeFailure } from './failure.js';
import { createProgram } from './program.js';

// A reader that has seen enough (`scumble devices | head -1`) is no failure, and no reason to lose a picture: the work goes
// on unheard. Nor is a full disk behind the output, but that is told.
let unheard = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' || unheard) return;
  unheard = true;
  process.stderr.write(`scumble: Cannot write to the standard output: ${fileReason(error)}.\n`);
});
process.stderr.on('error', () => undefined);
process.on('exit', () => {
  if (unheard) process.exitCode ||= 1;
});

try {
  await createProgram().parseAsync();
} catch (error) {
  const { exitCode, text } = describeFailure(error, Boolean(process.env['SCUMBLE_DEBUG']));
  if (text !== undefined) process.stderr.write(`${text}\n`);
  process.exitCode = exitCode;
}
