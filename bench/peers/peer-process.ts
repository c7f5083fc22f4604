import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { MARK, type Hello, type Protocol } from './protocol.js';
import type { System } from './systems.js';

/** Longer than any one request takes. Milliseconds. */
const PATIENCE = 15 * 60_000;

/** A system does not start, or cannot do what it was asked. */
export class PeerError extends Error {
  override readonly name = 'PeerError';
}

export interface PeerSettings {
  /** Where the inputs lie. */
  folder: string;
  /** For the systems on WebGPU. */
  adapter?: string | undefined;
  env?: Readonly<Record<string, string>>;
}

/** A system in a process of its own. */
export class PeerProcess {
  hello!: Hello;
  private readonly lines: AsyncIterator<string>;
  private said = '';

  private constructor(
    readonly system: System,
    private readonly child: ChildProcessWithoutNullStreams,
  ) {
    child.stderr.on('data', (data: Buffer) => (this.said = (this.said + data.toString()).slice(-4000)));
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** @throws PeerError with the last line that it printed, where it does not start. */
  static async start(system: System, { folder, adapter, env }: PeerSettings): Promise<PeerProcess> {
    const child = spawn(system.command, system.args, {
      // Scumble's measurements of kernels are made once for a run, by the first process, and for each Scumble anew.
      env: {
        ...process.env,
        SCUMBLE_CACHE: join(folder, `cache-${system.name}`),
        ...system.env,
        ...env,
        ...(adapter ? { PEERS_ADAPTER: adapter } : {}),
      },
    });
    const gone = new Promise<never>((_, reject) => {
      child.on('error', (error) => reject(new PeerError(error.message)));
    });
    // A process that ended before it was written to tells why on stderr.
    child.stdin.on('error', () => undefined);
    const peer = new PeerProcess(system, child);
    try {
      peer.hello = await Promise.race([peer.ask('hello', { folder }), gone]);
    } catch (error) {
      child.kill();
      throw error;
    }
    return peer;
  }

  /** @throws PeerError where the system cannot do it, ends, or takes too long. */
  async ask<Verb extends keyof Protocol>(verb: Verb, request: Protocol[Verb][0]): Promise<Protocol[Verb][1]> {
    this.child.stdin.write(`${JSON.stringify({ verb, ...request })}\n`);
    const timer = setTimeout(() => this.child.kill(), PATIENCE);
    try {
      for (;;) {
        const { value, done } = await this.lines.next();
        if (done) throw new PeerError(this.lastWords());
        if (!value.startsWith(MARK)) continue;
        const reply = JSON.parse(value.slice(MARK.length)) as { answer?: Protocol[Verb][1]; error?: string };
        if (reply.answer === undefined) throw new PeerError(reply.error ?? 'it gave no answer');
        return reply.answer;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the process and waits until its memory is free. */
  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin.end();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  }

  private lastWords(): string {
    const lines = this.said.split('\n').filter((line) => line.trim() !== '' && !/^\s*warning/i.test(line));
    const error = lines.findLast((line) => /error|cannot|no module/i.test(line)) ?? lines.at(-1);
    return error?.trim() ?? 'its process ended';
  }
}
