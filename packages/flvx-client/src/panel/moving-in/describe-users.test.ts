import { describe, expect, it } from '@jest/globals';
import {
  bytes,
  epochMs,
  type FlvxPermission,
  type FlvxUser,
  type GigabytesWhole,
  gigabytes,
  megabits,
} from '../../client/records.js';
import { DUE, GB, limitNamed, permissionOn, someUser, tunnelWith } from '../../test/account.js';
import type { FlvxDefaults } from '../product.js';
import { describeUsers } from './describe-users.js';

const quota = (gb: number): GigabytesWhole => gb as GigabytesWhole;
const BYTES = 2 ** 30;

interface Given {
  user?: Partial<FlvxUser>;
  permissions?: readonly FlvxPermission[];
  defaults?: FlvxDefaults;
  timeZone?: string;
}

/** Describes user 2, due on 1 April. */
function describeOne({ user = {}, permissions = [permissionOn(1)], defaults = {}, timeZone = 'UTC' }: Given = {}) {
  const limits = [limitNamed('slow', 5), limitNamed('fast', 6, { speed: megabits(100) })];
  const own = limitNamed('sluice:user#2:5M', 7);
  const details = describeUsers(
    [{ object: 'user', id: '2' }],
    {
      users: [someUser(user)],
      permissions,
      tunnels: [tunnelWith(1, 1), { ...tunnelWith(2, 1), name: '香港\u001b[2J' }, tunnelWith(3, 1)],
      speedLimits: [...limits, own],
    },
    { defaults, timeZone, now: '2026-03-10T12:00:00.000Z' },
  );
  const { columns, section, notes = [], ...more } = details.get('user:2') ?? {};
  return { columns, section, notes: notes.join('\n'), ...more };
}

describe('a user', () => {
  it('is described by his product, due date and cycle, in any order of his permissions', () => {
    const permissions = [permissionOn(2), permissionOn(1)];
    expect(
      describeOne({ user: { resetDay: 1 }, permissions: permissions.map((row) => ({ ...row, resetDay: 1 })) }),
    ).toEqual({
      columns: { billing_cycle: 'monthly', next_due_date: '2026-04-01' },
      section: { tunnelIds: [1, 2], maxForwards: 10, resetDay: 1 },
      notes: '',
    });
    expect(describeOne()).toEqual({
      columns: { next_due_date: '2026-04-01' },
      section: { tunnelId: 1, maxForwards: 10, resetDay: 0 },
      notes: '',
    });
  });

  it.each([
    [Date.parse('2026-04-01T03:29:59Z'), 'Asia/Tehran', '2026-04-01'],
    [Date.parse('2026-03-31T20:30:00Z'), 'Asia/Tehran', '2026-04-01'],
    [Date.parse('2026-03-31T20:29:59Z'), 'Asia/Tehran', '2026-03-31'],
    [Date.parse('2099-12-31T23:59:59Z'), 'UTC', '2099-12-31'],
    [Date.parse('2025-01-01T10:00:00Z'), 'UTC', '2025-01-01'],
  ])('that expires at %d is due on that day of the zone %s', (expiresAt, timeZone, due) => {
    const user = { expiresAt: epochMs(expiresAt) };
    const permissions = [permissionOn(1, user)];
    const found = describeOne({ user, permissions, timeZone });
    expect([found.columns, found.section]).toEqual([{ next_due_date: due }, expect.objectContaining({ tunnelId: 1 })]);
  });

  it.each([0, -1, 9e15, 2.6e14])(
    'without a date as expiry (%d) has no due date, and keeps his permissions',
    (expiresAt) => {
      const found = describeOne({ user: { expiresAt: expiresAt as FlvxUser['expiresAt'] } });
      expect(found).toMatchObject({ columns: {}, section: { tunnelId: 1 } });
      expect(found.notes).toContain('next_due_date');
    },
  );

  it('that has expired, or does not for years, is named', () => {
    expect(describeOne({ user: { expiresAt: epochMs(Date.parse('2026-03-01')) } }).notes).toContain(
      'expired on 2026-03-01',
    );
    expect(describeOne({ user: { expiresAt: epochMs(Date.parse('2036-03-01')) } }).notes).toContain('may mean never');
  });

  it('that is gone is left out, and one without a permission gets none', () => {
    expect(
      describeUsers(
        [{ object: 'user', id: '9' }],
        { users: [], permissions: [], tunnels: [], speedLimits: [] },
        {
          ...{ defaults: {}, timeZone: 'UTC', now: '2026-03-10T12:00:00.000Z' },
        },
      ).size,
    ).toBe(0);
    const found = describeOne({ permissions: [permissionOn(1, { userId: 3 })] });
    expect(found).toMatchObject({ section: { tunnelIds: [] }, notes: expect.stringContaining('no permission') });
  });
});

