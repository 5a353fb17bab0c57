import { renderAsync } from '@resvg/resvg-js';

/** Draws an SVG document as PNG of so many pixels across; texts in it are left out. */
export async function toPng(svg: string, width: number): Promise<Uint8Array> {
  // Which fonts a machine has changes nothing then, and they need not be searched for.
  const image = await renderAsync(svg, {
    font: { loadSystemFonts: false },
    fitTo: { mode: 'width', value: width },
    logLevel: 'off',
  });
  return image.asPng();
}
