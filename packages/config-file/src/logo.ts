import path from 'node:path';
import { type ConfigFinding, LONGEST_LOGO_BYTES, toImageAddress } from '@sluice/engine';
import { isMap } from './is-map.js';
import { readBytes, UnfitFile } from './read-whole.js';
import { toErrno } from './read-text.js';

/** A config as written, with the image in the place of the file that `brand.logo` names. */
interface WithLogo {
  raw: unknown;
  /** Absolute path of the file; null where the config names none. */
  file: string | null;
  problems: ConfigFinding[];
}

/** Reads the logo that a config names, relative to `dir`. Its content decides what it is, not its name. */
export function readLogo(raw: unknown, dir: string): WithLogo {
  const name = findLogo(raw);
  if (name === null || !isMap(raw)) return { raw, file: null, problems: [] };
  const file = path.resolve(dir, name);
  const { logo: _logo, ...brand } = raw['brand'] as Record<string, unknown>;
  const refuse = (why: string): WithLogo => {
    const problem = { severity: 'error' as const, path: ['brand', 'logo'], message: `${file} ${why}` };
    return { raw: { ...raw, brand }, file, problems: [problem] };
  };
  try {
    const logo = toImageAddress(readImage(file).bytes);
    if (logo === null) return refuse('is not an image that pages can show: use SVG, PNG, WebP or JPEG');
    return { raw: { ...raw, brand: { ...brand, logo } }, file, problems: [] };
  } catch (error) {
    return refuse(`can't be read (${error instanceof UnfitFile ? error.message : toErrno(error)})`);
  }
}

/** Returns the file that `brand.logo` of a config as written names; null for none. */
export function findLogo(raw: unknown): string | null {
  const brand = isMap(raw) ? raw['brand'] : undefined;
  const logo = isMap(brand) ? brand['logo'] : undefined;
  return typeof logo === 'string' && logo !== '' ? logo : null;
}

/** Reads the file of a logo. */
export function readImage(file: string): ReturnType<typeof readBytes> {
  return readBytes(file, { bytes: LONGEST_LOGO_BYTES, text: `${LONGEST_LOGO_BYTES / 1000} kB` });
}
