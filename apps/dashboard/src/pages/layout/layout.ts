import { html } from 'hono/html';
import type { Viewer } from '../../access/viewer.js';
import type { Html } from '../page.js';

/** What the frame of a page shows. */
export interface LayoutParts {
  title: string;
  body: Html;
  /** Null before the login. */
  viewer: Viewer | null;
  /** What paths of links begin with: `` or `/share/TOKEN`. */
  base: string;
  /** The path of the page, without `base`. */
  path: string;
  /** For the form that logs out. */
  csrf: string;
  notice?: string | undefined;
  version: string;
}

/** Returns a whole page. */
export async function layout({ title, body, notice }: LayoutParts): Promise<string> {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – Sluice</title>
      </head>
      <body>
        <main>
          ${notice === undefined ? '' : html`<p role="status">${notice}</p>`}
          <h1 dir="auto">${title}</h1>
          ${body}
        </main>
      </body>
    </html>`;
  return String(await page);
}
