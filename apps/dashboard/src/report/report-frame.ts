import { createHash } from 'node:crypto';
import { chartStyles } from '@sluice/charts';
import { BASE_STYLE } from '../assets/style-base.js';
import { PARTS_STYLE } from '../assets/style-parts.js';
import { brandTitle, type WholeBrand } from '../layout/brand.js';
import { html } from '../layout/html.js';
import type { Wording } from '../layout/wording.js';
import { REPORT_STYLE } from './report-style.js';

const STYLE = `${BASE_STYLE}${PARTS_STYLE}${chartStyles()}${REPORT_STYLE}`;

/** The page may use its style and the images in it, and nothing else: no script, no request. */
function toPolicy(style: string, { hasImage }: { hasImage: boolean }): string {
  const hash = createHash('sha256').update(style).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}';${hasImage ? ' img-src data:;' : ''} base-uri 'none'; form-action 'none'`;
}

/** Returns a report up to its body, in the language of its reader; `brand`: of the provider, null for staff. */
export function reportHead(
  title: string,
  { wording, brand }: { wording: Pick<Wording, 'language' | 'direction'>; brand: WholeBrand | null },
): string {
  const style = `${STYLE}${brand?.colours ?? ''}`;
  const { language, direction } = wording;
  return `<!doctype html>
<html lang="${language}"${direction === 'rtl' ? ' dir="rtl"' : ''}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${toPolicy(style, { hasImage: brand !== null && brand.logo !== null })}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
${String(brand === null ? html`<title>${title}</title>` : brandTitle(brand, title))}
<style>${style}</style>
</head>
<body>
`;
}
