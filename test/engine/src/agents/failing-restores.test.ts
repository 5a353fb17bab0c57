import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { startAgency } from './agency.js';
import type { CheckReport, RestoreReport, RunReport } from '@sluice/engine';

const LOOK = 'GET /api/v2/admin/user/{uuid}/';
const EACH = /^(GET|PATCH) /;

const at = useBench(startAgency);

const restore = (): Promise<RestoreReport> => at.sluice.agents.restore('north');
const sweep = (): Promise<CheckReport> => at.check();

const releases = async (): Promise<string[]> => {
  const notices = await at.bench.store.notices.list({ service: 'svc-1' });
  return notices.flatMap(({ code }) => (code.startsWith('release') ? [code] : []));
};

describe("an agent's user that is a service, on a panel that fails", () => {
  it.each([
    ['the next sweep', sweep, sweep],
    ['a repeat of restore', restore, restore],
    ['a sweep after restore', restore, sweep],
  ])('is given back by %s when the panel failed at first', async (_what, first, then) => {
    await at.exceed();
    await at.limit('north', 50);
    const fails = { status: 500, body: { msg: 'boom' } };
    const remove = at.panel.server.inject({
      endpoint: /^PATCH /,
      match: ({ path }) => path.includes(at.svc),
      fault: { kind: 'status', ...fails },
    });
    const before = await releases();
    expect((await first()).run.outcome).toBe('partial');
    remove();
    expect(at.enabled()).toEqual([false, true]);
    expect(await releases()).not.toContain('release');
    at.bench.clock.advance(5 * MINUTE);
    expect((await then()).run.outcome).toBe('done');
    const pending = first === sweep ? ['release_pending'] : [];
    expect([before, await releases()]).toEqual([[], [...pending, 'release']]);
    expect([at.enabled(), await at.holds()]).toEqual([[true, true], []]);
    expect(await at.bench.store.evidence.open({ services: ['svc-1'] })).toEqual([]);
    const changes = at.changes().length;
    await sweep();
    expect(at.changes()).toHaveLength(changes);
  });

  it.each(
    (['agents.restore', 'holds.releaseAll'] as const).flatMap((order) => [
      { order, broken: 'nothing more can be asked', endpoint: LOOK, status: 401, code: 'PANEL_AUTH', skip: 0 },
      { order, broken: 'nobody can be looked at', endpoint: LOOK, status: 500, code: 'PANEL_SERVER_ERROR', skip: 0 },
      { order, broken: 'a change has no answer', endpoint: EACH, status: 500, code: 'PANEL_SERVER_ERROR', skip: 1 },
    ]),
  )('tells of everybody whom $order can’t give back when $broken, and a repeat settles all', async (each) => {
    const { order, endpoint, status, code, skip } = each;
    const run = (): Promise<RestoreReport | RunReport> =>
      order === 'agents.restore' ? at.sluice.agents.restore('north', { force: true }) : at.sluice.holds.releaseAll();
    const users = [at.loose, at.panel.addUser({ agent: at.north, usageLimit: 10 * GB })].sort();
    await at.exceed();
    const match = ({ path }: { path: string }): boolean => users.some((uuid) => path.includes(uuid));
    at.panel.server.inject({ endpoint, match, skip, fault: { kind: 'status', status, body: { msg: 'boom' } } });
    const broken = await run();
    at.panel.server.clearFaults();
    expect(users.filter((uuid) => at.panel.user(uuid).enable)).toEqual([]);
    expect(broken.run.outcome).toBe('partial');
    expect(JSON.stringify(broken)).toContain(`"${code}"`);
    const told = 'actions' in broken ? broken.actions : (broken.agents ?? []).flatMap(({ actions }) => actions);
    const left = told.filter(({ state }) => state === 'failed' || state === 'in-doubt');
    expect(left.map(({ target }) => target).sort()).toEqual(users);

    expect((await run()).run.outcome).toBe('done');
    expect([at.svc, ...users].filter((uuid) => !at.panel.user(uuid).enable)).toEqual([]);
    expect(await at.bench.store.actions.unresolved()).toEqual([]);
  });
});
