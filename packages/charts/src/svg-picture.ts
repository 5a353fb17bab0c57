import { chartStyles } from './svg-styles.js';
import { escapeXml, svgText } from './svg-text.js';

/** Wraps a panel's own picture (PNG) in a stand-alone SVG document. */
export function svgPicture(title: string, png: Uint8Array): string {
  const { width, height } = pngSize(png);
  const base64 = btoa(Array.from(png, (byte) => String.fromCharCode(byte)).join(''));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart" width="${width}" height="${height + 40}" viewBox="0 0 ${width} ${height + 40}" role="img" aria-labelledby="chart-title chart-text" direction="ltr">`,
    `<title id="chart-title">${escapeXml(title)}</title>`,
    '<desc id="chart-text">picture from the panel</desc>',
    `<style>${chartStyles('light')}</style>`,
    `<rect class="chart-back" width="${width}" height="${height + 40}"/>`,
    svgText(12, 26, title, 'chart-title'),
    `<image x="0" y="40" width="${width}" height="${height}" href="data:image/png;base64,${base64}"/>`,
    '</svg>',
    '',
  ].join('\n');
}

/** Reads width and height from the first chunk of a PNG. */
function pngSize(png: Uint8Array): { width: number; height: number } {
  if (png.length < 24) return { width: 960, height: 420 };
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
