import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { World } from './world.js';

const executable = process.env['SLUICE_CHROMIUM'] ?? '/usr/bin/chromium';

/** Why there are no browser tests here; null where a browser is installed. */
export const noBrowser: string | null = existsSync(executable) ? null : `no browser at ${executable}`;

/**
 * Why no more of the pages is looked at in a browser than their main paths, six of them for axe-core, and a picture of each reader's; null
 * where all is.
 */
export const whyNotMore: string | null =
  noBrowser ?? (process.env['SLUICE_LONG'] === '1' ? null : 'in npm run test:long');

/** Returns the part of a test's name that says why it is skipped. */
export const because = (reason: string | null): string => (reason === null ? '' : ` (${reason})`);

/** Starts the browser. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: executable,
    args: ['--no-sandbox', '--font-render-hinting=none', '--disable-lcd-text'],
  });
}

/** How pages are looked at. */
export interface View {
  width?: number;
  height?: number;
  scheme?: 'light' | 'dark';
  rtl?: boolean;
  /** The browser's language; default by `rtl`. */
  locale?: string;
  script?: boolean;
}

/** A page of a logged-in visitor, and what went wrong in it. */
export interface Visit {
  context: BrowserContext;
  page: Page;
  /** Errors of the console, failed requests, and requests to other hosts. */
  problems: string[];
}

/** Opens a window on a world. */
export async function visit(
  browser: Browser,
  { bench, cookie }: Pick<World, 'bench' | 'cookie'>,
  view: View = {},
): Promise<Visit> {
  const { width = 1440, height = 900, scheme = 'light', rtl = false, script = true } = view;
  const { locale = rtl ? 'fa-IR' : 'en-GB' } = view;
  const { url } = bench.dashboard;
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height },
    colorScheme: scheme,
    javaScriptEnabled: script,
    locale,
    reducedMotion: 'reduce',
  });
  const [name = '', value = ''] = cookie.split('=');
  await context.addCookies([{ name, value, url }]);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:'))
      problems.push(`request to ${request.url()}`);
  });
  return { context, page, problems };
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Returns what axe-core finds on the page. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  // As a script of the debugger: the page's policy refuses others.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { run } = (globalThis as unknown as { axe: { run: () => Promise<AxeResult> } }).axe;
    const { violations } = await run();
    return violations.map(
      ({ id, help, nodes }) =>
        `${id}: ${help}: ${nodes
          .map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary}`)
          .slice(0, 3)
          .join(' | ')}`,
    );
  });
}

interface AxeResult {
  violations: { id: string; help: string; nodes: { target: string[]; failureSummary: string }[] }[];
}

/** Returns what identifies how this machine draws text. */
export async function fontSignature(browser: Browser): Promise<string> {
  const page = await browser.newPage();
  try {
    const widths = await page.evaluate<string[]>(`(() => {
      const context = document.createElement('canvas').getContext('2d');
      return ['14px system-ui', 'bold 22px system-ui', '12px monospace'].map((font) => {
        context.font = font;
        return context.measureText('Remaining 104.00 GB سرور مجازی').width.toFixed(2);
      });
    })()`);
    return `${browser.version().split('.')[0] ?? ''} ${widths.join(' ')}`;
  } finally {
    await page.close();
  }
}
