/** @file `npm run bench`: what the adapter can do, and how near to that each kernel comes. */
import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { UserError } from '../src/errors.js';
import { Gpu } from '../src/gpu/gpu.js';
import { canTimeSteps } from '../src/gpu/timing.js';
import { openDawn } from '../src/node/dawn.js';
import { casesAt } from './kernels.js';
import { measureCase, type Case, type Measurement } from './measure.js';
import { headingLine, measurementLine } from './report.js';
import { measureRoofline } from './roofline.js';
import { digits } from './table.js';

const DEFAULT_SIZES: number[] = [128, 256];

interface Options {
  json?: string;
  kernel?: string[];
  size: number[];
  force: [operation: string, variant: string][];
  adapter?: string;
}

const command = new Command('bench')
  .description('Measure the adapter, then every kernel against it.')
  .option('--kernel <names...>', 'only these, e.g. conv2d, or conv2d.dInput')
  .option('--size <pixels...>', 'sides of the image', parseSize, DEFAULT_SIZES)
  .option('--force <operation=variant...>', 'run this variant of an operation', parseForce, [])
  .option('--adapter <name>', 'the adapter to use, or a part of its name')
  .option('--json <file>', 'also write all figures to this file');

try {
  await main(command.parse().opts<Options>());
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}

async function main({ json, kernel, size, force, adapter }: Options): Promise<void> {
  const cases = select(size.flatMap(casesAt), kernel);
  const dawn = await openDawn({ adapter });
  const gpu = await Gpu.request(dawn.gpu);
  try {
    for (const [operation, variant] of force) gpu.variants.force(operation, variant);
    const clock = canTimeSteps(gpu.device) ? "the GPU's clock" : "the host's clock";
    console.log(`${gpu.facts.description || gpu.facts.device || gpu.facts.vendor}, timed by ${clock}`);
    const roofline = await measureRoofline(gpu);
    const [peak, bandwidth] = [roofline.flops, roofline.bandwidth].map((rate) => digits(rate / 1e9));
    console.log(`${peak} GFLOP/s in float32 multiply-adds, ${bandwidth} GB/s in copies\n`);

    console.log(headingLine());
    const kernels: Measurement[] = [];
    for (const item of cases) {
      const measurement = await measureCase(gpu, roofline, item);
      console.log(measurementLine(measurement));
      kernels.push(measurement);
    }
    if (json) {
      const report = { adapter: gpu.facts, clock, roofline, kernels };
      writeFileSync(json, JSON.stringify(report, undefined, 2) + '\n');
    }
  } finally {
    gpu.dispose();
    dawn.close();
  }
}

function select(cases: readonly Case[], names: readonly string[] | undefined): readonly Case[] {
  if (!names) return cases;
  const known = new Set(cases.map(({ kernel }) => kernel));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new UserError(`No kernel is called ${unknown.join(' or ')}; choose from ${[...known].join(', ')}.`);
  }
  return cases.filter(({ kernel }) => names.includes(kernel));
}

function parseSize(value: string, previous: number[]): number[] {
  const size = Number(value);
  if (!Number.isInteger(size) || size < 4) throw new InvalidArgumentError('Give a whole number from 4 up.');
  return previous === DEFAULT_SIZES ? [size] : [...previous, size];
}

function parseForce(value: string, previous: [string, string][]): [string, string][] {
  const [operation, variant, ...rest] = value.split('=');
  if (!operation || !variant || rest.length > 0) throw new InvalidArgumentError('Write it as conv2d=direct.');
  return [...previous, [operation, variant]];
}
