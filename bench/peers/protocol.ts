/**
 * @file How the driver and the systems talk: each system is a process that reads one JSON request a line on stdin and
 * answers each with one line on stdout, which begins with MARK so that whatever a library prints there does no harm.
 * systems/pytorch.py speaks the same.
 */

export const MARK = '@peers ';

export type Direction = 'forward' | 'backward';

/** Milliseconds, of one unit of what was asked for. */
export interface Time {
  wall: number;
  /** User and system time of all of the process's threads. */
  cpu: number;
}

/** What a system can be asked beside `hello`. */
export type Ability = 'evaluate' | 'layer' | 'lbfgs' | 'memory';

/** What a system is, once its libraries are loaded and its device is open. */
export interface Hello {
  /** Of the library and what it computes with, for the report. */
  version: string;
  device: string;
  /** Whether the device is the processor, so that its CPU time tells what the work costs. */
  software: boolean;
  can: readonly Ability[];
  /** Resident bytes of the process by now, before any data. */
  idleBytes: number;
}

/** The objective at the start image, by which the systems are compared. */
export interface Check {
  style: number;
  content: number;
  /** The sum and the largest of the absolute values of dL/dx. */
  gradientSum: number;
  gradientMax: number;
}

export interface Evaluated extends Time {
  /** The loss at the last of the evaluations. */
  loss: number;
  /** Whether an L-BFGS update followed each evaluation and is counted. */
  update: boolean;
}

/** With a full history: one update, and forward and backward without it. */
export interface LbfgsTimes {
  update: Time;
  evaluation: Time;
  pairs: number;
}

export interface Memory {
  idleBytes: number;
  /** The most that was resident of the whole process. */
  peakBytes: number;
  /** The most that was allocated on the device, by the library's own account, where it keeps one. */
  deviceBytes?: number;
  /** Pairs of the L-BFGS history that memory was held for at the end. */
  pairs: number;
}

/** All requests with their answers. */
export interface Protocol {
  hello: [request: { folder: string }, answer: Hello];
  /** Loads weights and pictures, computes the targets, and does one evaluation. */
  setup: [request: { size: number }, answer: Evaluated];
  check: [request: object, answer: Check];
  evaluate: [request: { count: number }, answer: Evaluated];
  layer: [request: { size: number; index: number; direction: Direction; count: number }, answer: Time];
  /** The first call fills the history. */
  lbfgs: [request: { size: number; history: number; count: number }, answer: LbfgsTimes];
  memory: [request: { size: number; history: number }, answer: Memory];
}

/** A system that is written in TypeScript: `serve` gives it the driver's requests. */
export type Peer = {
  [Verb in keyof Protocol]?: (request: Protocol[Verb][0]) => Promise<Protocol[Verb][1]>;
} & { hello(request: Protocol['hello'][0]): Promise<Hello> };
