/** A colour as three channels from 0 to 255. */
type Rgb = readonly [red: number, green: number, blue: number];

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

/** Steps from a colour to black or white. */
const STEPS = 100;

/** What WCAG AA asks for: of text, and of what shows where a control is. */
const OF_TEXT = 4.5;
const OF_CONTROLS = 3;

/** Colours of a brand for links and controls, as hex texts. */
export interface Accent {
  link: string;
  accent: string;
  /** Of text on `accent`. */
  onAccent: string;
}

/**
 * Returns the contrast of two colours such as `#0b5cad` or `#fa0`, as WCAG 2 defines it: from 1 to 21.
 *
 * @example
 * toContrast('#000', '#ffffff'); // 21
 */
export function toContrast(one: string, other: string): number {
  return contrast(parse(one), parse(other));
}

/**
 * Returns the variants of a colour that can be read on all of these grounds: the colour itself where that is enough, else one nearer to
 * black on light grounds, and to white on dark ones.
 */
export function readableAccent(colour: string, grounds: readonly string[], scheme: 'light' | 'dark'): Accent {
  const behind = grounds.map(parse);
  const towards = scheme === 'light' ? BLACK : WHITE;
  const accent = adjust(parse(colour), { behind, towards, least: OF_CONTROLS });
  const link = adjust(parse(colour), { behind, towards, least: OF_TEXT });
  // One of both has a contrast of at least 4.58 to any colour.
  const onAccent = contrast(accent, WHITE) >= contrast(accent, BLACK) ? WHITE : BLACK;
  return { link: toHex(link), accent: toHex(accent), onAccent: toHex(onAccent) };
}

function adjust(colour: Rgb, { behind, towards, least }: { behind: readonly Rgb[]; towards: Rgb; least: number }): Rgb {
  for (let step = 0; step < STEPS; step++) {
    const mixed = mix(colour, towards, step / STEPS);
    if (behind.every((ground) => contrast(mixed, ground) >= least)) return mixed;
  }
  return towards;
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const at = (index: 0 | 1 | 2): number => Math.round(from[index] + (to[index] - from[index]) * share);
  return [at(0), at(1), at(2)];
}

function contrast(one: Rgb, other: Rgb): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(channel: number): number {
  const value = channel / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function parse(colour: string): Rgb {
  const digits = colour.slice(1);
  const whole = digits.length === 3 ? digits.replaceAll(/./g, '$&$&') : digits;
  const at = (index: number): number => Number.parseInt(whole.slice(index, index + 2), 16);
  return [at(0), at(2), at(4)];
}

function toHex(colour: Rgb): string {
  return `#${colour.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
