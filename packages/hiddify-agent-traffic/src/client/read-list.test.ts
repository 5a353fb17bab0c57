import { describe, expect, it } from '@jest/globals';
import { ListReader, type ReadList } from './read-list.js';
import { parseAdminRow, parseUserRow } from './read-rows.js';
import type { HiddifyUser } from './records.js';
import { fixture } from '../test/fixture.js';

const owner = '0f6a1c52-7d3b-4e8a-9c41-2b5d8e7f1a01';
const north = '1a7b2d63-8e4c-4f9b-8d52-3c6e9f802b02';
const GB = 1024 ** 3;

function readList<T extends { uuid: string | null }>(json: unknown, read: (row: unknown) => T): ReadList<T> {
  const reader = new ListReader(read);
  reader.push(Buffer.from(JSON.stringify(json)));
  return reader.end();
}

const users = (json: unknown): ReadList<HiddifyUser> => readList(json, (each) => parseUserRow(each, owner));

const row = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...(fixture('user.get').response.json as Record<string, unknown>),
  ...change,
});

describe('the list of users', () => {
  it('is read as recorded, in whole bytes and without key material', () => {
    const { rows, unreadable } = users(fixture('user.list').response.json);
    expect(unreadable).toBe(0);
    expect(rows.map(({ name, limitBytes, usedBytes }) => ({ name, limitBytes, usedBytes }))).toEqual([
      { name: 'anna', limitBytes: 20 * GB, usedBytes: 7.5 * GB },
      { name: 'by-hand-off', limitBytes: 20 * GB, usedBytes: 0 },
      { name: 'bela', limitBytes: 20 * GB, usedBytes: 20 * GB + 1 },
    ]);
    expect(rows[0]).toEqual({
      uuid: '3c9d4f85-a06e-4b1d-8f74-5e80b1a24d01',
      id: 1,
      name: 'anna',
      owner: north,
      limitBytes: 20 * GB,
      usedBytes: 7.5 * GB,
      packageDays: 30,
      mode: 'monthly',
      startDate: '2025-03-02',
      lastResetDate: '2025-03-01',
      lastOnline: '2025-03-10 18:22:05',
      enabled: true,
      active: true,
      comment: '',
      telegramId: null,
      lang: 'en',
    });
    expect(JSON.stringify(rows)).not.toMatch(/ed25519|wg_|REDACTED|INVENTED/);
  });

  it('survives the odd rows of the panel', () => {
    const { rows, unreadable } = users(fixture('user.list-odd-rows').response.json);
    expect(unreadable).toBe(0);
    expect(rows).toMatchObject([
      { name: 'negative limit', limitBytes: 0, odd: { limitBytes: -5 * GB } },
      { name: 'unknown', limitBytes: 1000 * GB },
      { name: 'no canonical uuid', uuid: null, lastResetDate: null, comment: null },
    ]);
    expect(rows[1]).not.toHaveProperty('odd');
  });

  it("reads the configured key's own uuid as self", () => {
    expect(users([row({ added_by_uuid: owner })]).rows).toMatchObject([{ owner: 'self' }]);
  });

  it.each([
    ['current_usage_GB', 'NaN'],
    ['current_usage_GB', null],
    ['current_usage_GB', undefined],
    ['usage_limit_GB', '20.0'],
    ['usage_limit_GB', 1e10],
    ['enable', 1],
    ['enable', undefined],
    ['added_by_uuid', undefined],
    ['added_by_uuid', 'somebody'],
    ['uuid', 7],
    ['uuid', '3C9D4F85-A06E-4B1D-8F74-5E80B1A24D01'],
    ['id', '1'],
    ['name', null],
  ])('counts a row with %s %p as unreadable and says which', (field, value) => {
    const good = row({ uuid: '3c9d4f85-a06e-4b1d-8f74-5e80b1a24d09', id: 9 });
    const list = users([good, row({ [field]: value }), good]);
    // The third is a duplicate of the first.
    expect(list).toMatchObject({ unreadable: 2, rows: [{ id: 9 }] });
    expect(list.unreadableRows[0]).toMatchObject({ index: 1 });
    expect(list.unreadableRows[0]?.problem).toContain(`${field}: `);
    expect(list.unreadableRows[1]).toMatchObject({ index: 2, id: 9, problem: 'uuid: appears twice in the list' });
  });

  it('counts what is no object, and names twenty at most', () => {
    const list = users(Array.from({ length: 50 }, () => null));
    expect(list.unreadable).toBe(50);
    expect(list.unreadableRows).toHaveLength(20);
    expect(list.unreadableRows[0]).toEqual({ index: 0, uuid: null, id: null, problem: 'not an object' });
  });

  it('takes what only describes where it is of the right kind', () => {
    const odd = { package_days: '30', mode: null, start_date: 'soon', last_online: 'junk', telegram_id: 'x', lang: 1 };
    expect(users([row({ ...odd, is_active: 'yes', comment: 5 })])).toMatchObject({
      unreadable: 0,
      rows: [
        { packageDays: null, mode: null, startDate: null, telegramId: null, lang: null, active: null, comment: null },
      ],
    });
  });
});

describe('the list of accounts', () => {
  it('is read as recorded, the account of the key as self', () => {
    const { rows } = readList(fixture('admin_user.list').response.json, (each) => parseAdminRow(each, owner));
    expect(rows.map(({ uuid, name, role, parent }) => [uuid, name, role, parent])).toEqual([
      ['self', 'Owner', 'super_admin', 'self'],
      [north, 'north', 'agent', 'self'],
      ['2b8c3e74-9f5d-4a0c-9e63-4d7fa0913c03', 'north-east', 'agent', north],
    ]);
  });

  it('counts a row with an unknown role as unreadable', () => {
    const [first] = fixture('admin_user.list').response.json as Record<string, unknown>[];
    const list = readList([{ ...first, mode: 'emperor' }], (each) => parseAdminRow(each, owner));
    expect(list).toMatchObject({ unreadable: 1, rows: [] });
    expect(list.unreadableRows[0]?.problem).toBe('mode: expected super_admin, admin or agent');
  });
});
