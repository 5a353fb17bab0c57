import { beforeAll, expect, it } from '@jest/globals';
import type { PackageView } from '@sluice/engine';
import { GB, useBench } from '../test/dashboard-bench.js';
import { extractMain, textOf } from '../test/page-texts.js';
import { Link } from '../test/share-link.js';

const at = useBench({
  config: {
    packages: {
      small: { name: 'Small', traffic: '10GB', price: '1.00' },
      large: { name: 'Large', traffic: '50GB', price: '4.00' },
    },
  },
  products: {
    ports: { panel: 'dcim', quota: { total: '100GB' }, action: 'disable-ports', packages: ['small', 'large'] },
    bare: { panel: 'dcim', action: 'disable-ports', packages: ['small', 'large'] },
  },
});
let link: Link;
beforeAll(async () => {
  // svc-1 is over by 25 GB, svc-2 as well and suspended, svc-3 is within.
  for (const [number, usedGb] of [125, 125, 20].entries()) {
    await at.addService(number + 1, '42', usedGb);
    await at.sluice.poll();
  }
  await at.sluice.holds.add('svc-2', { note: 'abuse' });
  await at.sluice.credit.add('42', { amount: '50.00', currency: 'EUR' });
  link = await Link.open(at, { client: '42', buy: true });
});

/** The words of the client's page that asks before a purchase. */
async function ask(service: string, id: string): Promise<string> {
  const way = (await link.get(`/services/${service}/buy?package=${id}`)).headers.get('location');
  return textOf(extractMain(await (await at.fetch(way ?? '')).text()));
}

/** The words of the operator's. */
async function askOperator(service: string, id: string): Promise<string> {
  const cookie = await at.login();
  const way = (await at.fetch(`/services/${service}/buy?package=${id}`, { cookie })).headers.get('location') ?? '';
  return textOf(await at.page(way, cookie));
}

const TOO_SMALL =
  /With this package 15\.00 GB of traffic are still missing, and the service stays restricted\. At least 3 of this package are needed, or one “Large”\./;

it('says before a purchase that the package is too small, and what is enough', async () => {
  expect(await ask('svc-1', 'small')).toMatch(TOO_SMALL);
  expect(await askOperator('svc-1', 'small')).toMatch(TOO_SMALL);
  expect(textOf(await link.text('/services/svc-1'))).toMatch(new RegExp(`Small: ${TOO_SMALL.source}`));
});

it('says nothing where the package ends the restriction, or there is none', async () => {
  for (const page of [
    await ask('svc-1', 'large'),
    await askOperator('svc-1', 'large'),
    await ask('svc-3', 'small'),
    await askOperator('svc-3', 'small'),
  ])
    expect(page).not.toMatch(/missing|restrict/);
});

it('says that another hold stays after it', async () => {
  expect(await ask('svc-2', 'large')).toContain(
    'No package ends what restricts the service: Your provider has put the service on hold.',
  );
  expect(await askOperator('svc-2', 'large')).toContain(
    'The service stays restricted for another reason, which no package ends: manual.',
  );
});

it('says it in the API before a purchase', async () => {
  const effects = async (service: string) =>
    ((await at.call(`GET /packages?service=${service}`)).json['packages'] as PackageView[]).map(({ id, effect }) => [
      id,
      effect,
    ]);
  expect(await effects('svc-1')).toEqual([
    ['small', { missingBytes: 15 * GB + 1, least: 3, instead: ['large'], stays: ['quota'], stops: [] }],
    ['large', { missingBytes: 0, least: 1, instead: [], stays: [], stops: [] }],
  ]);
  expect(await effects('svc-2')).toMatchObject([
    ['small', { stays: ['quota', 'manual'] }],
    ['large', { stays: ['manual'] }],
  ]);
  expect(await effects('svc-3')).toMatchObject([['small', { missingBytes: 0, least: null, stays: [] }], {}]);
  expect((await at.call('GET /packages')).json['packages']).toMatchObject([{ effect: null }, { effect: null }]);
  const token = await at.token('client:7', 'read');
  expect((await at.call('GET /packages?service=svc-1', { token })).status).toBe(404);
});

