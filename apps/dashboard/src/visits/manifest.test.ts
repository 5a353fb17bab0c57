import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PNG } from 'pngjs';
import { type DashboardBench, startBench } from '../test/dashboard-bench.js';
import { Link } from '../test/share-link.js';

const NAME = 'میزبان <b>"نمونه"</b>';

interface Manifest {
  id: string;
  start_url: string;
  scope: string;
  name: string;
  lang: string;
  dir: string;
  display: string;
  theme_color: string;
  icons: { src: string; type: string; sizes: string; purpose: string }[];
}

/** A PNG of one colour. */
function picture(width: number, height: number): string {
  const png = PNG.sync.write(new PNG({ width, height, fill: true }));
  return `data:image/png;base64,${png.toString('base64')}`;
}

const square = (side: number): string => picture(side, side);

let at: DashboardBench;
let link: Link;
beforeAll(async () => {
  at = await startBench({ config: { brand: { name: NAME, colour: '#fd0' } } });
  await at.addService(1, 'c-1');
  link = await Link.open(at, { client: 'c-1' });
});
afterAll(() => at.close());

/** Reads the manifest that a page names. */
async function read(page: string, from = at): Promise<Manifest> {
  const [, href = 'none'] = /<link rel="manifest" href="([^"]*)"/.exec(page) ?? [];
  const answer = await from.fetch(href);
  expect([href, answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
    href,
    200,
    'application/manifest+json; charset=utf-8',
    'no-store',
  ]);
  return (await answer.json()) as Manifest;
}

describe('the manifest of a client’s pages', () => {
  it('has the name of the provider, and begins at the link, of which no cache keeps anything', async () => {
    const manifest = await read(await (await link.get('/services/svc-1')).text());
    const start = `/share/${link.token}`;
    expect(manifest).toMatchObject({ id: start, start_url: start, scope: start, name: NAME, display: 'standalone' });
    expect(manifest.theme_color).toBe('#ffdd00');
    const persian = await (await at.fetch(`${start}/app.webmanifest?language=fa`)).json();
    expect(persian).toMatchObject({ lang: 'fa', dir: 'rtl' });
  });

  it('names no link where a token was logged in with', async () => {
    const cookie = await at.login(await at.token('client:c-1'));
    const page = await (await at.fetch('/', { cookie })).text();
    expect(await read(page)).toMatchObject({ id: '/', start_url: '/', scope: '/', name: NAME });
  });

  it('has icons in the colour of the provider that are what they say', async () => {
    const page = await (await link.get('/')).text();
    const { icons } = await read(page);
    expect(icons.map(({ sizes, purpose }) => [sizes, purpose])).toEqual([
      ['192x192', 'any'],
      ['512x512', 'any'],
      ['512x512', 'maskable'],
    ]);
    for (const { src, sizes, type } of icons) {
      const answer = await at.fetch(src);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
      const { width, height, data } = PNG.sync.read(Buffer.from(await answer.arrayBuffer()));
      expect(`${width}x${height}`).toBe(sizes);
      const pixel = (share: number): number[] => {
        const place = (Math.floor(share * height) * width + Math.floor(width / 2)) * 4;
        return [...data.subarray(place, place + 4)];
      };
      expect([pixel(0.1), pixel(0.6)]).toEqual([
        [255, 221, 0, 255],
        [0, 0, 0, 255],
      ]);
    }
    expect(page).toContain(`<link rel="apple-touch-icon" href="${icons[0]?.src ?? ''}"`);
    expect(page).toMatch(/<meta name="theme-color" media="\(prefers-color-scheme: dark\)" content="#[\da-f]{6}"/);
    const policy = (await link.get('/')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("manifest-src 'self'");
  });

  it('is not that of staff, of a dead link, or of the login, which has the name of the provider', async () => {
    const cookie = await at.login();
    for (const page of [
      await (await at.fetch('/', { cookie })).text(),
      await (await at.fetch('/share/none')).text(),
      await (await at.fetch('/login')).text(),
    ])
      expect(page).not.toContain('rel="manifest"');
    const dead = await at.fetch(`/share/${'x'.repeat(43)}/app.webmanifest`);
    expect([dead.status, await dead.text()]).toEqual([404, expect.not.stringContaining('xxx')]);
    const login = await (await at.fetch('/login')).text();
    expect(login).toContain('<title>Log in · میزبان &lt;b&gt;&quot;نمونه&quot;&lt;/b&gt;</title>');
    expect(login.match(/Sluice/g)).toEqual(['Sluice']);
  });
});

describe('icons by the logo', () => {
  it.each([
    ['a square PNG that is large enough', square(200), [['200x200', 'any']]],
    [
      'a small PNG',
      square(64),
      [
        ['any', 'any'],
        ['any', 'maskable'],
      ],
    ],
    [
      'a PNG that is not square',
      picture(300, 200),
      [
        ['any', 'any'],
        ['any', 'maskable'],
      ],
    ],
    [
      'an SVG',
      `data:image/svg+xml;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64')}`,
      [['any', 'any']],
    ],
  ])('%s', async (_what, logo, wanted) => {
    const other = await startBench({ config: { brand: { logo } } });
    try {
      await other.addService(1, 'c-1');
      const own = await Link.open(other, { client: 'c-1' });
      const { icons, name } = await read(await (await own.get('/')).text(), other);
      expect([name, icons.map(({ sizes, purpose }) => [sizes, purpose])]).toEqual(['Your services', wanted]);
      for (const { src, type } of icons) {
        const answer = await other.fetch(src);
        expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
      }
    } finally {
      await other.close();
    }
  });
});
