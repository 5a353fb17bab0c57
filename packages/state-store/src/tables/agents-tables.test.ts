import { describe, expect, it } from '@jest/globals';
import { agent, agentPeriod, agentReservation, agentUser } from '../test/agent-records.js';
import { toAgentSubject } from '@sluice/quota-core';
import { action, hold, minute, proof } from '../test/records.js';
import { expectRefused, useStore } from '../test/use-store.js';

describe('the tables of agents', () => {
  const at = useStore();

  it('keep the agents of each panel apart', async () => {
    await at.store.agents.put([agent('b'), agent('a', { limitBytes: 0 }), agent('a', { panel: 'other' })]);
    await at.store.agents.put([agent('b', { name: 'south', thresholds: [80] }), agent('b', { name: 'east' })]);
    expect(await at.store.agents.list('vpn')).toEqual([agent('a', { limitBytes: 0 }), agent('b', { name: 'east' })]);
    expect((await at.store.agents.list()).map(({ panel, uuid }) => `${panel} ${uuid}`)).toEqual([
      'other a',
      'vpn a',
      'vpn b',
    ]);
  });

  it('keep a ledger of any number of users', async () => {
    const users = Array.from({ length: 3000 }, (_, n) => agentUser(`u-${n}`, { lastBytes: n - 5 }));
    await at.store.agentUsers.put([...users, agentUser('u-1', { panel: 'other' })]);
    expect(await at.store.agentUsers.list({ panel: 'vpn' })).toHaveLength(3000);
    expect(await at.store.agentUsers.list({ panel: 'vpn', keys: ['u-2', 'u-1', 'none'] })).toEqual([
      agentUser('u-1', { lastBytes: -4 }),
      agentUser('u-2', { lastBytes: -3 }),
    ]);
    await at.store.agentUsers.put([agentUser('u-1', { lastBytes: 7, gone: true })]);
    await at.store.agentUsers.remove(
      'vpn',
      users.map(({ key }) => key).filter((key) => key !== 'u-1'),
    );
    expect(await at.store.agentUsers.list({ panel: 'vpn' })).toEqual([agentUser('u-1', { lastBytes: 7, gone: true })]);
    expect(await at.store.agentUsers.list({ panel: 'other' })).toHaveLength(1);
    expect(await at.store.agentUsers.list({ panel: 'vpn', keys: [] })).toEqual([]);
  });

  it('move to the new name of a panel, and replace what it has', async () => {
    const { agents, agentUsers, agentReservations } = at.store;
    await agents.put([agent('a', { limitBytes: 5 }), agent('a', { panel: 'new' }), agent('b', { panel: 'new' })]);
    await agentUsers.put([agentUser('u-1', { lastBytes: 7 }), agentUser('u-2', { panel: 'new' })]);
    await agentReservations.put([agentReservation('u-3')]);
    await agents.renamePanel('vpn', 'new');
    expect(await agents.list()).toEqual([agent('a', { panel: 'new', limitBytes: 5 })]);
    expect(await agentUsers.list({ panel: 'new' })).toEqual([agentUser('u-1', { panel: 'new', lastBytes: 7 })]);
    expect(await agentUsers.list({ panel: 'vpn' })).toEqual([]);
    expect((await agentReservations.live('new')).map(({ uuid }) => uuid)).toEqual(['u-3']);
  });

  it('keep the ended periods of an agent, once each, under the names that it and its panel have', async () => {
    const { agents, agentPeriods } = at.store;
    const unknown = { limitBytes: null, usedBytes: null, exceeded: null, exceededAt: null, readAt: null };
    const [first, second] = [agentPeriod(minute(1)), agentPeriod(minute(2), unknown)];
    await agents.put([agent('a')]);
    await agentPeriods.put([first, second, agentPeriod(minute(1), { agent: 'b' })]);
    await agentPeriods.put([{ ...first, usedBytes: 13 }]);
    expect(await agentPeriods.list('vpn', 'a')).toEqual([second, { ...first, usedBytes: 13 }]);
    expect(await agentPeriods.list('other', 'a')).toEqual([]);
    await agentPeriods.put([agentPeriod(minute(2), { agent: 'z', usedBytes: 5 })]);
    await agents.rename('vpn', { from: 'a', to: 'z' });
    const moved = [agentPeriod(minute(2), { agent: 'z', usedBytes: 5 }), { ...first, agent: 'z', usedBytes: 13 }];
    expect(await agentPeriods.list('vpn', 'z')).toEqual(moved);
    expect(await agentPeriods.list('vpn', 'a')).toEqual([]);
    await agentPeriods.put([agentPeriod(minute(9), { panel: 'new', agent: 'z' })]);
    await agents.renamePanel('vpn', 'new');
    expect(await agentPeriods.list('new', 'z')).toEqual(moved.map((period) => ({ ...period, panel: 'new' })));
    expect(await agentPeriods.list('new', 'b')).toHaveLength(1);
  });

  it('keep the ended periods of five years', async () => {
    const { agentPeriods } = at.store;
    const ends = ['2021-11-01T00:00:00.000Z', '2021-12-01T00:00:00.000Z'];
    await agentPeriods.put(ends.map((endedAt) => agentPeriod(endedAt, { endedAt })));
    await at.store.maintenance.prune({ now: '2026-11-20T12:00:00.000Z', apiLogDays: 30, samplesDays: null });
    expect((await agentPeriods.list('vpn', 'a')).map(({ endedAt }) => endedAt)).toEqual(ends.slice(1));
  });

  it('keep everything of an agent that has another uuid', async () => {
    const { agents, agentUsers, agentReservations, holds, evidence, actions } = at.store;
    await agents.put([agent('a', { limitBytes: 5 }), agent('c', { parent: 'a' }), agent('a', { panel: 'vpn2' })]);
    await agentUsers.put([agentUser('u-1'), agentUser('u-2', { owner: 'c' }), agentUser('u-3', { panel: 'vpn2' })]);
    await agentReservations.put([agentReservation('r-1', { chain: ['a', 'ab'] })]);
    const subject = toAgentSubject('vpn', 'a');
    await holds.add(hold('h-1', { service: subject, reason: 'agent-limit' }));
    const of = { hold: 'h-1', service: subject, panel: 'vpn', kind: 'user' };
    await evidence.add(proof('d-1', { ...of, target: 'u-1', prior: { name: 'anna', owner: 'a' } }));
    await evidence.add(proof('d-2', { ...of, target: 'u-2', prior: { name: 'bela', owner: 'c' } }));
    const row = (owner: string, agentOf: string) => ({
      payload: { agent: agentOf, owner },
      begins: { kind: 'user', target: 'u', prior: { owner } },
      subject: toAgentSubject('vpn', agentOf),
    });
    const planned = { panel: 'vpn', service: null };
    await actions.plan([
      action('act-1', { ...planned, payload: row('c', 'a') }),
      action('act-2', { ...planned, payload: row('a', 'c') }),
      action('act-3', { ...planned, panel: 'vpn2', payload: row('a', 'a') }),
      action('act-4', planned),
    ]);
    await agents.rename('vpn', { from: 'a', to: 'b' });
    expect((await actions.unresolved()).map(({ payload }) => payload)).toEqual([
      row('c', 'b'),
      row('b', 'c'),
      row('a', 'a'),
      null,
    ]);
    expect(await agents.list()).toEqual([
      agent('b', { limitBytes: 5 }),
      agent('c', { parent: 'b' }),
      agent('a', { panel: 'vpn2' }),
    ]);
    expect((await agentUsers.list({ panel: 'vpn' })).map(({ owner }) => owner)).toEqual(['b', 'c']);
    expect((await agentUsers.list({ panel: 'vpn2' })).map(({ owner }) => owner)).toEqual(['a']);
    expect(await agentReservations.live('vpn')).toMatchObject([{ agent: 'b', chain: ['b', 'ab'] }]);
    const renamed = toAgentSubject('vpn', 'b');
    expect(await holds.open({ agentsOf: 'vpn' })).toMatchObject([{ id: 'h-1', service: renamed }]);
    expect(await evidence.open({ agentsOf: 'vpn' })).toMatchObject([
      { id: 'd-1', service: renamed, prior: { name: 'anna', owner: 'b' } },
      { id: 'd-2', service: renamed, prior: { name: 'bela', owner: 'c' } },
    ]);
  });

  it('keep one of two open holds of a reason that an agent has by both uuids', async () => {
    const { agents, holds, evidence } = at.store;
    const [before, after] = [toAgentSubject('vpn', 'a'), toAgentSubject('vpn', 'b')];
    await holds.add(hold('h-1', { service: before, reason: 'agent-limit' }));
    await holds.add(hold('h-2', { service: after, reason: 'agent-limit', since: minute(5) }));
    await holds.add(hold('h-3', { service: before, reason: 'manual' }));
    const of = { service: before, panel: 'vpn', kind: 'user' };
    await evidence.add(proof('d-1', { ...of, hold: 'h-1', target: 'u-1' }));
    await evidence.add(proof('d-2', { ...of, service: after, hold: 'h-2', target: 'u-2' }));
    await agents.rename('vpn', { from: 'a', to: 'b' });
    expect((await holds.open({ agentsOf: 'vpn' })).map(({ id, service }) => [id, service])).toEqual([
      ['h-3', after],
      ['h-2', after],
    ]);
    expect((await holds.all({ service: after })).find(({ id }) => id === 'h-1')).toMatchObject({ until: minute(5) });
    expect((await evidence.open({ agentsOf: 'vpn' })).map((row) => [row.id, row.hold])).toEqual([
      ['d-1', 'h-2'],
      ['d-2', 'h-2'],
    ]);
  });

  it('keep holds and evidence of agents apart from those of services', async () => {
    const subject = toAgentSubject('vpn', 'a');
    await at.store.holds.add(hold('h-1'));
    await at.store.holds.add(hold('h-2', { service: subject, reason: 'agent-limit' }));
    await at.store.holds.add(hold('h-3', { service: toAgentSubject('vpn2', 'a'), reason: 'agent-limit' }));
    const ofAgent = { hold: 'h-2', service: subject, panel: 'vpn', kind: 'user' };
    expect(await at.store.evidence.add(proof('d-1', { ...ofAgent, target: 'u-1' }))).toBe(true);
    expect(await at.store.evidence.add(proof('d-2', { ...ofAgent, target: 'u-1' }))).toBe(false);
    const ids = (rows: { id: string }[]): string[] => rows.map(({ id }) => id);
    expect(ids(await at.store.holds.open())).toEqual(['h-1']);
    expect(ids(await at.store.holds.all())).toEqual(['h-1']);
    expect(ids(await at.store.evidence.open())).toEqual([]);
    expect(ids(await at.store.evidence.open({ panel: 'vpn' }))).toEqual([]);
    expect(ids(await at.store.holds.open({ agentsOf: 'vpn' }))).toEqual(['h-2']);
    expect(ids(await at.store.holds.all({ service: subject }))).toEqual(['h-2']);
    expect(ids(await at.store.evidence.open({ agentsOf: 'vpn' }))).toEqual(['d-1']);
    expect(ids(await at.store.evidence.open({ agentsOf: 'vpn2' }))).toEqual([]);
  });

  it('tell the reservations that still count', async () => {
    const wanted = { name: 'anna', limitBytes: 5 };
    await at.store.agentReservations.put([
      agentReservation('r-2', { createdAt: minute(2), wanted }),
      agentReservation('r-1', { createdAt: minute(1), state: 'settled', confirmedAt: minute(2) }),
      agentReservation('r-0', { state: 'closed', closedAt: minute(2), outcome: 'used' }),
    ]);
    expect((await at.store.agentReservations.live('vpn')).map(({ uuid }) => uuid)).toEqual(['r-1', 'r-2']);
    expect(await at.store.agentReservations.live('other')).toEqual([]);
    expect(await at.store.agentReservations.get('vpn', 'r-2')).toEqual(
      agentReservation('r-2', { createdAt: minute(2), wanted }),
    );
    expect(await at.store.agentReservations.get('other', 'r-2')).toBeNull();
  });

  it('remember the last good list of a panel', async () => {
    expect(await at.store.agentSnapshots.get('vpn')).toBeNull();
    const first = { panel: 'vpn', at: minute(1), until: minute(2), users: 3, admins: 2, ownerName: 'Owner' };
    await at.store.agentSnapshots.put(first);
    await at.store.agentSnapshots.put({ ...first, users: 4 });
    expect(await at.store.agentSnapshots.get('vpn')).toEqual({ ...first, users: 4 });
  });

  it('promise a budget once only, however many ask at a time', async () => {
    const others = await Promise.all(Array.from({ length: 4 }, () => at.open()));
    const promise = (n: number): Promise<boolean> =>
      (others[n % others.length] ?? at.store).write(async (tables) => {
        const live = await tables.agentReservations.live('vpn');
        if (live.reduce((sum, { bytes }) => sum + bytes, 0) + 10 > 100) return false;
        await tables.agentReservations.put([agentReservation(`r-${n}`, { bytes: 10 })]);
        return true;
      });
    const made = await Promise.all(Array.from({ length: 50 }, (_, n) => promise(n)));
    expect(made.filter(Boolean)).toHaveLength(10);
    expect(await at.store.agentReservations.live('vpn')).toHaveLength(10);
  });

  it('refuse a figure that is not a whole number', async () => {
    await expectRefused(at.store.agents.put([agent('a', { limitBytes: 1.5 })]), 'store_invalid');
  });
});
