import { scaleLog } from 'd3-scale';
import type { Ceilings } from '../ceilings.js';
import { attainable } from '../figures.js';
import type { Line } from '../results.js';

/** Where a line lies in the plane of the roofline model. */
export interface Point {
  line: Line;
  /** Operations a byte. */
  intensity: number;
  /** GFLOP/s. */
  performance: number;
}

/** A ceiling: a line through the plane, in GFLOP/s as a function of operations a byte. */
export interface Roof {
  label: string;
  /** The main ones make the roof; the others tell of other ways. */
  main: boolean;
  from: readonly [intensity: number, performance: number];
  to: readonly [intensity: number, performance: number];
}

/** The lines that compute and move something; a logarithm has no place for the others. */
export function points(lines: readonly Line[]): Point[] {
  return lines
    .filter(({ flops, bytes }) => flops > 0 && bytes > 0)
    .map((line) => ({ line, intensity: line.flops / line.bytes, performance: line.gflopsPerSecond }));
}

/** The ranges of the axes: all points and the ridge, with room about them. */
export function domains(
  shown: readonly Point[],
  { f32, f16, bandwidth }: Ceilings,
): { x: [number, number]; y: [number, number] } {
  const ridge = f32.perSecond / bandwidth.perSecond;
  const top = Math.max(f32.perSecond, f16?.perSecond ?? 0) / 1e9;
  const range = (values: readonly number[], room: number): [number, number] => [
    Math.min(...values) / room,
    Math.max(...values) * room,
  ];
  return {
    x: range([ridge, ...shown.map(({ intensity }) => intensity)], 2),
    y: range([top, ...shown.map(({ performance }) => performance)], 1.7),
  };
}

/** The ceilings within the ranges of the axes. */
export function roofs({ f32, f16, bandwidth }: Ceilings, x: readonly [number, number]): Roof[] {
  const level = (label: string, perSecond: number, main: boolean): Roof => {
    const peak = perSecond / 1e9;
    const ridge = Math.max(perSecond / bandwidth.perSecond, x[0]);
    return { label, main, from: [Math.min(ridge, x[1]), peak], to: [x[1], peak] };
  };
  const slope = (label: string, perSecond: number, main: boolean): Roof => {
    const ridge = Math.min(f32.perSecond / perSecond, x[1]);
    const at = (intensity: number) => [intensity, (intensity * perSecond) / 1e9] as const;
    return { label, main, from: at(x[0]), to: at(ridge) };
  };
  return [
    level('float32', f32.perSecond, true),
    ...(f16 ? [level('float16', f16.perSecond, false)] : []),
    ...bandwidth.forms.map(({ form, perSecond }, i) => slope(`copies ${form}`, perSecond, i === 0)),
  ];
}

/** Decades and, where there are few, what lies between them. */
export function ticks([low, high]: readonly [number, number]): number[] {
  const decades = Math.log10(high / low);
  const all = scaleLog().domain([low, high]).ticks();
  const isDecade = (tick: number) => Math.abs(Math.log10(tick) - Math.round(Math.log10(tick))) < 1e-9;
  return decades > 2
    ? all.filter(isDecade)
    : all.filter((tick) => isDecade(tick) || /^[25]/.test(String(tick)));
}

/** What a point says of itself, a line each. */
export function pointText({ line, intensity, performance }: Point, ceilings: Ceilings): string[] {
  const { bound } = attainable(line, ceilings);
  const variants = Object.values(line.variants).join(' ');
  return [
    `${line.kernel} on ${line.shape}${variants ? ` (${variants})` : ''}`,
    `${round(performance)} GFLOP/s, ${round(line.gigabytesPerSecond)} GB/s, ${round(line.milliseconds)} ms`,
    `${round(intensity)} operations a byte: ${round(100 * line.rooflineFraction)} % of what ${
      bound === 'memory' ? 'copies' : 'multiply-adds'
    } allow`,
  ];
}

function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}
