import { expect, it } from '@jest/globals';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import type { Panel, PanelKind } from '@sluice/panel-kind';
import { useOpened } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const [at, start] = useOpened(startHiddifyBench);

/** The kind with a mistake in its adapter. */
function withFault(spoil: (panel: Panel) => Partial<Panel>): PanelKind {
  return {
    ...hiddify,
    async open(panel, dependencies) {
      const opened = await hiddify.open(panel, dependencies);
      return Object.assign(opened, spoil(opened));
    },
  };
}

const fault = (): never => {
  throw new TypeError('it is not a date');
};

it.each([
  ['more days than dates have', { packageDays: 999_999_999, startDate: '2026-11-01' }],
  ['days until after the year 9999', { packageDays: 9_999_999, startDate: '2026-11-01' }],
  ['a date that is none', { packageDays: 30, startDate: '9999-99-99' }],
])('a user with %s keeps no run from the others', async (_, days) => {
  await start();
  const odd = await at.create(1, { values: { next_due_date: '2027-06-15' } });
  const other = await at.create(2);
  await at.pollAfter(HOUR);
  at.panel.changeUser(odd, days);
  at.panel.use(other, 101 * GB);
  for (const run of [await at.pollAfter(HOUR), await at.sluice.reconcile(), await at.sluice.plan()]) {
    expect(run.error?.code).not.toBe('unexpected');
    expect(run.services.map(({ id, error }) => [id, error?.code])).not.toContainEqual(['svc-1', 'unexpected']);
  }
  expect([at.panel.user(other).enable, at.panel.user(odd).enable]).toEqual([false, true]);
  expect((await at.sluice.services.show('svc-1')).stoppedByPanel).toBeUndefined();
});

it('a mistake in the plan of one service is its error alone', async () => {
  const spoil = (panel: Panel): Partial<Panel> => {
    const plan = panel.plan.bind(panel);
    return { plan: (target, seen) => (target.service.id === 'svc-1' ? fault() : plan(target, seen)) };
  };
  await start({ kinds: [withFault(spoil)] });
  await at.addService(1);
  const other = await at.create(2);
  at.panel.use(other, 101 * GB);
  const { services } = await at.pollAfter(HOUR);
  expect(at.panel.user(other).enable).toBe(false);
  const { error } = await at.sluice.provision.create('svc-1').then(({ service }) => service);
  expect([services.length, error]).toEqual([2, { code: 'unexpected', message: '"svc-1": it is not a date' }]);
});

it('a mistake in what is read of one panel keeps no run from the others', async () => {
  await start({ kinds: [withFault(({ name }) => (name === 'vpn' ? { usage: fault, observe: fault } : {}))] });
  await at.bench.edit(/^( {2})vpn: (.*)$/m, '$1vpn: $2\n$1second: $2');
  await at.bench.edit('panel: vpn, quota: { total: 100GB }', 'panel: second, quota: { total: 100GB }');
  await at.addService(1);
  const other = at.panel.addUser({ agent: at.north, usageLimit: 200 * GB, packageDays: 30 });
  await at.sluice.services.add('svc-2', {
    ...{ panel: 'second', product: 'vpn-100', hiddify_user_uuid: other },
    ...{ billing_cycle: 'monthly', next_due_date: '2026-12-15' },
  });
  at.panel.use(other, 101 * GB);
  const run = await at.pollAfter(HOUR);
  expect(at.panel.user(other).enable).toBe(false);
  expect(run.panels).toMatchObject([{ panel: 'vpn', error: { code: 'unexpected' } }]);
  const codes = (await at.bench.store.notices.list({})).map(({ code }) => code);
  expect(codes).toContain('panel_undecided');
});

it('a date that is none keeps no limit of an agent from being enforced', async () => {
  await start();
  const [own, odd] = [1, 2].map(() => at.panel.addUser({ agent: at.north, usageLimit: 50 * GB }));
  at.panel.changeUser(odd ?? '', { startDate: '0000-00-00' });
  await at.limit('north', 5);
  at.panel.use(own ?? '', 6 * GB);
  expect((await at.check({ allowMass: true })).totals).toMatchObject({ exceeded: 1, disabled: 2 });
});
