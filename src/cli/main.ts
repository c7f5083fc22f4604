#!/usr/bin/env node
import { describeFailure } from './failure.js';
import { createProgram } from './program.js';

// A reader that has seen enough (`scumble devices | head -1`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await createProgram().parseAsync();
} catch (error) {
  const { exitCode, text } = describeFailure(error, Boolean(process.env['SCUMBLE_DEBUG']));
  if (text !== undefined) process.stderr.write(`${text}\n`);
  process.exitCode = exitCode;
}
