import type { BrandSettings } from './brand-schema.js';
import { parseImageAddress } from './image-address.js';

/** The logo of a provider as a file of the dashboard. */
export interface BrandLogo {
  /** With a digest of its content, so that browsers may keep it. */
  path: string;
  /** Such as `image/png`. */
  type: string;
  body: Uint8Array;
}

const EXTENSIONS: Record<string, string> = {
  'image/svg+xml': 'svg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/jpeg': 'jpg',
};

/** Returns the logo of a brand; null for none. */
export function brandLogo({ logo }: Pick<BrandSettings, 'logo'>): BrandLogo | null {
  const image = logo === undefined ? null : parseImageAddress(logo);
  if (image === null) return null;
  const path = toBrandPath('logo', image.bytes, EXTENSIONS[image.type] ?? 'bin');
  return { path, type: image.type, body: image.bytes };
}

/** Returns the path of a file of the brand, such as `/brand/logo.0f3a….png`. */
export function toBrandPath(name: string, body: Uint8Array, extension: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 12);
  return `/brand/${name}.${digest}.${extension}`;
}
