import { describe, expect, it } from '@jest/globals';
import { IDS, startModuleSite } from './test/module-site.js';
import { noPhp } from './test/php.js';

const withPhp = noPhp === null ? describe : describe.skip;

/** What the pages of both modules say of credit under these lines of the config, and how a purchase is answered. */
const readCredit = async (lines: string): Promise<{ texts: string[]; links: string[]; bought: unknown }> => {
  const at = await startModuleSite('', 'astbilling', (config) => config.replace('billing: whmcs\n', lines));
  try {
    at.whmcs.addService({ id: 42, client: IDS.eve, product: IDS.relay, nextDueDate: '2026-12-15' });
    await at.command('CreateAccount', 42);
    at.clock.advance(3_600_000);
    await at.bench.sluice('poll');
    const params = at.params(42);
    const area = { module: 'addons/sluice', call: 'clientarea', params: { modulelink: 'index.php?m=sluice' } };
    const pages = await at.php([
      { module: 'servers/sluice', call: 'ClientArea', params },
      { ...area, get: { service: 'whmcs-42' }, session: { uid: IDS.eve } },
    ]);
    const html = pages.map((page) => page.html ?? '');
    const shown = html.map((page) => /<p class="sluice-credit">(.*?)<\/p>/s.exec(page)?.[1] ?? '');
    const ticket = /name="ticket" value="([^"]+)"/.exec(html[0] ?? '')?.[1] ?? '';
    const [buy] = await at.php([
      { module: 'servers/sluice', call: 'buy', params, post: { package: 'extra-50', ticket } },
    ]);
    return {
      texts: shown.map((text) => text.replaceAll(/<[^>]*>/g, '').trim()),
      links: html.flatMap((page) => /href="([^"]*)">Add funds/.exec(page)?.[1] ?? []),
      bought: buy?.returned,
    };
  } finally {
    await at.close();
  }
};

withPhp(`the way to more credit on the pages in WHMCS${noPhp ?? ''}`, () => {
  it('is WHMCS’s own page where packages are paid there', async () => {
    const { texts, links } = await readCredit('billing: whmcs\n');
    expect(texts).toEqual(['Your credit: 0.00 BRL. Add funds', 'Your credit: 0.00 BRL. Add funds']);
    expect(links).toEqual(['clientarea.php?action=addfunds', 'clientarea.php?action=addfunds']);
  });

  it('is none where the ledger pays and the config names no page', async () => {
    const { texts, links, bought } = await readCredit('');
    expect([texts, links]).toEqual([['Your credit: none yet.', 'Your credit: none yet.'], []]);
    expect(bought).toBe(
      'Your credit does not cover the price of this package; nothing was bought. Choose it again once you have added credit.',
    );
  });

  it.each(['', 'billing: whmcs\n'])('is the page that the config names, with %j', async (billing) => {
    const url = 'https://shop.example.com/credit?a=1&b=2';
    const { links } = await readCredit(`${billing}brand: { topUpUrl: "${url}" }\n`);
    expect(links).toEqual([url.replace('&', '&amp;'), url.replace('&', '&amp;')]);
  });
});
