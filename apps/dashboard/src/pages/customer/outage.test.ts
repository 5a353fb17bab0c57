import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBenchForEach } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

const at = useBenchForEach();
let link: Link;

/** Starts with a service that is held for 120 of 100 GB, and a client with credit for two packages of 50 GB. */
beforeEach(async () => {
  await at.addService(1, 'c-1', 120);
  await at.sluice.poll();
  await at.sluice.credit.add('c-1', { amount: '10.00', currency: 'EUR' });
  link = await Link.open(at, { client: 'c-1', buy: true });
});

const isUp = (): boolean => at.panel.port(7011).adminState === 'up';

/** Buys by the page, and returns the text of the page that it leads to. */
async function buy(): Promise<string> {
  const sent = await link.post('/services/svc-1/buy', { package: 'extra-50' });
  const to = new URL(sent.headers.get('location') ?? '', at.dashboard.url);
  return textOf(await link.text(`${to.pathname.slice(`/share/${link.token}`.length)}${to.search}`));
}

describe('a customer who buys while the panel is down', () => {
  beforeEach(() => {
    at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
  });

  it('reads that the service comes back when the panel answers, and then that it has', async () => {
    const page = await buy();
    expect(isUp()).toBe(false);
    expect(page).toContain('The package was bought: 150 GB are allowed in this period.');
    expect(page).toContain(
      'The service comes back as soon as its panel accepts that, unless your provider has to allow it first.',
    );
    expect(page).toMatch(/State coming back/);
    expect(page).not.toMatch(/online again|State active/);
    expect(textOf(await link.text('/'))).toContain('coming back');
    at.panel.server.clearFaults();
    at.clock.advance(3_600_000);
    await at.sluice.poll();
    expect(isUp()).toBe(true);
    expect(textOf(await link.text('/services/svc-1?done=still-restricted'))).toContain('Your service is online again;');
  });

  it('reads, as staff do, that the next reading ends the hold where more is allowed by staff', async () => {
    await at.sluice.overrides.set('svc-1', { quota: '150GB' });
    at.clock.advance(3_600_000);
    await at.sluice.poll();
    const own = textOf(await link.text('/services/svc-1'));
    expect(own).toContain('there is room again');
    expect(own).toContain(
      'It comes back with the next reading of its usage, unless your provider has to allow that first.',
    );
    const page = await at.fetch('/services/svc-1', { cookie: await at.login() });
    expect(textOf(await page.text())).toContain('It has room again: the next run that reads it releases it.');
  });

  it('is shown as to be released to staff', async () => {
    await buy();
    const cookie = await at.login();
    const read = async (path: string): Promise<string> => textOf(await (await at.fetch(path, { cookie })).text());
    expect(await read('/')).toMatch(/Held 1 1 quota/);
    expect(await read('/')).toContain('to be released');
    const own = await read('/services/svc-1');
    expect(own).toContain('svc-1 is to be released');
    expect(own).not.toContain('svc-1 is not held');
  });
});

describe('a customer who buys while the panel is observed', () => {
  it('reads that the provider restores the service later, and the panel is not changed', async () => {
    await at.sluice.panels.observe('dcim');
    at.panel.server.clearCalls();
    const page = await buy();
    expect(at.panel.server.changingCalls()).toEqual([]);
    expect(isUp()).toBe(false);
    expect(page).toContain('Your provider restores the service later.');
    expect(page).toMatch(/State restricted/);
  });
});

it('a customer who buys for a service that staff stopped, too, does not read that it is online again', async () => {
  at.panel.staffSuspendOrder(901, 'abuse');
  const page = await buy();
  expect(isUp()).toBe(true);
  expect(page).toContain('The package was bought: 150 GB are allowed in this period. The service is still stopped');
  expect(page).toMatch(/State stopped/);
  expect(page).toMatch(/State stopped Stopped since 20 Nov 2026/);
  expect(page).not.toMatch(/online again|abuse|901/);
});

describe('a customer with an unpaid invoice besides', () => {
  const OTHER = 'An invoice is not paid; the service has been restricted since';
  beforeEach(async () => {
    await at.sluice.provision.suspend('svc-1');
  });

  it('is not promised the service by a package that is bought while the panel is down', async () => {
    at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
    const page = await buy();
    expect(page).toContain('It is undone as soon as the panel accepts that; the other');
    expect(page).toContain(OTHER);
    expect(page).toContain('The service comes back after the payment.');
    expect(page).not.toMatch(/comes back (?!after)/);
  });

  it('is not promised the service by the next reading of a new period', async () => {
    at.clock.set('2026-12-16T12:00:00Z');
    link = await Link.open(at, { client: 'c-1' });
    const page = textOf(await link.text('/services/svc-1'));
    expect(page).toContain(
      'The next reading of its usage ends this restriction, unless your provider has to allow that first; the other one stays.',
    );
    expect(page).toContain(OTHER);
    expect(page).toContain('The service comes back after the payment.');
    expect(page).not.toMatch(/comes back (?!after)/);
  });
});

describe('a customer whose usage fell', () => {
  it('reads why the service is restricted, in words that fit its figures', async () => {
    at.panel.resetTraffic(501);
    at.clock.advance(3_600_000);
    await at.sluice.poll();
    const page = textOf(await link.text('/services/svc-1'));
    expect(page).toMatch(/State restricted Restricted since 20 Nov 2026 12:00 UTC\+0 Left 100 GB/);
    expect(page).toContain(
      'Earlier in this period 120 GB were read, which used up its traffic; the newest reading shows',
    );
    expect(page).not.toContain('The traffic of this period is used up');
  });

  it('is promised nothing as the next client, and reads no figure of the one before', async () => {
    at.panel.resetTraffic(501);
    at.clock.advance(3_600_000);
    await at.sluice.poll();
    await at.sluice.services.set('svc-1', { client: 'c-9' });
    const page = textOf(await (await Link.open(at, { client: 'c-9' })).text('/services/svc-1'));
    expect(page).toContain('The traffic of this period was used up before; the newest reading shows only');
    expect(page).not.toMatch(/120 GB|there is room again|It comes back with the next reading/);
  });
});

it('a customer whose quota is released until a date reads that nothing is restricted for it', async () => {
  const page = async (): Promise<string> => textOf(await link.text('/services/svc-1'));
  expect(await page()).not.toContain('restricts nothing');
  await at.sluice.holds.release('svc-1', { until: '2026-12-05' });
  expect(await page()).toMatch(/Your provider restricts nothing for that until 5 Dec 2026\. .*State used up/);
});
