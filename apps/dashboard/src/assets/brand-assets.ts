import type { Config } from '@sluice/engine';
import { brandLogo, toBrandPath, toContrast } from '@sluice/engine/words';
import { brandStyle } from './brand-style.js';
import { drawIcon } from './draw-icon.js';

/** A file of the provider that pages for clients load. Its address has a digest of its content, so that browsers may keep it. */
interface BrandFile {
  path: string;
  type: string;
  body: Uint8Array;
  /** Whether it is an image, in which somebody else may have put a script. */
  isImage: boolean;
}

/** An icon of the pages as an app on a telephone. */
interface BrandIcon extends BrandFile {
  /** As in a manifest: `512x512`, or `any`. */
  sizes: string;
  /** What launchers may cut to a shape of their own is `maskable`. */
  purpose: 'any' | 'maskable';
}

/** The files of a config's brand; null for what it does not state. */
export interface BrandFiles {
  logo: BrandFile | null;
  style: BrandFile | null;
  /** Its logo where that is one for an icon, else drawn ones in its colour. */
  icons: readonly BrandIcon[];
  /** One of those or a drawn one, as a PNG. */
  touchIcon: BrandIcon;
  /** Its colour, or that of our pages. */
  colour: string;
}

const known = new WeakMap<Config['brand'], BrandFiles>();

/** Returns the files of a config's brand, which are made once for each config. */
export function brandFiles({ brand }: Pick<Config, 'brand'>): BrandFiles {
  const files = known.get(brand) ?? makeFiles(brand);
  known.set(brand, files);
  return files;
}

function makeFiles(brand: Config['brand']): BrandFiles {
  const logo = toLogo(brand);
  const colour = toLong(brand.colour ?? COLOUR);
  const drawn = toDrawn(colour);
  const own = logo === null ? null : toOwnIcon(logo);
  const [first] = drawn;
  const touchIcon = own?.type === 'image/png' ? own : first;
  return { logo, style: toStyle(brand.colour), icons: own === null ? drawn : [own], touchIcon, colour };
}

/** The colour of icons without one of a provider. */
const COLOUR = '#0b5cad';

/** Shortest side of an image that is large enough for an icon. */
const LEAST_SIDE = 192;

/** Returns a logo as an icon; null for one that launchers refuse: a small one, or one that is not square. */
function toOwnIcon(logo: BrandFile): BrandIcon | null {
  if (logo.type === 'image/svg+xml') return { ...logo, sizes: 'any', purpose: 'any' };
  if (logo.type !== 'image/png') return null;
  const header = Buffer.from(logo.body);
  const [width, height] = [header.readUInt32BE(16), header.readUInt32BE(20)];
  if (width !== height || width < LEAST_SIDE) return null;
  return { ...logo, sizes: `${width}x${height}`, purpose: 'any' };
}

function toDrawn(colour: string): readonly [BrandIcon, ...BrandIcon[]] {
  const ink = toContrast(colour, '#ffffff') >= toContrast(colour, '#000000') ? '#ffffff' : '#000000';
  const draw = (side: number, purpose: BrandIcon['purpose']): BrandIcon => {
    const body = drawIcon(side, { ground: colour, ink });
    const path = toBrandPath(`icon-${side}`, body, 'png');
    return { path, type: 'image/png', body, isImage: true, sizes: `${side}x${side}`, purpose };
  };
  return [draw(192, 'any'), draw(512, 'any'), draw(512, 'maskable')];
}

/** Returns a colour such as `#fd0` with six digits. */
function toLong(colour: string): string {
  return colour.length === 4 ? colour.replace(/[\da-f]/gi, '$&$&') : colour;
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
