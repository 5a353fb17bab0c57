import { beforeEach, describe, expect, it } from '@jest/globals';
import { easydcim } from '@sluice/easydcim-client/panel';
import type { BecauseCode } from '@sluice/engine';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { closeAfterTest } from './each-test.js';
import { type EasyDcimBench, GB, HOUR, startEasyDcimBench, TOKEN, toIds } from './easydcim-bench.js';
import { type HiddifyBench, startHiddifyBench } from './hiddify-bench.js';
import { codesOf, SEEN } from './because/said.js';
import { openSurfaces } from './surfaces/world.js';

const ACCOUNTS = 'test/engine/src/whmcs/accounts.test.ts';

interface OpenApi {
  components: { schemas: { Because: { properties: { code: { enum: BecauseCode[] } } } } };
}

const PRODUCTS = {
  ports: { panel: 'dcim', quota: { total: '100GB' }, action: 'disable-ports' },
  bare: { panel: 'dcim' },
  daily: {
    panel: 'dcim',
    quota: { total: '100GB' },
    action: 'disable-ports',
    limits: [{ id: 'day', window: 'day', allowance: '10GB', action: 'disable-ports' }],
  },
};

let at: EasyDcimBench;
const write = (more: object = {}): void => {
  const dcim = { kind: 'easydcim', url: at.panel.url, allowHttp: true, token: TOKEN, retries: 0 };
  const config = { timeZone: 'UTC', poll: { doubt: { jump: 'off' } }, panels: { dcim }, products: PRODUCTS, ...more };
  at.bench.write('sluice.yaml', JSON.stringify(config));
};
const add = async (number: number, gigabytes: number, product = 'ports'): Promise<void> => {
  await at.addService(number, { product, values: ['client=c-1'] });
  if (gigabytes > 0) at.panel.addTraffic(toIds(number).service, { in: gigabytes * GB, out: 0 });
};
const run = async (words: string): Promise<void> => {
  const { exitCode, stderr } = await at.bench.sluice(words);
  if (![0, 1, 3, 6].includes(exitCode)) throw new Error(`${words}: ${exitCode} ${stderr}`);
};
const poll = (words = ''): Promise<void> => {
  at.bench.clock.advance(HOUR);
  return run(`poll ${words}`.trim());
};
const codes = async (id = 'svc-1'): Promise<string[]> => (await codesOf(at.bench, [easydcim], id))[0] ?? [];
const down = (): unknown => at.panel.server.inject({ fault: { kind: 'status', status: 503 } });

beforeEach(async () => {
  at = closeAfterTest(await startEasyDcimBench());
  write();
});

