import type { Browser } from 'playwright-core';
import { fontSignature, type View, visit } from './browser.js';
import { type Compared, compareScreen, isSameMachine } from './screens.js';
import type { World } from './world.js';

/** Whether all kept pictures are compared, and not only a few. */
export const ALL_PICTURES = process.env['SLUICE_LONG'] === '1' || process.env['SLUICE_UPDATE_SCREENSHOTS'] === '1';

/** A kept picture of a page. */
export interface Picture extends Required<Pick<View, 'width' | 'scheme' | 'rtl'>> {
  page: string;
  /** Number of services of its world. */
  services: number;
}

/** How a page looks, and what is wrong with it. */
export interface Look {
  compared: Compared;
  /** Pixels by which the page is wider than its window. */
  overflow: unknown;
  problems: string[];
}

/** What a page without faults looks like. */
export const AS_KEPT: Look = { compared: { same: true }, overflow: 0, problems: [] };

/** Returns the name of the file of a picture. */
export function toName({ page, services, rtl, scheme, width }: Picture): string {
  return `${page}-${services}-${rtl ? 'rtl' : 'ltr'}-${scheme}-${width}`;
}

/** Takes a picture of a page and compares it with the kept one; where other fonts are installed, all pass. */
export async function lookAt(
  browser: Browser,
  world: Pick<World, 'bench' | 'cookie'>,
  picture: Picture,
  { path, height = 900, isWhole = false }: { path: string; height?: number; isWhole?: boolean },
): Promise<Look> {
  const name = toName(picture);
  if (!isSameMachine(await fontSignature(browser))) {
    process.stderr.write(
      `${name}: not compared, because this machine has other fonts than that of the kept pictures\n`,
    );
    return AS_KEPT;
  }
  const { width, scheme, rtl } = picture;
  const { context, page, problems } = await visit(browser, world, { width, scheme, rtl, height });
  try {
    await page.goto(path);
    // The fakes have another port each time.
    await page.evaluate(`for (const link of document.querySelectorAll('a[rel~=noopener]'))
      link.textContent = link.textContent.replace(/127\\.0\\.0\\.1:\\d+/, 'panel.example')`);
    const compared = compareScreen(name, await page.screenshot({ fullPage: isWhole }));
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    return { compared, overflow, problems };
  } finally {
    await context.close();
  }
}

/** Worlds by key, each started when it is first asked for. */
export class Worlds<W extends Pick<World, 'close'>> {
  readonly #started = new Map<string, Promise<W>>();

  get(key: string, start: () => Promise<W>): Promise<W> {
    const world = this.#started.get(key) ?? start();
    this.#started.set(key, world);
    return world;
  }

  /** Closes all; one that did not start has failed its own test. */
  async close(): Promise<void> {
    const started = await Promise.allSettled(this.#started.values());
    for (const result of started) if (result.status === 'fulfilled') await result.value.close();
  }
}
