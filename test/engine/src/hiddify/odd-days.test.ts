import { describe, expect, it } from '@jest/globals';
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

describe.each(['plan', 'checkpoint'] as const)('a mistake in the %s of one service', (what) => {
  it.each([false, true])('is its error alone, be it held or not: %s', async (isHeld) => {
    let isFaulty = false;
    const isOdd = (id: string): boolean => isFaulty && id === 'svc-1';
    const spoil = (panel: Panel): Partial<Panel> => {
      const plan = panel.plan.bind(panel);
      const checkpoint = panel.history?.checkpoint?.bind(panel.history);
      if (what === 'plan') return { plan: (target, seen) => (isOdd(target.service.id) ? fault() : plan(target, seen)) };
      const spoiled: typeof checkpoint = (target, seen) =>
        isOdd(target.service.id) ? fault() : (checkpoint?.(target, seen) ?? null);
      return { history: { ...panel.history, checkpoint: spoiled } as NonNullable<Panel['history']> };
    };
    await start({ kinds: [withFault(spoil)] });
    const [odd, other] = [await at.create(1), await at.create(2)];
    if (isHeld) at.panel.use(odd, 101 * GB);
    await at.pollAfter(HOUR, { allowMass: true });
    expect(at.panel.user(odd).enable).toBe(!isHeld);
    isFaulty = true;
    at.panel.use(other, 101 * GB);
    await at.pollAfter(HOUR, { allowMass: true });
    expect(at.panel.user(other).enable).toBe(false);
    await at.sluice.reconcile({ allowMass: true });
    const { error } = await at.sluice.services.show('svc-1');
    expect(error).toMatchObject({ code: 'unexpected', message: '"svc-1": it is not a date' });
    const { service } = await at.sluice.provision.suspend('svc-1');
    expect(service.error).toMatchObject({ code: 'unexpected' });
  });
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
  const told = await at.bench.store.notices.list({});
  expect(told.find(({ code }) => code === 'panel_undecided')?.message).toMatch(
    /^No run over panel vpn has come to its end since .*: it is not a date\.$/,
  );
});

it('a date that is none keeps no limit of an agent from being enforced', async () => {
  await start();
  const [own, odd] = [1, 2].map(() => at.panel.addUser({ agent: at.north, usageLimit: 50 * GB }));
  at.panel.changeUser(odd ?? '', { startDate: '0000-00-00' });
  await at.limit('north', 5);
  at.panel.use(own ?? '', 6 * GB);
  expect((await at.check({ allowMass: true })).totals).toMatchObject({ exceeded: 1, disabled: 2 });
});

it('a mistake in what the agents of one panel show keeps no check from those of the others', async () => {
  let isFaulty = false;
  const spoil = ({ name, agents }: Panel): Partial<Panel> => {
    if (name !== 'vpn' || agents === undefined) return {};
    const get = (target: object, key: string): unknown => {
      const value: unknown = Reflect.get(target, key);
      if (isFaulty && ['record', 'disable'].includes(key)) return fault;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    };
    return { agents: new Proxy(agents, { get: get as NonNullable<ProxyHandler<typeof agents>['get']> }) };
  };
  await start({ kinds: [withFault(spoil)] });
  await at.bench.edit(/^( {2})vpn: (.*)$/m, '$1vpn: $2\n$1second: $2');
  const own = at.panel.addUser({ agent: at.north, usageLimit: 50 * GB });
  for (const panel of ['vpn', 'second']) await at.limit('north', 5, { panel });
  isFaulty = true;
  at.panel.use(own, 6 * GB);
  const { run } = await at.check({ allowMass: true });
  expect([run.outcome, at.panel.user(own).enable]).toEqual(['partial', false]);
  const told = async (): Promise<string[]> => (await at.bench.store.notices.list({})).map(({ code }) => code);
  for (let round = 0; round < 2; round++) {
    at.bench.clock.advance(HOUR);
    await at.sluice.reconcile();
    await at.pollAfter(HOUR);
  }
  expect((await told()).filter((code) => /^agent_unexpected|^panel_/.test(code))).toEqual(['agent_unexpected']);
  const lastChecks = async () =>
    (await at.sluice.panels.doctor({})).checks
      .filter(({ name }) => name === 'last agent check')
      .map(({ object, status, code }) => [object, status, code]);
  await at.check({ allowMass: true });
  const ok = ['second', 'ok', undefined];
  expect(await lastChecks()).toEqual([['vpn', 'warning', 'agent_check_failed'], ok]);
  const unfinished = [{ panel: 'vpn', at: run.startedAt, message: 'it is not a date' }];
  expect((await at.sluice.overview()).lateChecks).toEqual(unfinished);
  isFaulty = false;
  await at.check({ allowMass: true });
  expect(await lastChecks()).toEqual([['vpn', 'ok', undefined], ok]);
  expect((await at.sluice.overview()).lateChecks).toBeUndefined();
});

it.each([0, 6])(
  'a mistake in how agents are shown hides no check of doctor, no hold and no alarm: %p GB',
  async (gb) => {
    let isFaulty = false;
    const spoil = ({ agents }: Panel): Partial<Panel> => {
      if (agents === undefined) return {};
      const get = (target: object, key: string): unknown => {
        const value: unknown = Reflect.get(target, key);
        if (isFaulty && key === 'rules') return fault();
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      };
      return { agents: new Proxy(agents, { get: get as NonNullable<ProxyHandler<typeof agents>['get']> }) };
    };
    await start({ kinds: [withFault(spoil)] });
    const user = at.panel.addUser({ agent: at.north, usageLimit: 50 * GB });
    await at.limit('north', 5);
    at.panel.use(user, gb * GB);
    await at.check({ allowMass: true });
    await at.addService(1);
    at.bench.clock.advance(HOUR);
    const { holds } = await at.sluice.holds.list();
    const { alarms } = await at.sluice.notices.alarms();
    isFaulty = true;
    const { checks } = await at.sluice.panels.doctor({});
    expect(checks.find(({ name }) => name === 'agents')).toMatchObject({ status: 'failed', code: 'unexpected' });
    expect(checks.map(({ name }) => name)).toContain('last agent check');
    expect([holds.length, (await at.sluice.holds.list()).holds]).toEqual([gb === 0 ? 0 : 1, holds]);
    expect((await at.sluice.notices.alarms()).alarms).toEqual(alarms);
  },
);