describe('every surface says the same reasons', () => {
  it('of a service that is held, released, and whose panel is down', async () => {
    await add(1, 120);
    expect(await codes()).toEqual(['not_read']);
    await poll();
    expect(await codes()).toEqual(['held_quota', 'until_cycle']);
    await run('override set svc-1 --quota 500GB');
    expect(await codes()).toEqual(['held_quota_room', 'end_next_run', 'allowance_changed']);
    down();
    await poll();
    expect(await codes()).toEqual(['held_quota_room', 'end_next_run', 'usage_unread']);
    at.panel.server.clearFaults();
    await poll();
    expect(await codes()).toEqual(['below_allowance']);
  });

  it('while the brake stops the runs', async () => {
    write({ poll: { doubt: { jump: 'off' }, brake: { share: '10%', atLeast: 2 } } });
    for (const number of [1, 2, 3, 4]) await add(number, 120);
    await poll();
    expect(await codes()).toEqual(['would_hold_stopped']);
    await poll('--allow-mass');
    for (const number of [1, 2, 3, 4]) await run(`override set svc-${number} --quota 500GB`);
    await poll();
    expect(await codes()).toEqual(['held_quota_room', 'end_stopped']);
  });

  it('under observe', async () => {
    await add(1, 120);
    await poll();
    await run('observe dcim');
    expect(await codes()).toEqual(['held_quota', 'end_observed']);
    await run('hold release svc-1 --until 2026-12-05');
    await run('hold release svc-1 --until none');
    expect(await codes()).toEqual(['exceeded_observed']);
    await poll();
    expect(await codes()).toEqual(['would_hold_observed']);
    await run('service set svc-1 status=suspended');
    await poll();
    expect(await codes()).toEqual(['would_hold_observed', 'unpaid']);
    await run('service set svc-1 status=active');
    expect(await codes()).toEqual(['would_hold_observed', 'unpaid_before']);
  });

  it('of a hold that is not on the panel, also under observe', async () => {
    await add(1, 10);
    await poll();
    down();
    await run('hold add svc-1');
    expect(await codes()).toEqual(['held_manual', 'until_operator']);
    await run('observe dcim');
    expect(await codes()).toEqual(['held_manual', 'begin_observed', 'until_operator']);
  });

  it('of a hold that has ended and is not undone', async () => {
    await add(1, 120);
    await poll();
    await run('override set svc-1 --quota 500GB');
    await run('hold add svc-1');
    down();
    await run('hold release svc-1');
    expect(await codes()).toContain('hold_ended');
    expect(await codes()).toContain('undo_next_run');
  });

  it('of bills', async () => {
    write({ poll: { doubt: { jump: 'off' }, overdue: 'hold' } });
    await add(1, 10);
    await poll();
    await run('provision suspend svc-1');
    expect(await codes()).toEqual(['held_billing', 'until_unsuspended']);
    await run('service set svc-1 status=active');
    await poll();
    at.bench.clock.set(Date.parse('2026-12-16T00:00:00Z'));
    await run('service set svc-1 next_due_date=2026-12-15');
    expect(await codes()).toContain('overdue');
    await poll();
    expect(await codes()).toEqual(['held_billing', 'until_renewed']);
    await run('service set svc-1 next_due_date=2027-01-15');
    expect(await codes()).toEqual(['held_paid', 'end_next_run']);
  });

  it('of what runs leave as it is', async () => {
    await add(1, 120);
    await add(2, 10);
    await add(3, 10);
    await add(4, 10, 'bare');
    await poll();
    expect(await codes('svc-4')).toEqual(['no_quota']);
    await run('service set svc-3 protected_until=2026-12-30');
    expect(await codes('svc-3')).toEqual(['below_allowance', 'protected']);
    at.panel.addTraffic(toIds(3).service, { in: 120 * GB, out: 0 });
    await poll();
    expect(await codes('svc-3')).toEqual(['exceeded_withheld', 'protected']);
    write({ poll: { overdue: 'ignore', doubt: { jump: 'off' } } });
    at.bench.clock.set(Date.parse('2026-12-16T00:00:00Z'));
    expect(await codes()).toEqual(['held_before', 'skipped_overdue']);
    expect(await codes('svc-2')).toEqual(['not_held_skipped', 'skipped_overdue']);
    expect(await codes('svc-3')).toEqual(['exceeded_skipped', 'skipped_overdue', 'protected']);
    write({ products: { bare: PRODUCTS.bare } });
    await poll();
    expect(await codes()).toEqual(['held_quota_gone', 'until_product', 'usage_unread']);
    expect(await codes('svc-2')).toEqual(['no_product', 'usage_unread']);
    write({
      products: { other: { panel: 'else', quota: 'unlimited' } },
      panels: { else: { kind: 'easydcim', url: 'https://else.example.com', token: TOKEN } },
    });
    expect(await codes()).toContain('panel_removed');
  });

  it('of services that wait, or have ended', async () => {
    await add(1, 120);
    await add(2, 10);
    await add(3, 0);
    await add(4, 120);
    await poll('--allow-mass');
    await run('service set svc-4 status=pending');
    expect(await codes('svc-4')).toEqual(['held_quota', 'skipped_pending']);
    await run('service set svc-1 status=terminated');
    expect(await codes()).toEqual(['held_quota', 'ended_restricted']);
    await run('service set svc-2 status=terminated');
    expect(await codes('svc-2')).toEqual(['ended']);
    await run('service set svc-3 status=pending');
    expect(await codes('svc-3')).toEqual(['pending_in_use']);
  });

  it('of the next cycle that is not read', async () => {
    await add(1, 120);
    await add(2, 10);
    await poll();
    await run('service set svc-1 next_due_date=2027-01-15');
    await run('service set svc-2 next_due_date=2027-01-15');
    at.bench.clock.set(Date.parse('2026-12-15T06:00:00Z'));
    expect(await codes()).toEqual(['held_before', 'decide_next_run']);
    expect(await codes('svc-2')).toEqual(['cycle_unread']);
  });

  it('of lifted limits', async () => {
    await add(1, 120);
    await poll();
    await run('hold release svc-1 --until 2026-12-05');
    expect(await codes()).toEqual(['exceeded_withheld', 'released_until']);
    await run('hold release svc-1 --until none');
    expect(await codes()).toEqual(['exceeded_next_run']);
  });

  it('of limits besides the quota, and of a quota that is gone', async () => {
    await add(1, 0, 'daily');
    await add(2, 120);
    await add(3, 5, 'daily');
    await poll('--allow-mass');
    expect(await codes('svc-3')).toEqual(['below_allowance', 'limit_unknown']);
    at.panel.addTraffic(toIds(1).service, { in: 20 * GB, out: 0 });
    await poll('--allow-mass');
    expect(await codes()).toEqual(['held_limit', 'until_window']);
    expect(await codes('svc-3')).toEqual(['below_allowance', 'limit_used']);
    write({ products: { ...PRODUCTS, ports: { panel: 'dcim', action: 'disable-ports' } } });
    expect(await codes('svc-2')).toEqual(['held_quota_gone', 'until_quota_release']);
  });

  it('of what others do on the panel', async () => {
    await add(1, 10);
    await poll();
    for (const index of [1, 2]) at.panel.staffDisablePort(toIds(1).port(index));
    await run('reconcile');
    expect((await codes())[0]).toBe('stopped_by_panel');
    at.panel.addTraffic(toIds(1).service, { in: 120 * GB, out: 0 });
    await poll();
    expect(await codes()).toEqual(['held_quota', 'until_cycle', 'stopped_besides']);
    await add(2, 10);
    await poll();
    at.panel.staffSuspendOrder(toIds(2).order, 'fraud');
    await run('reconcile');
    expect(await codes('svc-2')).toContain('drift');
  });

  it('of what others have changed', async () => {
    await add(1, 120);
    await poll();
    at.panel.staffEnablePort(toIds(1).port(1));
    await poll();
    expect(await codes()).toEqual(['held_quota', 'until_cycle', 'drift', 'changed_by_others']);
  });

  it('of readings that are not used, or not read', async () => {
    down();
    await add(1, 0);
    await poll();
    expect(await codes()).toEqual(['below_allowance', 'usage_never']);
    at.panel.server.clearFaults();
    await add(2, 250);
    await poll();
    at.panel.resetTraffic(toIds(2).service);
    at.panel.addTraffic(toIds(2).service, { in: 20 * GB, out: 0 });
    await poll();
    expect(await codes('svc-2')).toEqual(['held_quota_fallen', 'until_quota_above_peak']);
    await run('override set svc-1 --quota 500GB');
    write({ poll: { doubt: { jump: 'off' }, overdue: 'ignore' } });
    at.bench.clock.set(Date.parse('2026-12-16T00:00:00Z'));
    expect(await codes()).toContain('allowance_changed_unread');
  });

  it('of a wrong clock, and of readings that are doubted', async () => {
    write({ poll: undefined });
    await add(1, 10);
    for (const index of [1, 2]) at.panel.setWiring(toIds(1).port(index), { speed: 25_000_000 });
    await poll();
    at.skew.ms = (45 / 60) * HOUR;
    await poll();
    expect(await codes()).toContain('panel_undecided');
    at.skew.ms = 0;
    at.panel.addTraffic(toIds(1).service, { in: 100 * GB, out: 0, at: at.bench.clock.now() - HOUR / 2 });
    await poll();
    expect(await codes()).toContain('reading_doubted');
  });

  it('of a change that failed', async () => {
    await add(1, 120);
    at.panel.server.inject({ endpoint: /disable/, fault: { kind: 'status', status: 500 } });
    await poll();
    expect(await codes()).toEqual(['held_quota', 'until_cycle', 'run_failed']);
  });
});

