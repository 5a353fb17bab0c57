import { decimalText, type Language, toTexts } from '@sluice/messages';

const PREFIXES = ['', 'K', 'M', 'G', 'T', 'P'] as const;

/** A scale of figures: its ends, its marks, and the unit of the marks. */
export interface Axis {
  min: number;
  max: number;
  ticks: { value: number; label: string }[];
  unit: string;
}

interface Unit<Name extends string = string> {
  name: Name;
  /** How many of the figures are one of the unit. */
  size: number;
  /** Decimal places of marks that are not whole. */
  decimals?: number;
}

/** Returns a scale with about `count` marks at round figures; from zero, or below it for negative figures. */
export function plainAxis(figures: readonly number[], count: number, unit: string): Axis {
  return scaled(figures, count, { name: unit, size: 1 });
}

/** Returns a scale of bytes in the 1024-based unit that fits the largest figure. */
export function byteAxis(bytes: readonly number[], count: number): Axis {
  return scaled(bytes, count, byteUnit(highest(bytes)));
}

/** Returns a scale of amounts in a currency: its marks are whole, or have two decimal places. */
export function moneyAxis(amounts: readonly number[], count: number, currency: string): Axis {
  return scaled(amounts, count, { name: currency, size: 1, decimals: 2 });
}

/** Returns bytes as text in the unit that fits, with two decimal places at most: `1.5 GB`; in a language, by default English. */
export function bytesText(bytes: number, language: Language = 'en'): string {
  const { name, size } = byteUnit(Math.abs(bytes));
  const figure = decimalText(String(Math.round((bytes / size) * 100) / 100), language);
  return toTexts(language).text(`unit.${name}`, { size: figure });
}

/** Returns the unit of an axis in a language: those of bytes have names in some. */
export function unitText(unit: string, language: Language): string {
  return isByteUnit(unit) ? toTexts(language).text(`unit.${unit}`, { size: '' }).trim() : unit;
}

type ByteUnit = `${(typeof PREFIXES)[number]}B`;

const isByteUnit = (unit: string): unit is ByteUnit => PREFIXES.some((prefix) => unit === `${prefix}B`);

function byteUnit(bytes: number): Unit<ByteUnit> {
  let power = 0;
  while (power < PREFIXES.length - 1 && bytes >= 1024 ** (power + 1)) power++;
  return { name: `${PREFIXES[power] ?? ''}B`, size: 1024 ** power };
}

function highest(figures: readonly number[]): number {
  return figures.reduce((high, figure) => Math.max(high, figure), 0);
}

function scaled(figures: readonly number[], count: number, unit: Unit): Axis {
  const bottom = figures.reduce((low, figure) => Math.min(low, figure), 0) / unit.size;
  const top = highest(figures) / unit.size;
  // Marks above it would be parts of nothing.
  if (top <= bottom) return { min: 0, max: unit.size, ticks: [{ value: 0, label: '0' }], unit: unit.name };
  const step = roundStep((top - bottom) / count);
  const min = Math.floor(bottom / step + 1e-9) * step;
  const steps = Math.max(1, Math.ceil((top - min) / step - 1e-9));
  const needed = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const decimals = needed === 0 ? 0 : Math.max(needed, unit.decimals ?? 0);
  const ticks = Array.from({ length: steps + 1 }, (_, n) => {
    const value = min + n * step;
    return { value: value * unit.size, label: value.toFixed(Math.min(decimals, 20)) };
  });
  return { min: min * unit.size, max: (min + steps * step) * unit.size, ticks, unit: unit.name };
}

/** Returns the nearest 1, 2 or 5 times a power of ten. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const off = (factor: number): number => Math.abs(Math.log((factor * power) / step));
  return [1, 2, 5, 10].reduce((best, factor) => (off(factor) < off(best) ? factor : best)) * power;
}
