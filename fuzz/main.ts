/** @file `npm run fuzz`: the readers of weights against damaged files. Ends with 1 if any misbehaved. */
import { CommanderError } from 'commander';
import { campaign, type Tally } from './campaign.js';
import { FORMATS } from './formats.js';
import { parseOptions } from './options.js';
import { READER } from './reader.js';
import { report } from './report.js';

try {
  const { format, mutations, case: only } = parseOptions(process.argv);
  const [begin, end] = only === undefined ? [0, mutations] : [only, only + 1];
  const tallies: Tally[] = [];
  for (const { name } of FORMATS.filter(({ name }) => format === undefined || name === format)) {
    process.stderr.write(`${name} …\n`);
    tallies.push(await campaign({ format: name, begin, end, reader: READER }));
  }
  console.log(report(tallies));
  process.exitCode = tallies.some(({ findings }) => findings.length > 0) ? 1 : 0;
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2; // it has been said already
}
