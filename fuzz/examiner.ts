/** @file The process that examines: a reader that hangs or brings its process down does so here. */
import { makeCase } from './case.js';
import { examine, type Open } from './examine.js';
import { FORMATS, seedFiles } from './formats.js';
import type { Report, Task } from './protocol.js';

process.once('message', (task: Task) => void work(task));
process.once('disconnect', () => process.exit());

async function work({ format: name, begin, end, reader }: Task): Promise<void> {
  const { openWeights } = (await import(reader)) as { openWeights: Open };
  const format = FORMATS.find((format) => format.name === name)!;
  const seeds = seedFiles(format);
  for (let number = begin; number < end; number++) {
    tell({ kind: 'begun', number });
    const bytes = makeCase(format, seeds, number);
    let verdict = await examine(openWeights, bytes);
    // What is compiled and loaded on first use is no case's doing, and the collector hides what was allocated.
    for (let again = 0; again < 3 && (verdict.greed.excessive || verdict.greed.unsure); again++) {
      globalThis.gc?.();
      verdict = await examine(openWeights, bytes);
    }
    tell({ kind: 'done', number, size: bytes.length, verdict });
  }
  tell({ kind: 'finished' });
}

function tell(report: Report): void {
  process.send!(report);
}
