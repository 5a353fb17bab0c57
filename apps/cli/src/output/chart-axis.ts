const PREFIXES = ['', 'K', 'M', 'G', 'T', 'P'];

/** A scale of figures: its ends, its marks, and the unit of the marks. */
export interface Axis {
  min: number;
  max: number;
  ticks: { value: number; label: string }[];
  unit: string;
}

/** Returns a scale with about `count` marks at round figures; from zero, or below it for negative figures. */
export function plainAxis(figures: number[], count: number, unit: string): Axis {
  return scaled(figures, count, unit, 1);
}

/** Returns a scale of bytes in the 1024-based unit that fits the largest figure. */
export function byteAxis(bytes: number[], count: number): Axis {
  const highest = Math.max(0, ...bytes);
  let power = 0;
  while (power < PREFIXES.length - 1 && highest >= 1024 ** (power + 1)) power++;
  return scaled(bytes, count, `${PREFIXES[power] ?? ''}B`, 1024 ** power);
}

function scaled(figures: number[], count: number, unit: string, one: number): Axis {
  const bottom = figures.reduce((low, figure) => Math.min(low, figure), 0) / one;
  const highest = figures.reduce((high, figure) => Math.max(high, figure), 0) / one;
  const top = highest > bottom ? highest : bottom + 1;
  const step = roundStep((top - bottom) / count);
  const min = Math.floor(bottom / step + 1e-9) * step;
  const steps = Math.max(1, Math.ceil((top - min) / step - 1e-9));
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks = Array.from({ length: steps + 1 }, (_, n) => {
    const value = min + n * step;
    return { value: value * one, label: value.toFixed(decimals) };
  });
  return { min: min * one, max: (min + steps * step) * one, ticks, unit };
}

/** Returns the nearest 1, 2 or 5 times a power of ten. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const off = (factor: number): number => Math.abs(Math.log((factor * power) / step));
  return [1, 2, 5, 10].reduce((best, factor) => (off(factor) < off(best) ? factor : best)) * power;
}
