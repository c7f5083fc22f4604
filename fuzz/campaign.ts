import { type ChildProcess, fork } from 'node:child_process';
import type { Report, Task } from './protocol.js';
import type { Verdict } from './verdict.js';

/** Longer than reading any damaged file of this size may take. Milliseconds. */
const PATIENCE = 1000;

/** Importing TypeScript takes its time on a busy machine. Milliseconds. */
const START_PATIENCE = 120_000;

/**
 * So that what is allocated can be counted (meter.ts): a young generation so large, in MiB, that the collector rarely runs,
 * and when it does, it is done when it says so, instead of letting go of arrays while the next step is measured.
 */
const YOUNG = 64;

export interface Finding {
  readonly number: number;
  readonly what: 'crash' | 'hang' | 'greed';
  readonly why: string;
}

export interface Tally {
  readonly format: string;
  mutations: number;
  /** Of those that did not hang. */
  readonly outcomes: Record<Verdict['outcome'], number>;
  readonly findings: Finding[];
}

/**
 * Examines the cases from `begin` to before `end`, in processes that are ended when a case hangs. After a hang or the
 * end of a process a new one goes on with the next case.
 * @param patience what a case may take, in milliseconds.
 */
export async function campaign(task: Task, patience = PATIENCE): Promise<Tally> {
  const outcomes = { whole: 0, partly: 0, refused: 0, crash: 0 };
  const tally: Tally = { format: task.format, mutations: 0, outcomes, findings: [] };
  for (let { begin } = task; begin < task.end;) {
    const stopped = await examineUntilStopped({ ...task, begin }, patience, tally);
    if (stopped === undefined) break;
    const { number, what } = stopped;
    // A hang is examined again by itself: another program may have kept the processor busy.
    const alone = { ...task, begin: number, end: number + 1 };
    const found = what === 'hang' ? await examineUntilStopped(alone, patience, tally) : stopped;
    if (found) noteStop(tally, found);
    begin = number + 1;
  }
  return tally;
}

/** The case that took too long, or ended its process. */
interface Stop {
  readonly number: number;
  readonly what: 'hang' | 'crash';
  readonly why: string;
}

function examineUntilStopped(task: Task, patience: number, tally: Tally): Promise<Stop | undefined> {
  const child = start();
  let at: number | undefined;
  let finished = false;
  return new Promise((resolve, reject) => {
    let hung = false;
    const kill = () => {
      hung = true;
      child.kill('SIGKILL');
    };
    let timer = setTimeout(kill, START_PATIENCE);
    child.on('message', (report: Report) => {
      clearTimeout(timer);
      if (hung) return;
      if (report.kind === 'finished') {
        finished = true;
        child.disconnect();
      } else if (report.kind === 'begun') at = report.number;
      else note(tally, report);
      timer = setTimeout(kill, report.kind === 'begun' ? patience : START_PATIENCE);
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (finished) resolve(undefined);
      else if (at === undefined)
        reject(new Error(`The process that examines did not start (${code ?? signal}).`));
      else if (hung) resolve({ number: at, what: 'hang', why: `it took more than ${patience} ms` });
      else resolve({ number: at, what: 'crash', why: `it ended its process (${code ?? signal})` });
    });
    child.send(task);
  });
}

function start(): ChildProcess {
  return fork(new URL('examiner.ts', import.meta.url), {
    execArgv: [
      '--import',
      'tsx',
      '--expose-gc',
      '--single-threaded-gc',
      `--max-semi-space-size=${YOUNG}`,
      `--min-semi-space-size=${YOUNG}`,
    ],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

function note(tally: Tally, { number, size, verdict }: Extract<Report, { kind: 'done' }>): void {
  const { outcome, why = '', greed } = verdict;
  tally.mutations += 1;
  tally.outcomes[outcome] += 1;
  if (outcome === 'crash') tally.findings.push({ number, what: 'crash', why });
  if (greed.excessive) {
    const took = `a step took ${greed.arrays} bytes in arrays and ${greed.heap} in objects for a file of ${size}`;
    tally.findings.push({ number, what: 'greed', why: took });
  }
}

function noteStop(tally: Tally, stop: Stop): void {
  tally.mutations += 1;
  tally.findings.push(stop);
  if (stop.what === 'crash') tally.outcomes.crash += 1;
}
