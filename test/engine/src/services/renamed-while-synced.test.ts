import { expect, it } from '@jest/globals';
import { during } from '../bench/during.js';
import { useOpened } from '../bench/each-test.js';
import { codeOf } from '../bench/engine-bench.js';
import { openWhmcsShop } from '../bench/whmcs-bench.js';

const [at, open] = useOpened(openWhmcsShop);

const rename = (text: string): string =>
  text.replace(/^ {2}dcim: \{/m, '  fra: {').replace(/panel: dcim(?=[, ])/g, 'panel: fra');

async function readNames(): Promise<unknown[]> {
  const { services, switches } = at.bench.store;
  const set = (await switches.list()).map(({ panel, enforce }) => `${panel} ${enforce}`);
  return [(await services.get('whmcs-1'))?.panel, ...set];
}

it('a panel that is renamed while services are synced keeps its new name and its switch', async () => {
  await open();
  await at.bench.edit('timeZone: UTC', 'timeZone: UTC\nenforce: observe');
  await at.sluice.panels.enforce('dcim');
  await at.poll();
  const former = await at.bench.start();
  const refused = await during(
    at.whmcs.server,
    ({ endpoint }) => endpoint === 'GetClientsProducts',
    () => codeOf(former.services.sync()),
    async () => {
      await at.bench.configure(rename(at.bench.text));
      await at.poll();
    },
  );
  expect([refused, await readNames()]).toEqual(['config_outdated', ['fra', 'fra on']]);
  await at.sync();
  expect([await readNames(), (await at.poll()).run.observing]).toEqual([['fra', 'fra on'], []]);
});
