import { describe, expect, it } from '@jest/globals';
import { agent, agentDisabled, agentReservation, agentUser } from '../test/agent-records.js';
import { minute } from '../test/records.js';
import { useStore } from '../test/use-store.js';

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

  it('have one open record of a disabled user at most', async () => {
    await at.store.agentDisabled.put([
      agentDisabled('d-1', { at: minute(1) }),
      agentDisabled('d-2', { at: minute(2), uuid: 'u-2', agent: 'b' }),
    ]);
    await expect(at.store.agentDisabled.put([agentDisabled('d-3')])).rejects.toMatchObject({ code: 'store_conflict' });
    await at.store.agentDisabled.put([agentDisabled('d-3', { panel: 'other' })]);
    await at.store.write(async (tables) => {
      await tables.agentDisabled.put([
        agentDisabled('d-1', { at: minute(1), settledAt: minute(3), outcome: 'restored' }),
      ]);
      await tables.agentDisabled.put([agentDisabled('d-4', { at: minute(4), state: 'intended' })]);
    });
    expect((await at.store.agentDisabled.open('vpn')).map(({ id }) => id)).toEqual(['d-2', 'd-4']);
    const ids = async (filter: { agent?: string; uuid?: string; limit?: number }): Promise<string[]> =>
      (await at.store.agentDisabled.list({ panel: 'vpn', ...filter })).map(({ id }) => id);
    expect(await ids({})).toEqual(['d-4', 'd-2', 'd-1']);
    expect(await ids({ agent: 'a' })).toEqual(['d-4', 'd-1']);
    expect(await ids({ uuid: 'u-1', limit: 1 })).toEqual(['d-4']);
  });

  it('tell the reservations that still count', async () => {
    const wanted = { name: 'anna', limitBytes: 5 };
    await at.store.agentReservations.put([
      agentReservation('r-2', { createdAt: minute(2), wanted }),
      agentReservation('r-1', { createdAt: minute(1), state: 'settled', settledAt: minute(2) }),
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

  it('refuse a figure that is no whole number', async () => {
    await expect(at.store.agents.put([agent('a', { limitBytes: 1.5 })])).rejects.toMatchObject({
      code: 'store_invalid',
    });
  });
});
