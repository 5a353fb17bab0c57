/**
 * Draws an SVG document without texts as PNG, by `@resvg/resvg-js`, which is loaded with the first one. It is an optional dependency.
 *
 * @returns null where it is not installed, or has no build for this machine
 * @throws for what is not SVG
 */
export async function drawPicture(svg: string, width: number): Promise<Uint8Array | null> {
  const drawer = await import('./resvg.js').catch(() => null);
  return drawer === null ? null : drawer.toPng(svg, width);
}
