import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const PACKAGES = `currency: EUR
packages: { extra: { traffic: 500GB, price: "5.00" }, small: { traffic: 10GB, price: "1.00" } }
`;
const NOT_ENOUGH = 'The package is paid and counts, but it is not enough to end the restriction of the service';
const LATER = 'The package is paid and counts. Your provider restores the service later; do not buy again';
const NOT_RAISED =
  'The package is paid and counts. Your provider has to raise the limit of the panel, too; do not buy again';
const UNCONFIRMED =
  'The package is paid and counts. The panel has not confirmed yet that the service can use it; do not buy again';

describe('what the buyer of a package reads that is paid and not carried out yet', () => {
  const { port } = toIds(1);
  const at = useBench(() => startEasyDcimBench(`poll: { doubt: { jump: off } }\n${PACKAGES}`));

  beforeEach(async () => {
    await at.bench.edit('action: disable-ports }', 'action: disable-ports, packages: [extra, small] }');
    await at.addService(1, { ports: [{ id: port(1), name: 'eth0' }] });
    await at.sluice.services.set('svc-1', { client: '7' });
    await at.sluice.credit.add('7', { amount: '50.00', currency: 'EUR' });
    at.use(1, 200);
    await at.poll();
    at.bench.clock.advance(HOUR);
  });

  /** Buys as the client, and returns what it reads. */
  const buy = async (what: string) => {
    const { purchase, error } = await at.sluice.purchases.create('svc-1', what, { client: '7', ref: what, waitMs: 0 });
    return [purchase.status, error?.code, error?.message];
  };

  it('says under observe whether the package is enough', async () => {
    await at.sluice.panels.observe('dcim');
    expect(await buy('small')).toEqual(['paid', 'under_observe', NOT_ENOUGH]);
    expect(await buy('extra')).toEqual(['paid', 'under_observe', LATER]);
    expect(await buy('extra')).toEqual(['paid', 'under_observe', LATER]);
  });

  it('says that another limit stays, which no package ends', async () => {
    const daily = 'limits: [{ id: daily, window: day, allowance: 20GB, action: disable-ports }]';
    await at.bench.edit('action: disable-ports,', `action: disable-ports, ${daily},`);
    at.use(1, 50);
    await at.pollAfter(HOUR);
    at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
    const other = 'The package is paid and counts, but another limit restricts the service, which no package ends';
    expect(await buy('extra')).toEqual(['paid', 'PANEL_SERVER_ERROR', other]);
  });

  it('says so where the panel is down', async () => {
    at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
    expect(await buy('small')).toEqual(['paid', 'PANEL_SERVER_ERROR', NOT_ENOUGH]);
    expect(await buy('extra')).toEqual(['paid', 'PANEL_SERVER_ERROR', UNCONFIRMED]);
  });

  it('says so where another command took the service once it was paid', async () => {
    const { holds, purchases } = at.bench.store;
    const { lasting } = holds;
    let isTaken = false;
    holds.lasting = async (...asked) => {
      const isPaid = (await purchases.list({ service: 'svc-1', status: 'paid' })).length > 0;
      if (isPaid && !isTaken) await at.bench.takeLease('service:svc-1');
      isTaken ||= isPaid;
      return lasting.call(holds, ...asked);
    };
    expect(await buy('extra')).toEqual(['paid', 'lease_held', UNCONFIRMED]);
  });
});

describe('what the buyer reads where the panel stops the service at a limit of its own', () => {
  const at = useBench(() => startHiddifyBench({ more: PACKAGES }));

  it('says under observe whether the package is enough', async () => {
    await at.bench.edit(/^( {2}vpn-100: .*) \}$/m, '$1, packages: [extra, small] }');
    await at.sluice.panels.observe('vpn');
    const user = at.panel.addUser({ name: 'a', usageLimit: 100 * GB });
    await at.addService(1, { product: 'vpn-100', values: { client: '42', hiddify_user_uuid: user } });
    await at.sluice.credit.add('42', { amount: '100', currency: 'EUR' });
    at.panel.use(user, 150 * GB);
    at.bench.clock.advance(HOUR);
    await at.poll();
    const buy = async (what: string) =>
      (await at.sluice.purchases.create('svc-1', what, { client: '42', ref: what })).error?.message;
    expect([await buy('small'), await buy('extra')]).toEqual([NOT_ENOUGH, NOT_RAISED]);
  });
});
