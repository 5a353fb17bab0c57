import { beforeAll, describe, expect, it } from '@jest/globals';
import { startBench, useBench } from '../test/dashboard-bench.js';
import { Link } from '../test/share-link.js';

const NAME = `می\u200Cزبان <script>alert("1")</script> & 'Co'`;
const SHOWN = 'می\u200Cزبان &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;Co&#39;';
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
const BRAND = {
  name: NAME,
  logo: `data:image/svg+xml;base64,${Buffer.from(SVG).toString('base64')}`,
  colour: '#fd0',
  contact: 'help@example.com',
  terms: 'https://example.com/terms?a=1&b="2"',
};

const at = useBench({ config: { brand: BRAND } });
let link: Link;
beforeAll(async () => {
  await at.addService(1, 'c-1');
  link = await Link.open(at, { client: 'c-1' });
});

const headOf = (page: string): string => page.slice(0, page.indexOf('<main'));
const footOf = (page: string): string => page.slice(page.indexOf('<footer'));
const findPaths = (page: string): string[] =>
  [...page.matchAll(/(?:href|src)="(\/brand\/[^"]*)"/g)].map(([, path = '']) => path);

describe('the brand of a provider', () => {
  it('stands on pages for clients in the place of Sluice, escaped', async () => {
    const token = await at.token('client:c-1');
    const pages = [
      await (await link.get('/')).text(),
      await (await link.get('/services/svc-1')).text(),
      await (await link.get('/services/svc-9')).text(),
      await (await at.fetch('/', { cookie: await at.login(token) })).text(),
    ];
    for (const page of pages) {
      expect(headOf(page)).toContain(` · ${SHOWN}</title>`);
      expect(headOf(page)).toContain(`<bdi>${SHOWN}</bdi>`);
      expect(headOf(page)).not.toContain('Sluice');
      expect(page).not.toContain('<script>');
      expect(footOf(page)).toContain('<a href="mailto:help@example.com" rel="noopener" dir="ltr">');
      expect(footOf(page)).toContain(
        '<a href="https://example.com/terms?a=1&amp;b=&quot;2&quot;" rel="noopener">Terms</a>',
      );
      expect(page.match(/Sluice/g)).toEqual(['Sluice']);
      expect(footOf(page)).toContain('<small>Made with <bdi>Sluice</bdi></small>');
    }
    const persian = footOf(await (await link.get('/?language=fa')).text());
    expect(persian).toContain('>شرایط استفاده</a>');
    expect(persian).toContain('<small>ساخته\u200Cشده با <bdi>Sluice</bdi></small>');
  });

  it('stands where a link has ended, without a way to the login of operators', async () => {
    for (const path of ['/share/none', '/share/none/services/svc-1', `/share/${link.token}/none`]) {
      const answer = await at.fetch(path);
      const page = await answer.text();
      expect([path, answer.status]).toEqual([path, 404]);
      expect(headOf(page)).toContain(`<bdi>${SHOWN}</bdi>`);
      expect(page).toContain('href="mailto:help@example.com"');
      expect(page).not.toMatch(/href="\/"|Back to the overview/);
    }
  });

  it('is not that of the pages of staff', async () => {
    const cookie = await at.login();
    for (const path of ['/', '/services/svc-1']) {
      const page = await (await at.fetch(path, { cookie })).text();
      expect(headOf(page)).toContain('· Sluice</title>');
      expect(page).not.toMatch(/\/brand\/|Made with/);
      expect(footOf(page)).toContain('Sluice 0.0.0-test');
    }
    expect(await (await at.fetch('/login')).text()).toContain(`Log in · ${SHOWN}</title>`);
  });

  it('is not that of parts inside WHMCS', async () => {
    const token = await at.token('read');
    for (const path of ['clients/c-1', 'services/svc-1?for=customer']) {
      const answer = await at.fetch(`/api/v1/embedded/${path}`, { token });
      expect([path, answer.status]).toEqual([path, 200]);
      expect(await answer.text()).not.toMatch(/alert|\/brand\/|help@example|Made with|terms/);
    }
  });

  it('has its files apart, of which an image runs no script', async () => {
    const page = await (await link.get('/')).text();
    const [logo = '', style = ''] = [/\/brand\/logo\.[\da-f]{12}\.svg/, /\/brand\/colours\.[\da-f]{12}\.css/].map(
      (pattern) => pattern.exec(page)?.[0] ?? '',
    );
    const [icon = ''] = /\/brand\/icon-192\.[\da-f]{12}\.png/.exec(page) ?? [];
    expect(new Set(findPaths(page))).toEqual(new Set([logo, style, icon]));
    const image = await at.fetch(logo);
    expect([image.status, await image.text()]).toEqual([200, SVG]);
    expect(Object.fromEntries(image.headers)).toMatchObject({
      'content-type': 'image/svg+xml',
      'content-security-policy': "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    const colours = await at.fetch(style);
    expect(colours.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(await colours.text()).toContain('--link: #ffdd00; --accent: #ffdd00; --on-accent: #000000;');
    for (const other of [logo.replace('logo', 'colours'), `${logo}x`, '/brand/', '/brand/..%2f..%2fetc%2fpasswd'])
      expect([other, (await at.fetch(other)).status]).toEqual([other, 404]);
  });

  it('is loaded from the server of the page alone, under its policy', async () => {
    const policy = (await link.get('/')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("img-src 'self' data:");
    expect(policy).toContain("style-src 'self'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });
});

describe('without a brand', () => {
  it('pages for clients have neutral words, and name Sluice in small print only', async () => {
    const bench = await startBench();
    try {
      await bench.addService(1, 'c-1');
      const plain = await Link.open(bench, { client: 'c-1' });
      const page = await (await plain.get('/services/svc-1')).text();
      expect(headOf(page)).toContain(`<a href="/share/${plain.token}"><bdi>Your services</bdi></a>`);
      expect(page.match(/Sluice/g)).toEqual(['Sluice']);
      expect(page).toContain('<link rel="icon" href="data:,"');
      expect(findPaths(page)).toEqual([expect.stringMatching(/^\/brand\/icon-192\./)]);
      expect(await (await bench.fetch('/login')).text()).toContain('Log in · Sluice</title>');
    } finally {
      await bench.close();
    }
  });

  it.each([true, false])('the small print is switched off by mention: %s', async (mention) => {
    const bench = await startBench({ config: { brand: { mention } } });
    try {
      await bench.addService(1, 'c-1');
      const page = await (await (await Link.open(bench, { client: 'c-1' })).get('/')).text();
      expect(page.includes('Sluice')).toBe(mention);
    } finally {
      await bench.close();
    }
  });
});
