import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { startBench } from '../test/dashboard-bench.js';
import { readReport, reportHtml } from './index.js';

const LOGO = `data:image/svg+xml;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64')}`;

/** Returns the report of all services, or of those of client c-1. */
async function write(brand: object, client?: 'c-1'): Promise<string> {
  const bench = await startBench({ config: { brand } });
  try {
    await bench.addService(1, 'c-1', 10);
    await bench.sluice.poll();
    const report = await readReport(bench.sluice, { client, now: bench.clock.now() });
    let page = '';
    for await (const part of reportHtml(bench.sluice, report)) page += part;
    return page;
  } finally {
    await bench.close();
  }
}

const BRAND = {
  name: '<b>Example</b> & "Co"',
  logo: LOGO,
  colour: '#fd0',
  contact: 'https://example.com/help',
  terms: 'https://example.com/terms',
};

it('a report for a client has the brand of its provider in one file', async () => {
  const page = await write(BRAND, 'c-1');
  expect(page).toContain('<title>Usage report of client c-1 · &lt;b&gt;Example&lt;/b&gt; &amp; &quot;Co&quot;</title>');
  expect(page).toContain(`<img src="${LOGO}" alt="" /><bdi>&lt;b&gt;Example&lt;/b&gt; &amp; &quot;Co&quot;</bdi>`);
  expect(page).toContain('href="https://example.com/help"');
  expect(page).toContain('href="https://example.com/terms"');
  expect(page.match(/Sluice/g)).toEqual(['Sluice']);
  const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
  expect(style).toContain('--link: #ffdd00;');
  const hash = createHash('sha256').update(style).digest('base64');
  expect(page).toContain(`content="default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'`);
  expect(page).not.toMatch(/(?:src|href)="\/|<link/);
});

it('the report of all services has none, and one for a client without a brand none either', async () => {
  const all = await write(BRAND);
  expect(all).not.toMatch(/Example|img-src|<img|<footer|Sluice/);
  const plain = await write({ mention: false }, 'c-1');
  expect(plain).not.toMatch(/img-src|<img|Sluice|<footer/);
  expect(plain).toContain('<title>Usage report of client c-1</title>');
});
