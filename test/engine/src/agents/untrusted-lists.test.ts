import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { DAY, GB } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(startHiddifyBench);

const LIST = 'GET /api/v2/admin/user/';

describe('a list that is not to be trusted', () => {
  let over: string;
  let back: string;

  /** North is over and not disabled yet; south was disabled and would be given back. */
  beforeEach(async () => {
    const south = at.panel.addAgent(undefined, { name: 'south' });
    over = at.panel.addUser({ agent: at.north });
    back = at.panel.addUser({ agent: south });
    for (let n = 0; n < 8; n += 1) at.panel.addUser();
    await at.limit('north', 5);
    await at.limit('south', 5);
    at.panel.use(back, 6 * GB);
    await at.check();
    await at.limit('south', 50);
    at.panel.use(over, 6 * GB);
    at.panel.server.clearCalls();
  });

  const enabled = (): boolean[] => [over, back].map((uuid) => at.panel.user(uuid).enable);

  it('is believed with allowMass when it has shrunk', async () => {
    for (const { uuid } of [...at.panel.listUsers(at.panel.key)]) at.panel.deleteUser(uuid);
    expect((await at.check()).error?.code).toBe('list_halved');
    expect((await at.check({ allowMass: true })).run.outcome).toBe('done');
    expect(enabled()).toEqual([false, true]);
    expect((await at.check()).run.outcome).toBe('done');
  });

  it('is concluded from by no clock that differs from the panel’s', async () => {
    const before = await at.bench.store.agents.list('vpn');
    const wrong = await at.bench.restart({
      clock: { now: () => at.bench.clock.now() + 40 * DAY, sleep: () => Promise.resolve() },
    });
    const checked = await wrong.agents.check();
    expect([checked.run.outcome, checked.error?.code]).toEqual(['failed', 'clock_wrong']);
    expect([enabled(), at.changes()]).toEqual([[true, false], []]);
    expect(await at.bench.store.agents.list('vpn')).toEqual(before);
  });

  it('of one panel hides none of another', async () => {
    const second = await startHiddifyBench();
    try {
      await at.bench.edit(
        /^products:/m,
        `  other: { kind: hiddify, url: "${second.panel.url}", allowHttp: true, apiKey: "${second.panel.key}", retries: 0 }\nproducts:`,
      );
      at.panel.server.inject({ endpoint: LIST, fault: { kind: 'html' } });
      const report = await at.check();
      expect([report.run.outcome, report.error]).toEqual(['partial', null]);
      expect(report.panels).toMatchObject([{ panel: 'vpn', error: { code: 'PANEL_UNREADABLE' } }]);
      const named = report.agents.map(({ panel, name }) => `${panel} ${name}`);
      expect(named.sort()).toEqual(['other north', 'vpn north', 'vpn south']);
      await expect(at.sluice.agents.show('north')).rejects.toMatchObject({ code: 'several_panels' });
    } finally {
      await second.close();
    }
  });
});

describe('failing writes', () => {
  it('whose answer is lost are settled by looking, in the journal too', async () => {
    const user = at.panel.addUser({ agent: at.north });
    await at.limit('north', 1);
    at.panel.use(user, 2 * GB);
    at.panel.server.inject({ endpoint: /^PATCH/, when: 'after', times: 1, fault: { kind: 'cut' } });
    at.panel.server.inject({ endpoint: 'GET /api/v2/admin/user/{uuid}/', skip: 1, times: 1, fault: { kind: 'cut' } });
    const checked = await at.check();
    expect([checked.run.outcome, at.panel.user(user).enable]).toEqual(['partial', false]);
    expect(checked.agents[0]?.actions).toEqual([
      { type: 'disable-user', target: user, name: expect.any(String) as unknown, state: 'in-doubt' },
    ]);
    await at.check();
    expect(await at.bench.store.actions.unresolved()).toEqual([]);
    await at.limit('north', 50);
    await at.check();
    expect(at.panel.user(user).enable).toBe(true);
    expect(at.changes()).toEqual(['PATCH {"enable":false}', 'PATCH {"enable":true}']);
  });
});
