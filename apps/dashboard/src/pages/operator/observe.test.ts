import { beforeEach, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { useBenchForEach } from '../../test/dashboard-bench.js';
import { extractMain, textOf } from '../../test/page-texts.js';

const at = useBenchForEach({
  products: { orders: { panel: 'dcim', quota: '50GB' }, cheap: { panel: 'dcim', quota: '1GB', enforce: 'observe' } },
});
let cookie: string;
beforeEach(async () => {
  cookie = await at.login();
});

const ask = async (): Promise<string> => textOf(await at.page('/panels/dcim/observe', cookie));

/** Observes the panel as the form of its page does, and returns what the answer says. */
async function observe(): Promise<string> {
  const page = await at.page('/panels/dcim/observe', cookie);
  const csrf = /name="csrf" value="([^"]*)"/.exec(page)?.[1] ?? '';
  const body = new URLSearchParams({ csrf, key: randomBytes(8).toString('hex') });
  const answer = await at.fetch('/panels/dcim/observe', { method: 'POST', cookie, body });
  return answer.headers.get('location') ?? textOf(extractMain(await answer.text()));
}

it('names each product that was enforced as the way back, before and after', async () => {
  await at.sluice.panels.observe('dcim');
  await at.sluice.panels.enforce('dcim', { product: 'ports' });
  await at.sluice.panels.enforce('dcim', { product: 'orders' });
  const way = 'until sluice enforce dcim --only orders, sluice enforce dcim --only ports.';
  expect(await ask()).toContain(way);
  expect(await observe()).toContain(way);
  expect(await ask()).toContain('The panel is under observe already');
  expect(await observe()).toBe('/panels/dcim');
});

it('names the whole panel where a command enforced it', async () => {
  await at.sluice.panels.enforce('dcim');
  expect(await ask()).toContain('until sluice enforce dcim. ');
  expect(await observe()).toContain('until sluice enforce dcim.');
});

it('leads back to the config where that observes a product', async () => {
  expect(await ask()).toContain('until sluice enforce dcim --as-configured.');
  const before = (await at.sluice.overview({ size: 1 })).panels[0]?.enforce;
  await observe();
  await at.sluice.panels.asConfigured('dcim');
  expect((await at.sluice.overview({ size: 1 })).panels[0]?.enforce).toEqual(before);
});

it('allowing changes once says what stays under observe', async () => {
  const allow = async (): Promise<string> => textOf(await at.page('/panels/dcim/allow-once', cookie));
  expect(await allow()).toContain('every enforced service that is over its allowance');
  expect(await allow()).toContain('Services of these products stay under observe and are not changed: cheap.');
  await at.sluice.panels.observe('dcim');
  expect(await allow()).toContain('The panel is under observe: nothing is changed on it.');
  await at.sluice.panels.enforce('dcim', { product: 'ports' });
  expect(await allow()).toContain(
    'The panel is under observe, except services of ports: nothing else is changed on it.',
  );
  await at.sluice.panels.enforce('dcim');
  expect(await allow()).not.toContain('observe');
});
