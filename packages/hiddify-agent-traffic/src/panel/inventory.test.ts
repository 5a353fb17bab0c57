import { describe, expect, it } from '@jest/globals';
import { entryKey, type EntryDetail, type PanelEntry } from '@sluice/panel-kind';
import { type HiddifyUser, SELF } from '../client/records.js';
import { listedUser } from '../test/records.js';
import { calls, GB, useWorld } from '../test/world.js';
import { toDetail } from './describe.js';
import { createInventory, toEntries } from './inventory.js';

const signal = new AbortController().signal;

const describeUser = (changes: Partial<HiddifyUser>): EntryDetail =>
  toDetail(listedUser({ limitBytes: 50 * GB, startDate: '2026-02-10', ...changes }));

describe('what a service of a user states', () => {
  it('is its last day, the cycle that holds its package, and its part of a product', () => {
    expect(describeUser({})).toEqual({
      columns: { billing_cycle: 'monthly', next_due_date: '2026-03-12' },
      section: { packageDays: 30, mode: 'no_reset' },
      owner: 'north',
    });
    expect(describeUser({ owner: SELF })).not.toHaveProperty('owner');
  });

  it('is due on the day before the one from which the panel does not serve it', () => {
    const user = listedUser({ startDate: '2026-02-10' });
    const list = { users: [user], unreadable: 0, unreadableRows: [], requestedAt: '', receivedAt: '', bytes: 0 };
    const [entry] = toEntries(list, { name: 'vpn', timeZone: 'Asia/Tehran' });
    expect(entry?.expiresAt).toBe('2026-03-12T20:30:00.000Z');
    expect(toDetail(user).columns?.['next_due_date']).toBe('2026-03-12');
  });

  it('is the same part of a product for users with the same settings, no matter who owns them', () => {
    const [one, other] = ['north', 'south'].map((owner) => describeUser({ owner, startDate: null }).section);
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
    expect(one).toEqual({ packageDays: 30, mode: 'no_reset' });
  });

  it.each([
    [1, 'monthly', true],
    [28, 'monthly', false],
    [31, 'monthly', false],
    [32, 'quarterly', true],
    [90, 'quarterly', false],
    [180, 'semiannually', false],
    [365, 'annually', false],
    [730, 'biennially', false],
    [1096, 'triennially', false],
  ])('has a cycle that no package of %i days outlasts: %s', (packageDays, billing, isNamed) => {
    const { columns, notes = [], quotaBytes } = describeUser({ packageDays });
    expect(columns?.['billing_cycle']).toBe(billing);
    expect(notes).toEqual(isNamed ? [expect.stringContaining(`no billing cycle has ${packageDays} days`)] : []);
    expect(quotaBytes).toBeUndefined();
  });

  it.each<[string, Partial<HiddifyUser>, RegExp]>([
    ['whose package outlasts every cycle', { packageDays: 1098 }, /1098 days are more than any billing cycle/],
    ['that can be due on no day', { startDate: '0900-01-01' }, /no service can be due on its last day/],
    ['that the panel zeroes every day', { mode: 'daily' }, /limit is for a day/],
    ['that the panel zeroes every week', { mode: 'weekly' }, /limit is for 7 days/],
    ['with a limit of 0', { limitBytes: 0 }, /limit is 0/],
    ['with a negative limit', { limitBytes: 0, odd: { limitBytes: -5 } }, /limit is negative/],
  ])('has no quota, and says why, for a user %s', (_, changes, why) => {
    const { quotaBytes, notes = [] } = describeUser(changes);
    expect(quotaBytes).toBeNull();
    expect(notes).toEqual([expect.stringMatching(why)]);
  });

  it('counts a month where the panel zeroes a user every 30 days, and says so of longer packages', () => {
    expect(describeUser({ mode: 'monthly' }).notes).toBeUndefined();
    const { columns, section, notes } = describeUser({ mode: 'monthly', packageDays: 90 });
    expect([columns?.['billing_cycle'], section]).toEqual(['monthly', { packageDays: 90, mode: 'monthly' }]);
    expect(notes).toEqual([expect.stringContaining('every 30 days')]);
  });

  it('has no due date before the first use, and names that', () => {
    const { columns, notes, quotaBytes } = describeUser({ startDate: null });
    expect([columns, quotaBytes]).toEqual([{ billing_cycle: 'monthly' }, null]);
    expect(notes).toEqual([expect.stringContaining('begin with its first use')]);
  });

  it.each<[string, Partial<HiddifyUser>, RegExp]>([
    ['no days', { packageDays: 0 }, /days on the panel are 0/],
    ['negative days', { packageDays: -3 }, /days on the panel are -3/],
    ['unknown days', { packageDays: null }, /days on the panel are not shown/],
    ['days after all dates', { packageDays: 9_999_999 }, /no service can be due on its last day/],
    ['no uuid', { uuid: null }, /no uuid/],
    ['a mode of its own', { mode: 'yearly' }, /unknown reset mode/],
    ['no mode', { mode: null }, /unknown reset mode/],
    ['its switch off', { enabled: false }, /disabled on the panel and stays so/],
  ])('names a user with %s', (_, changes, words) => {
    const { section, notes = [] } = describeUser(changes);
    expect(notes).toContainEqual(expect.stringMatching(words));
    expect(section?.['packageDays'] ?? 1).toBeGreaterThan(0);
  });

  it('has no limit for a user without one, however its package is', () => {
    const unlimited = { limitBytes: 1_000_000 * GB };
    expect(describeUser({ ...unlimited, mode: 'daily' })).not.toHaveProperty('quotaBytes');
    // A product with any quota needs a due date.
    expect(describeUser({ ...unlimited, startDate: null }).quotaBytes).toBeNull();
  });
});