describe('the quota of a user', () => {
  it.each([
    [100 * BYTES, 100 * GB],
    [8 * BYTES, 8 * GB],
    [BYTES, GB],
    [100 * 10 ** 9, 100 * 10 ** 9],
  ])('of %d GB was written in bytes', (written, meant) => {
    const row = { quota: quota(written) };
    const user = { ...row, inBytes: bytes(0), outBytes: bytes(0) };
    const found = describeOne({ user, permissions: [permissionOn(1, row)] });
    expect(found).toMatchObject({ quotaBytes: meant, section: { tunnelId: 1 } });
    expect(found.notes).toMatch(/^its quota.* written in bytes.*when the next cycle opens$/);
  });

  it('that was written in bytes and is used up is named', () => {
    const user = { quota: quota(5 * BYTES), inBytes: bytes(5 * GB), outBytes: bytes(0) };
    expect(describeOne({ user }).notes).toMatch(/used 5(.*) runs that enforce hold it/);
  });

  it.each([0, -1, -(2 ** 40)])('of %d GB is none of a product', (written) => {
    expect(describeOne({ user: { quota: quota(written) } })).toMatchObject({
      ...{ quotaBytes: null, section: { tunnelId: 1 } },
      notes: expect.stringContaining('blocks it'),
    });
  });

  it.each([99_999, 10_000_000, 1_000_000_000, 2 ** 33 - 1])('of %d GB is not a limit', (written) => {
    const row = { quota: quota(written) };
    expect(describeOne({ user: row, permissions: [permissionOn(1, row)] })).toMatchObject({
      ...{ section: { tunnelId: 1 }, notes: '' },
    });
    expect(describeOne({ user: row })).not.toHaveProperty('quotaBytes');
  });

  it.each([2 ** 33 + 1, 99_999_999_999, Number.MAX_SAFE_INTEGER])('of %d GB may be any limit', (written) => {
    expect(describeOne({ user: { quota: quota(written) } })).toMatchObject({
      ...{ quotaBytes: null, notes: expect.stringContaining('more than the panel can count') },
    });
  });
});

describe('a permission', () => {
  it.each<[string, Partial<FlvxPermission>]>([
    ['quota (50 GB)', { quota: gigabytes(50) }],
    ['quota (-1 GB)', { quota: quota(-1) }],
    ['quota', { quota: gigabytes(99_999) }],
    ['number of forwards (3)', { maxForwards: 3 }],
    ['reset day (7)', { resetDay: 7 }],
    ['expiry (2026-04-02', { expiresAt: epochMs(DUE + 86_400_000) }],
    ['expiry (0)', { expiresAt: epochMs(0) }],
    ['as the suspension of the old module leaves it', { quota: quota(0), maxForwards: 0, resetDay: 1 }],
  ])('with its own %s is not the product’s, and is named', (what, changes) => {
    const found = describeOne({ permissions: [permissionOn(1), permissionOn(2, changes)] });
    expect(found.section).toMatchObject({ tunnelId: 1 });
    expect(found.notes).toMatch(/^its permission for tunnel 2 \(香港[^\p{Cc}]*\) has .*: it stays as it is$/u);
    expect(found.notes).toContain(what);
  });

  it.each<[string, Partial<FlvxUser>, Partial<FlvxPermission>]>([
    ['at another time of the day', {}, { expiresAt: epochMs(DUE + 3_600_000) }],
    ['with another word for never', {}, { resetDay: -1 }],
    ['with another word for the last day', { resetDay: 31 }, { resetDay: 40 }],
    ['with a negative number of forwards', { maxForwards: 0 }, { maxForwards: -2 }],
    ['with his quota in bytes', {}, { quota: quota(100 * BYTES) }],
    ['with the quota that his bytes mean', { quota: quota(100 * BYTES) }, {}],
  ])('%s is the product’s', (_what, user, changes) => {
    expect(describeOne({ user, permissions: [permissionOn(1, changes)] }).section).toMatchObject({ tunnelId: 1 });
  });

  it('whose bytes mean another quota than the user’s, as after an upgrade by the old module, is named', () => {
    const { notes } = describeOne({ permissions: [permissionOn(1, { quota: quota(200 * BYTES) })] });
    expect(notes).toMatch(/means 200 GB, while that of the user is 100 GB: check which of them was sold/);
  });

  it('on a tunnel that is gone, or that is closed, is named', () => {
    const found = describeOne({ permissions: [permissionOn(1, { status: 0 }), permissionOn(9)] });
    expect(found.section).toMatchObject({ tunnelId: 1 });
    expect(found.notes).toMatch(
      /tunnel 1 \(T-1\) is closed: it stays closed\n.*tunnel 9 is on a tunnel that does not exist/,
    );
  });
});

describe('the speed', () => {
  const at = (...speeds: (number | null)[]) => ({
    permissions: speeds.map((speedId, index) => permissionOn(index + 1, { speedId })),
  });

  it.each<[string, Given, object]>([
    ['none', at(null, null), { tunnelIds: [1, 2] }],
    ['a shared limit', at(6, 6), { tunnelIds: [1, 2], speedLimitId: 6 }],
    ['a limit that Sluice makes for the user', at(7, 7), { tunnelIds: [1, 2], speedMbit: 5 }],
    ['a limit that is gone', at(9), { tunnelId: 1 }],
    ['two limits', at(5, 6), { tunnelIds: [1, 2] }],
    ['a limit on some', at(5, null), { tunnelIds: [1, 2] }],
    ['a limit that Sluice makes, and another', at(5, 7), { tunnelId: 2, speedMbit: 5 }],
    ['the default', { ...at(6, 6), defaults: { speedLimitId: 6 } }, { tunnelIds: [1, 2] }],
    ['none, with a default', { ...at(null), defaults: { speedLimitId: 6 } }, { tunnelId: 1, speedLimitId: null }],
    ['two, with a default', { ...at(5, 6, 5), defaults: { speedLimitId: 6 } }, { tunnelIds: [1, 3], speedLimitId: 5 }],
    ['one that is gone, with a default', { ...at(9), defaults: { speedLimitId: 6 } }, { tunnelIds: [] }],
  ])('of %s becomes that of the product as far as each can keep its own', (_what, given, section) => {
    expect(describeOne(given).section).toEqual({ ...section, maxForwards: 10, resetDay: 0 });
  });
});