it('says that a panel under observe keeps the restriction', async () => {
  await at.sluice.panels.observe('dcim');
  expect(await ask('svc-1', 'large')).toContain(
    'stays restricted after the purchase: your provider restores it later.',
  );
  expect(await askOperator('svc-1', 'large')).toMatch(/Panel \S+ is under observe for \S+: the package counts/);
  const read = async (token?: string) => (await at.call('GET /packages?service=svc-1', { token })).json['packages'];
  const kept = { by: 'observe', holds: ['quota'], message: expect.any(String) };
  expect(await read()).toMatchObject([
    { effect: { stays: ['quota'], stops: [] } },
    { effect: { missingBytes: 0, stays: ['quota'], stops: [kept] } },
  ]);
  const own = await read(await at.token('client:42', 'read'));
  expect(own).toMatchObject([{}, { effect: { stops: [{ ...kept, message: null }] } }]);
  // The manual hold stays whatever the panel is under.
  expect(await askOperator('svc-2', 'large')).toContain('which no package ends: manual.');
  expect(await askOperator('svc-3', 'large')).not.toMatch(/observe for/);
  await at.sluice.panels.enforce('dcim');
});

/** Where nothing can be bought, no surface offers it, and each says why. */
async function expectNoOffer(service: string, why: string, code: string): Promise<void> {
  const page = textOf(await link.text(`/services/${service}`));
  expect(page).toContain(why);
  expect(page).not.toContain('Buy Small');
  const NOTHING = 'No package can be bought for the service now';
  expect(textOf(await at.page(`/services/${service}`, await at.login()))).toContain(NOTHING);
  const askingOperator = await askOperator(service, 'small');
  expect(askingOperator).toMatch(new RegExp(`${NOTHING}: [^.]*[.] Back to the service$`));
  const asking = await ask(service, 'small');
  expect(asking).toContain(why);
  expect(asking).not.toContain('Buy Small for');
  expect((await at.call(`GET /packages?service=${service}`)).json).toMatchObject({
    packages: [{ refused: code }, { refused: code }],
  });
  expect((await at.call(`GET /embedded/services/${service}?for=customer`)).json['packages']).toEqual([]);
  const refused = await at.call(`POST /services/${service}/purchases`, { body: { package: 'small' } });
  expect(refused.json).toMatchObject({ error: { code } });
}

it('offers nothing where nothing can be bought, and says why', async () => {
  await at.addService(4, '42');
  await expectNoOffer('svc-4', 'The usage of this period is not read yet', 'not_metered_yet');
  await at.sluice.overrides.set('svc-4', { unlimited: true });
  await expectNoOffer('svc-4', 'has no limit at present, so that more traffic has no effect', 'no_quota');
  await at.addService(6, '42', 120);
  await at.sluice.poll();
  await at.sluice.provision.changePackage('svc-6', 'bare');
  await expectNoOffer('svc-6', 'Nothing can be bought at the moment. Please ask your provider.', 'no_quota');
  expect(textOf(await link.text('/services/svc-6'))).not.toContain('no limit');
  await at.sluice.services.remove('svc-4');
  expect((await at.call('GET /embedded/services/svc-3?for=customer')).json['packages']).toHaveLength(2);
});

it('offers nothing for a service whose panel is not in the config', async () => {
  await at.addService(5, '42', 20);
  await at.sluice.poll();
  const [service] = await at.store.services.list({ ids: ['svc-5'] });
  await at.store.services.put([{ ...service!, panel: 'former' }]);
  await expectNoOffer('svc-5', 'Nothing can be bought at the moment. Please ask your provider.', 'unknown_panel');
  const late = await link.post('/services/svc-5/buy', { package: 'small' });
  expect(textOf(await late.text())).toContain('This is not possible at the moment. Please ask your provider.');
});

it('sells it all the same, and keeps what it said', async () => {
  await link.post('/services/svc-1/buy', { package: 'small' });
  expect((await at.sluice.services.show('svc-1')).holds).toMatchObject([{ reason: 'quota' }]);
  expect(await ask('svc-1', 'small')).toMatch(/5\.00 GB of traffic are still missing.*At least 2 of this/);
  await link.post('/services/svc-1/buy', { package: 'small' });
  await link.post('/services/svc-1/buy', { package: 'small' });
  expect((await at.sluice.services.show('svc-1')).holds).toEqual([]);
});

it('says that it is not known where the usage is not', async () => {
  // A new cycle has begun, and nothing was read in it.
  at.clock.set('2026-12-16T12:00:00Z');
  await at.sluice.services.set('svc-2', { next_due_date: '2027-01-15' });
  const page = await askOperator('svc-2', 'small');
  expect(page).toContain('The usage is not known, so it is not known whether this package ends the restriction.');
  expect((await at.call('GET /packages?service=svc-2')).json).toMatchObject({
    packages: [{ effect: { missingBytes: null, least: null } }, {}],
  });
  link = await Link.open(at, { client: '42', buy: true });
  await expectNoOffer('svc-2', 'Your period has ended, and the new one is not read yet', 'not_metered_yet');
});
