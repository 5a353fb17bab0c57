import { randomBytes } from 'node:crypto';
import { realClock } from '@sluice/engine';
import { closeAfterTest } from '../../each-test.js';
import type { Bench } from '../../harness.js';
import { serveOn } from '../../serve-on.js';

/** A page as its reader sees it. */
export interface ReadPage {
  status: number;
  /** The address after redirects, below the share link. */
  path: string;
  html: string;
  /** The main part in one line, without markup. */
  text: string;
}

/** The pages behind a share link, as a browser without script reads them from a running server. */
export class CustomerPages {
  private constructor(
    private readonly link: string,
    private readonly origin: string,
  ) {}

  /** Starts `serve` beside the commands of a bench, until the test ends, and makes a link for a client. */
  static async open(bench: Bench, client: string, rights = ''): Promise<CustomerPages> {
    // A purchase waits a little for a panel: really, since the server must go on.
    const clock = { now: bench.clock.now, sleep: realClock.sleep };
    const serving = await serveOn(bench, 'serve --listen 127.0.0.1:0', { clock });
    closeAfterTest({ close: () => serving.stop().then(() => undefined) });
    const made = await bench.sluice(`report --client ${client} --share 7d ${rights} --json`.replace(/ +/g, ' '));
    const { url } = made.json<{ url: string }>();
    return new CustomerPages(new URL(url).pathname, serving.url);
  }

  /** Reads a page, such as `/services/svc-1`; `''` is the first. */
  async read(path = '', language = 'en'): Promise<ReadPage> {
    return this.#show(await fetch(this.#at(path), { headers: { 'accept-language': language } }));
  }

  /** Sends the form on a page whose address ends so, with what the customer fills in. */
  async send(page: ReadPage, action: string, filled: Record<string, string> = {}): Promise<ReadPage> {
    const forms = page.html.match(/<form[^>]*method="post"[\s\S]*?<\/form>/g) ?? [];
    const form = forms.find((text) => new RegExp(`action="[^"]*${action}"`).test(text));
    if (form === undefined) throw new Error(`The page has no form to ${action}: ${page.text}`);
    const inputs = [...form.matchAll(/<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"/g)];
    const fields = Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, plain(value)]));
    const [, to = ''] = /action="([^"]*)"/.exec(form) ?? [];
    const body = new URLSearchParams({ key: randomBytes(16).toString('base64url'), ...fields, ...filled });
    return this.#show(await fetch(new URL(plain(to), this.origin), { method: 'POST', body }));
  }

  /** Returns a file, such as a bill. */
  async file(path: string): Promise<string> {
    const answer = await fetch(this.#at(path));
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.text();
  }

  #at(path: string): URL {
    return new URL(`${this.link}${path}`, this.origin);
  }

  async #show(answer: Response): Promise<ReadPage> {
    const html = await answer.text();
    const path = answer.url.slice(this.origin.length + this.link.length);
    return { status: answer.status, path, html, text: toText(html) };
  }
}

/** Returns the cells of the table with a caption, row by row, as they are read; with titles, only those of these columns. */
export function readTable({ html }: ReadPage, caption: string, titles?: readonly string[]): string[][] {
  const [, table = ''] = new RegExp(`<caption[^>]*>${caption}</caption>([\\s\\S]*?)</table>`).exec(html) ?? [];
  const [head = [], ...rows] = [...table.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<t[dh][^>]*>([\s\S]*?)<\/t[dh]>/g)].map(([, cell = '']) => toText(cell)),
  );
  return titles === undefined ? rows : rows.map((cells) => titles.map((title) => cells[head.indexOf(title)] ?? ''));
}

/** Returns the fields of facts and tables beside each other, as they are read. */
function toText(page: string): string {
  const main = /<main[\s\S]*<\/main>/.exec(page)?.[0] ?? page;
  const text = main.replace(/<svg[\s\S]*?<\/svg\s*>/g, ' ').replace(/<[^>]*>/g, ' ');
  return plain(text).replace(/\s+/g, ' ').trim();
}

/** Returns text as it was before it was written into HTML. */
function plain(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' };
  return text
    .replace(/&#(x?)([\da-f]+);/gi, (_, hex: string, code: string) =>
      String.fromCodePoint(Number.parseInt(code, hex === '' ? 10 : 16)),
    )
    .replace(/&(\w+);/g, (whole, name: string) => named[name] ?? whole);
}
