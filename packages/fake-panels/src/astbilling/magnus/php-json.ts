/** A number that PHP read from a 4-byte column: six significant digits, with an exponent when it is small. */
export class PhpFloat {
  constructor(readonly value: number) {}

  toString(): string {
    const value = Number(Math.fround(this.value).toPrecision(6));
    if (value === 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e15)) return String(value);
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    return `${digits.includes('.') ? digits : `${digits}.0`}e${exponent}`;
  }
}

/** Writes JSON as PHP's `json_encode` does: slashes and everything that is not ASCII escaped. */
export function phpJson(value: unknown): string {
  if (value instanceof PhpFloat) return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => phpJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return scalar(value);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{${entries.map(([key, inner]) => `${scalar(key)}:${phpJson(inner)}`).join(',')}}`;
}

function scalar(value: unknown): string {
  return JSON.stringify(value)
    .replace(/\//g, '\\/')
    .replace(/[\u0080-\uffff]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
