import { describe, expect, it } from '@jest/globals';
import { drawPicture } from './index.js';

const isThere = await import('@resvg/resvg-js').then(
  () => true,
  () => false,
);
const title = isThere ? 'pictures of mails' : 'pictures of mails (skipped: @resvg/resvg-js is not installed)';

(isThere ? describe : describe.skip)(title, () => {
  it('are PNG, as wide as asked for', async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><rect width="20" height="10" fill="#f00"/></svg>';
    const png = Buffer.from((await drawPicture(svg, 40)) ?? []);
    expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([40, 20]);
  });

  it('refuse what is not SVG', async () => {
    await expect(drawPicture('<p>', 40)).rejects.toThrow();
  });
});
