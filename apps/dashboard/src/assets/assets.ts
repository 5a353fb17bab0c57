import { createHash } from 'node:crypto';
import { chartStyles } from '@sluice/charts';
import { SCRIPT } from './script.js';
import { BASE_STYLE } from './style-base.js';
import { PARTS_STYLE } from './style-parts.js';

/** A file that pages name. Its address has a digest of its content, so that browsers may keep it. */
interface Asset {
  path: string;
  type: string;
  body: string;
}

function asset(name: string, type: string, body: string): Asset {
  const [stem = '', extension = ''] = name.split('.');
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 12);
  return { path: `/assets/${stem}.${digest}.${extension}`, type, body };
}

/** Returns a style sheet without what only its writers read: pages load it on slow lines. */
function compact(style: string): string {
  return style
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([{};]) ?/g, '$1')
    .replaceAll(/([:,]) /g, '$1')
    .replaceAll(';}', '}')
    .trim();
}

const css = asset(
  'sluice.css',
  'text/css; charset=utf-8',
  compact(`${BASE_STYLE}${PARTS_STYLE}${chartStyles('auto')}`),
);
const js = asset('sluice.js', 'text/javascript; charset=utf-8', SCRIPT);

/** All files that pages load. */
export const ASSETS: readonly Asset[] = [css, js];

/** Addresses of the files that every page loads. */
export const ASSET_PATHS = { css: css.path, js: js.path } as const;
