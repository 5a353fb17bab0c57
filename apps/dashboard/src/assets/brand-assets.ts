import { createHash } from 'node:crypto';
import { type Config, parseImageAddress } from '@sluice/engine';
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

const EXTENSIONS: Record<string, string> = {
  'image/svg+xml': 'svg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/jpeg': 'jpg',
};

const known = new WeakMap<Config['brand'], BrandFiles>();

/** Returns the files of a config's brand, which are made once for each config. */
export function brandFiles({ brand }: Pick<Config, 'brand'>): BrandFiles {
  const files = known.get(brand) ?? { logo: toLogo(brand.logo), style: toStyle(brand.colour) };
  known.set(brand, files);
  return files;
}

function toLogo(address: string | undefined): BrandFile | null {
  const image = address === undefined ? null : parseImageAddress(address);
  if (image === null) return null;
  const path = toPath('logo', image.bytes, EXTENSIONS[image.type] ?? 'bin');
  return { path, type: image.type, body: image.bytes, isImage: true };
}

function toStyle(colour: string | undefined): BrandFile | null {
  if (colour === undefined) return null;
  const body = Buffer.from(brandStyle(colour));
  return { path: toPath('colours', body, 'css'), type: 'text/css; charset=utf-8', body, isImage: false };
}

function toPath(name: string, body: Uint8Array, extension: string): string {
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 12);
  return `/brand/${name}.${digest}.${extension}`;
}
