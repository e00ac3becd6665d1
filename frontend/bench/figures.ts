// Figures and how they are printed.

export const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
};

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Frames of one gesture. */
export interface Frames {
  lengths: number[];
  /** Milliseconds of CPU for each frame, over all of the browser's processes. */
  cpu: number;
}

export const ms = (v: number): string => (v < 100 ? v.toFixed(1) : Math.round(v).toLocaleString('en')) + ' ms';

export const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

export const framesText = (f: Frames): string =>
  `${median(f.lengths).toFixed(1)} / ${quantile(f.lengths, 0.95).toFixed(1)} ms, ${f.cpu.toFixed(0)} ms CPU`;

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** How many times as long the other's frames take, and its CPU: where both keep up with the display only that tells. */
export const ahead = (ours: Frames, other: Frames): string =>
  `${(mean(other.lengths) / mean(ours.lengths)).toFixed(1)} ×, CPU ${(other.cpu / ours.cpu).toFixed(1)} ×`;

/** 60 frames a second up to 500 nodes, 30 up to 2,000; beyond, whatever is usable. */
export function verdict(f: Frames, nodes: number): string {
  if (nodes > 2000) return '';
  const [middle, most] = nodes > 500 ? [34, Infinity] : [17, 25];
  return median(f.lengths) <= middle && quantile(f.lengths, 0.95) <= most ? 'met' : 'missed';
}