describe('every surface says the same of accounts and agents', () => {
  let vpn: HiddifyBench;
  const surfaces = async (id = 'svc-1'): Promise<string[]> => (await codesOf(vpn.bench, [hiddify], id))[0] ?? [];
  const say = async (words: string): Promise<void> => {
    const { exitCode, stdout } = await vpn.sluice(words);
    if (![0, 1, 3, 6].includes(exitCode)) throw new Error(`${words}: ${exitCode} ${stdout}`);
  };
  beforeEach(async () => {
    vpn = closeAfterTest(await startHiddifyBench());
    const panel = { kind: 'hiddify', url: vpn.panel.url, allowHttp: true, apiKey: vpn.panel.key, retries: 0 };
    const agency = { panel: 'vpn', quota: { total: '10GB' }, hiddify: { agent: vpn.north, packageDays: 30 } };
    const config = { timeZone: 'UTC', poll: { doubt: { jump: 'off' } }, panels: { vpn: panel }, products: { agency } };
    vpn.bench.write('sluice.yaml', JSON.stringify(config));
  });

  it('of a service without an account, and one whose termination is cut', async () => {
    await vpn.addService(2, { product: 'agency', values: ['client=c-1', 'status=pending'] });
    expect(await surfaces('svc-2')).toEqual(['pending_account']);
    await vpn.create(1, { product: 'agency', values: ['client=c-1'] });
    const match = ({ changing }: { changing: boolean }): boolean => changing;
    vpn.panel.server.inject({ match, fault: { kind: 'status', status: 502 } });
    await say('provision terminate svc-1 --yes');
    expect(await surfaces()).toEqual(['termination_next_run']);
    await say('observe vpn');
    expect(await surfaces()).toEqual(['termination_observed']);
  });

  it('of a service that is held for its agent', async () => {
    const user = await vpn.create(1, { product: 'agency', values: ['client=c-1'] });
    await say('agent suspend north');
    expect(await surfaces()).toEqual(['held_agent', 'until_agent_unsuspended']);
    await say('agent unsuspend north');
    await say('agent limit north --gb 5');
    vpn.panel.use(user, 6 * GB);
    await vpn.check('--allow-mass');
    expect(await surfaces()).toEqual(['held_agent', 'until_agent']);
    const agents = Array.from({ length: 5 }, (_, n) => vpn.panel.addAgent(undefined, { name: `agent-${n}` }));
    for (const agent of agents) {
      await say(`agent limit ${agent} --gb 5`);
      vpn.panel.use(vpn.panel.addUser({ agent }), 6 * GB);
    }
    await vpn.check();
    expect(await surfaces()).toEqual(['held_agent', 'until_agent', 'agent_check_stopped']);
  });
});

