import { brandLogo, type Config, toBrandPath } from '@sluice/engine';
import { brandStyle } from './brand-style.js';

/** A file of the provider that pages for clients load. Its address has a digest of its content, so that browsers may keep it. */
interface BrandFile {
  path: string;
  type: string;
  body: Uint8Array;
  /** Whether it is an image, in which somebody else may have put a script. */
  isImage: boolean;
}

/** The files of a config's brand; null for what it does not state. */
export interface BrandFiles {
  logo: BrandFile | null;
  style: BrandFile | null;
}

const known = new WeakMap<Config['brand'], BrandFiles>();

/** Returns the files of a config's brand, which are made once for each config. */
export function brandFiles({ brand }: Pick<Config, 'brand'>): BrandFiles {
  const files = known.get(brand) ?? { logo: toLogo(brand), style: toStyle(brand.colour) };
  known.set(brand, files);
  return files;
}

function toLogo(brand: Config['brand']): BrandFile | null {
  const logo = brandLogo(brand);
  return logo === null ? null : { ...logo, isImage: true };
}

function toStyle(colour: string | undefined): BrandFile | null {
  if (colour === undefined) return null;
  const body = Buffer.from(brandStyle(colour));
  return { path: toBrandPath('colours', body, 'css'), type: 'text/css; charset=utf-8', body, isImage: false };
}
