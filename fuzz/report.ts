import { table } from '../src/cli/table.js';
import type { Finding, Tally } from './campaign.js';

/** How many findings of a format are told one by one. */
const TOLD = 10;

/** The table, and below it what was found, each with the command that examines it again. */
export function report(tallies: readonly Tally[]): string {
  const heads = [
    'format',
    'mutations',
    'tensor sets',
    'in part',
    'refused',
    'crashes',
    'hangs > 1 s',
    'over 4 × size',
  ];
  const rows = tallies.map(({ format, mutations, outcomes, findings }) => {
    const { whole, partly, refused } = outcomes;
    const count = (what: Finding['what']) => findings.filter((finding) => finding.what === what).length;
    const found = [count('crash'), count('hang'), count('greed')];
    return [format, ...[mutations, whole, partly, refused, ...found].map(String)];
  });
  return [...table([heads, ...rows]), ...tallies.flatMap(findings)].join('\n');
}

function findings({ format, findings }: Tally): string[] {
  const told = findings.slice(0, TOLD).flatMap(({ number, what, why }) => {
    return ['', `${what}: npm run fuzz -- --format ${format} --case ${number}`, why];
  });
  return findings.length > TOLD ? [...told, '', `… and ${findings.length - TOLD} more in ${format}`] : told;
}
