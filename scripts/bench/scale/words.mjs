/** A number with as many digits as are worth reading: 1,234, 12.3, 0.0123. */
export function number(value) {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.min(6, digits) });
}

/** Bytes in the unit that fits. */
export function bytes(value) {
  const power = value < 1 ? 0 : Math.min(4, Math.floor(Math.log10(value) / 3));
  return `${number(value / 1000 ** power)} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`;
}

/** Seconds in the unit that fits. */
export function seconds(value) {
  if (value === 0) return '0 s';
  if (value < 1) return `${number(value * 1000)} ms`;
  return value < 600 ? `${number(value)} s` : value < 7200 ? `${number(value / 60)} min` : `${number(value / 3600)} h`;
}

export const percent = (share) => `${number(Math.round(share * 1000) / 10)} %`;

/** The names of the kinds of panels. */
export const KIND_NAMES = { easydcim: 'EasyDCIM', flvx: 'FLVX', hiddify: 'Hiddify' };
