import { afterEach, describe, expect, it } from '@jest/globals';
import { fixture } from '../test/fixture.js';
import { openSite, type Site } from '../test/site.js';

let site: Site;
afterEach(() => site.close());

/** A site with so many services, in pages of two. */
async function withServices(count: number, quirks = {}): Promise<Site> {
  site = await openSite({ quirks }, { pageSize: 2 });
  const client = site.fake.addClient();
  const product = site.fake.addProduct();
  for (let id = 1; id <= count; id += 1) site.fake.addService({ id, client, product });
  return site;
}

const pages = (): string[] =>
  site.fake.server.calls.map(({ body }) => {
    const form = new URLSearchParams(body);
    return `${form.get('limitstart') ?? ''}+${form.get('limitnum') ?? ''}`;
  });

describe('pages', () => {
  it('are all read, one after the other', async () => {
    const { whmcs } = await withServices(5);
    expect((await whmcs.services.list()).map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5']);
    expect(pages()).toEqual(['0+2', '2+2', '4+2']);
  });

  it.each([
    { mostRows: 1 },
    { mostRows: 1, numbersAsText: true, oneAsObject: true, entities: true },
    { flattened: true, numbersAsText: true },
    { flattened: true, mostRows: 1 },
  ])('are all read with the quirks %j', async (quirks) => {
    const { whmcs } = await withServices(5, quirks);
    expect(await whmcs.services.list()).toHaveLength(5);
  });

  it('that end too early make the list fail, after one more reading', async () => {
    const { whmcs, fake } = await withServices(5, { missingPages: [1] });
    await expect(whmcs.services.list()).rejects.toMatchObject({ code: 'PANEL_UNREADABLE' });
    expect(pages()).toEqual(['0+2', '2+2', '0+2', '2+2']);
    fake.quirks.missingPages.clear();
    fake.server.inject({
      skip: 1,
      times: 1,
      fault: { kind: 'body', body: fixture('getclientsproducts.truncated').page as object },
    });
    expect(await whmcs.services.list()).toHaveLength(5);
  });

  it.each([0, -1])('that state fewer results than they have make the list fail: %s', async (total) => {
    const { whmcs, fake } = await withServices(2);
    const page = { ...(fixture('getclientsproducts.page1') as object), totalresults: total };
    fake.server.inject({ fault: { kind: 'body', body: page } });
    await expect(whmcs.services.list()).rejects.toMatchObject({ code: 'PANEL_UNREADABLE' });
  });

  it('that shift while they are read are read again once', async () => {
    const { whmcs, fake } = await withServices(5, { shifting: ['GetClientsProducts'] });
    let calls = 0;
    fake.server.onCall(() => {
      if ((calls += 1) === 2) fake.quirks.shifting.clear();
    });
    expect(await whmcs.services.list()).toHaveLength(6);
    expect(pages()).toEqual(['0+2', '2+2', '0+2', '2+2', '4+2']);
    fake.quirks.shifting.add('GetClientsProducts');
    await expect(whmcs.services.list()).rejects.toThrow(/number of results changed/);
  });

  it('with repeats instead of other rows make the list fail', async () => {
    const { whmcs, fake } = await withServices(4);
    const repeat = (json: unknown): unknown => {
      const body = json as { startnumber: number; products: { product: { id: number }[] } };
      if (body.startnumber > 0) body.products.product.forEach((row, index) => (row.id = index + 1));
      return body;
    };
    fake.server.inject({ fault: { kind: 'mutate', change: repeat } });
    await expect(whmcs.services.list()).rejects.toThrow(/2 different rows of 4/);
  });

  it('of invoices end where the day is reached, in descending order only', async () => {
    site = await openSite({}, { pageSize: 2 });
    const { fake, whmcs } = site;
    const client = fake.addClient();
    for (let day = 1; day <= 9; day += 1) fake.addInvoice({ client, date: `2026-10-0${day}`, items: [] });
    const dates = async (): Promise<(string | null)[]> =>
      (await whmcs.invoices.list({ clientId: String(client), since: '2026-10-08' })).map(({ date }) => date);
    expect(await dates()).toEqual(['2026-10-09', '2026-10-08']);
    expect(pages()).toEqual(['0+2', '2+2']);
    fake.quirks.ignoresOrder = true;
    expect(await dates()).toEqual(['2026-10-08', '2026-10-09']);
    expect(pages()).toHaveLength(7);
  });

  it.each(['getclientsproducts.page1'])('of the fixtures fit together', async (first) => {
    site = await openSite({}, { pageSize: 2 });
    const { fake, whmcs } = site;
    fake.server.inject({ times: 1, fault: { kind: 'body', body: fixture(first) } });
    fake.server.inject({ times: 1, fault: { kind: 'body', body: fixture('getclientsproducts.page2') } });
    expect((await whmcs.services.list()).map(({ id }) => id)).toEqual(['311', '312', '313']);
  });
});