/** Codes that no scene here produces, and the test that does. */
const ELSEWHERE: Readonly<Partial<Record<BecauseCode, string>>> = {
  ...{ account_next_run: ACCOUNTS, account_observe: ACCOUNTS, account_brake: ACCOUNTS, account_failed: ACCOUNTS },
  ...{ account_not_paid: ACCOUNTS, account_suspended: ACCOUNTS, account_operator: ACCOUNTS },
  hold_doubted: 'panels/easydcim/doubted-hold.test.ts',
  pending_use: 'because.test.ts of the engine',
  skipped_panel: 'operations/services/past.test.ts',
  undo_in_doubt: 'because.test.ts of the engine',
  until_paid: 'whmcs/sync.test.ts',
  within_unknown: 'panels/telephony/calls.test.ts',
};

it('is tried with every code', async () => {
  await add(1, 0);
  const surfaces = await openSurfaces(at.bench, JSON.parse(at.bench.read('sluice.yaml')), [easydcim]);
  try {
    const { components } = await surfaces.api<OpenApi>('/api/v1/openapi.json');
    const all = components.schemas.Because.properties.code.enum;
    const seen = [...SEEN.operator, ...(Object.keys(ELSEWHERE) as BecauseCode[])].sort();
    expect(seen).toEqual([...all].sort());
    // A code that is tried here is none that others try.
    expect(new Set(seen).size).toBe(seen.length);
  } finally {
    await surfaces.end();
  }
});
