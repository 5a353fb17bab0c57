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
  /** By its logo, else drawn ones in its colour. */
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
  const own = logo === null ? null : toOwnIcons(logo);
  // Telephones of Apple accept no SVG, and no other picture is made of a logo here.
  const touchIcon = own?.find(({ type }) => type === 'image/png') ?? drawn[0];
  return { logo, style: toStyle(brand.colour), icons: own ?? drawn, touchIcon, colour };
}

/** The colour of icons without one of a provider. */
const COLOUR = '#0b5cad';

/** Shortest side of an image that is large enough for an icon. */
const LEAST_SIDE = 192;

/** Returns a logo as icons; launchers refuse small ones and those that are not square, so that these stand on a square. */
function toOwnIcons(logo: BrandFile): BrandIcon[] {
  if (logo.type === 'image/svg+xml') return [{ ...logo, sizes: 'any', purpose: 'any' }];
  const header = Buffer.from(logo.body);
  const isPng = logo.type === 'image/png';
  const [width, height] = isPng ? [header.readUInt32BE(16), header.readUInt32BE(20)] : [0, 0];
  if (isPng && width === height && width >= LEAST_SIDE)
    return [{ ...logo, sizes: `${width}x${height}`, purpose: 'any' }];
  return [onSquare(logo, 'any'), onSquare(logo, 'maskable')];
}

/** Side of the square that a logo is put on. */
const SIDE = 512;

/** Width of a logo on its square: of what launchers may cut, all of it is within the circle that they leave. */
const LOGO_WIDTHS = { any: 416, maskable: 288 };

/** Returns a logo in the middle of a white square, as an SVG: most logos are made for light pages, and would not be seen on their own colour. */
function onSquare({ type, body }: BrandFile, purpose: BrandIcon['purpose']): BrandIcon {
  const [width, image] = [LOGO_WIDTHS[purpose], Buffer.from(body).toString('base64')];
  const place = (SIDE - width) / 2;
  const svg = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}" viewBox="0 0 ${SIDE} ${SIDE}">` +
      `<rect width="${SIDE}" height="${SIDE}" fill="#fff"/>` +
      `<image x="${place}" y="${place}" width="${width}" height="${width}" href="data:${type};base64,${image}"/></svg>`,
  );
  const path = toBrandPath(`icon-${purpose}`, svg, 'svg');
  return { path, type: 'image/svg+xml', body: svg, isImage: true, sizes: 'any', purpose };
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