describe('the inventory', () => {
  const world = useWorld();
  const open = () => createInventory(world.client, { name: 'vpn', timeZone: 'UTC' });

  it('describes what it has listed without another call, and what others list with one', async () => {
    const { fake } = world;
    const [north, anna] = [fake.addAgent(), fake.addUser({ name: 'anna', packageDays: 60 })];
    const twin = fake.addUser({ agent: north, name: 'anna', packageDays: 30 });
    const inventory = open();
    const entries = await inventory.list(signal);
    const days = async (of: readonly PanelEntry[]): Promise<unknown[]> => {
      const details = await inventory.describe?.(of, signal);
      return of.map((entry) => details?.get(entryKey(entry))?.section?.['packageDays']);
    };
    const known = new Map([
      [anna, 60],
      [twin, 30],
    ]);
    const expected = entries.map(({ refs }) => known.get(refs['hiddify_user_uuid'] ?? ''));
    expect(await days(entries)).toEqual(expected);
    expect(calls(fake)).toHaveLength(1);
    expect(await days(entries.map((entry) => ({ ...entry })))).toEqual(expected);
    expect(calls(fake)).toHaveLength(2);
  });

  it('describes no user that is not there any more', async () => {
    world.fake.addUser();
    const inventory = open();
    const [entry] = await inventory.list(signal);
    const gone = { ...(entry as PanelEntry), id: '999999' };
    expect(await inventory.describe?.([gone], signal)).toEqual(new Map());
  });

  it('lists whom users belong to and who is above, without the account of the key', async () => {
    const { fake } = world;
    const north = fake.addAgent(undefined, { name: 'north' });
    const east = fake.addAgent(north, { name: 'north' });
    const staff = fake.addAgent(undefined, { name: 'staff', mode: 'admin' });
    const owners = await open().owners?.(signal);
    expect(new Map(owners?.map((owner) => [owner.id, owner]))).toEqual(
      new Map([
        [north, { id: north, name: 'north', parent: null, limitable: true }],
        [east, { id: east, name: 'north', parent: north, limitable: true }],
        [staff, { id: staff, name: 'staff', parent: null, limitable: false }],
      ]),
    );
  });

  it('lists nobody where a row can not be read', async () => {
    const { fake } = world;
    fake.server.inject({ fault: { kind: 'body', body: [{ uuid: fake.addAgent(), name: 5, mode: 'agent' }] } });
    await expect(open().owners?.(signal)).rejects.toMatchObject({ code: 'list_unreadable' });
  });

  it('shows the key of the Owner nowhere', async () => {
    const { fake } = world;
    fake.addUser();
    fake.addAgent();
    const inventory = open();
    const entries = await inventory.list(signal);
    const details = [...((await inventory.describe?.(entries, signal)) ?? [])];
    expect(JSON.stringify([entries, details, await inventory.owners?.(signal)])).not.toContain(fake.key);
  });
});
