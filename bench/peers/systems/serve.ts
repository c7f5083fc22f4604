import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { MARK, type Check, type Peer, type Time } from '../protocol.js';

/** Answers the driver's requests, one after the other, until it closes the pipe. */
export async function serve(peer: Peer): Promise<never> {
  for await (const line of createInterface({ input: process.stdin })) {
    let answer: unknown;
    try {
      answer = { answer: await dispatch(peer, line) };
    } catch (error) {
      answer = { error: error instanceof Error ? error.message : String(error) };
    }
    process.stdout.write(`\n${MARK}${JSON.stringify(answer)}\n`);
  }
  // Devices and timers of some libraries keep a process alive.
  process.exit(0);
}

async function dispatch(peer: Peer, line: string): Promise<unknown> {
  const { verb, ...request } = JSON.parse(line) as { verb: keyof Peer };
  const handler = peer[verb] as ((request: object) => Promise<unknown>) | undefined;
  if (!handler) throw new Error(`it cannot be asked to ${verb}`);
  return handler.call(peer, request);
}

/** What `work`, which does `count` units, takes for each of them. */
export async function timed(count: number, work: () => Promise<void>): Promise<Time> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { wall: wall / count, cpu: (user + system) / 1e3 / count };
}

/** The resident bytes of this process: now, and the most there ever were. */
export function residentBytes(): { now: number; peak: number } {
  const now = process.memoryUsage.rss();
  try {
    // The operating system's figure for the process may still be that of the parent that started it; VmHWM is ours.
    const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))!;
    return { now, peak: 1024 * Number(kilobytes) };
  } catch {
    return { now, peak: 1024 * process.resourceUsage().maxRSS };
  }
}

/** A check from the two losses and the gradient. */
export function summarise(style: number, content: number, gradient: Float32Array): Check {
  let gradientSum = 0;
  let gradientMax = 0;
  for (const g of gradient) {
    gradientSum += Math.abs(g);
    gradientMax = Math.max(gradientMax, Math.abs(g));
  }
  return { style, content, gradientSum, gradientMax };
}
