import { describe, expect, it } from '@jest/globals';
import { minute } from '../test/records.js';
import { useStore } from '../test/use-store.js';
import type { ApiTokenRecord, RequestRecord } from '../token-records.js';

const at = useStore();
const token = (id: string): ApiTokenRecord => ({
  id,
  name: id,
  hash: `hash-${id}`,
  kind: 'share',
  scopes: [],
  client: '7',
  rights: { buy: true, maxAmount: '10.00', manage: false, changePassword: false },
  createdAt: minute(0),
  createdBy: 'alice',
  expiresAt: minute(9),
  revokedAt: null,
  lastUsedAt: null,
  scopesBefore: null,
});
const request = (key: string, when: string): RequestRecord => ({
  who: 'token tok-1',
  key,
  fingerprint: 'f',
  state: 'running',
  owner: { host: 'a', pid: 1, processStart: '1' },
  status: null,
  answer: null,
  at: when,
});

describe('apiTokens', () => {
  it('finds a token by its hash, and changes only what is named', async () => {
    await at.store.apiTokens.add(token('tok-1'));
    await at.store.apiTokens.update('tok-1', { lastUsedAt: minute(1) });
    expect(await at.store.apiTokens.find('hash-tok-1')).toEqual({ ...token('tok-1'), lastUsedAt: minute(1) });
    expect(await at.store.apiTokens.find('hash')).toBeNull();
  });
});

describe('sessions', () => {
  it('drops those that ended when another begins, and those of a token', async () => {
    const session = (hash: string, from: number, until: number) => ({
      hash,
      token: `tok-${hash}`,
      createdAt: minute(from),
      expiresAt: minute(until),
    });
    await at.store.sessions.add(session('1', 0, 2), 20);
    await at.store.sessions.add(session('2', 2, 9), 20);
    expect(await at.store.sessions.get('1')).toBeNull();
    await at.store.sessions.removeByToken('tok-2');
    expect(await at.store.sessions.get('2')).toBeNull();
  });
});

it('sessions of a token beyond a number end with the next one, the oldest first', async () => {
  const add = (hash: string, of: string) =>
    at.store.sessions.add({ hash, token: of, createdAt: minute(0), expiresAt: minute(9) }, 2);
  for (const hash of ['z', 'y', 'x']) await add(hash, 'tok-1');
  await add('other', 'tok-2');
  const found = await Promise.all(['z', 'y', 'x', 'other'].map((hash) => at.store.sessions.get(hash)));
  expect(found.map((row) => row?.hash ?? null)).toEqual([null, 'y', 'x', 'other']);
});

describe('requests', () => {
  it('adds a key of a sender once, and keeps it for a week after its answer or its last renewal', async () => {
    expect(await at.store.requests.add(request('k', minute(0)))).toBe(true);
    expect(await at.store.requests.add(request('k', minute(1)))).toBe(false);
    await at.store.requests.add(request('done', minute(0)));
    await at.store.requests.put({ ...request('done', minute(0)), state: 'done', owner: null, status: 200, answer: {} });
    await at.store.requests.add(request('left', minute(0)));
    const { who, owner } = request('k', minute(0));
    await at.store.requests.renew({ who, key: 'k', owner, at: minute(5) });
    await at.store.requests.renew({ who, key: 'left', owner: { ...owner!, host: 'b' }, at: minute(5) });
    const now = new Date(Date.parse(minute(5)) + 7 * 86_400_000).toISOString();
    await at.store.maintenance.prune({ now, apiLogDays: 30, samplesDays: 90 });
    expect(await at.store.requests.get(who, 'k')).toEqual(request('k', minute(5)));
    expect(await at.store.requests.get(who, 'left')).toBeNull();
    expect(await at.store.requests.get(who, 'done')).toBeNull();
  });

  it('keeps the newest answered ones of a sender, what runs, and those of others', async () => {
    const { requests } = at.store;
    await requests.add(request('running', minute(0)));
    for (const [n, key] of ['a', 'b', 'c', 'd'].entries()) {
      // The clock may be set back, or stand still.
      await requests.add(request(key, minute(4 - n)));
      await requests.put({ ...request(key, minute(4 - n)), state: 'done', owner: null, status: 200, answer: {} });
    }
    const other = { ...request('a', minute(0)), who: 'token tok-2' };
    await requests.add(other);
    await requests.put({ ...other, state: 'done', owner: null, status: 200, answer: {} });
    await requests.trim('token tok-1', { rows: 2 });
    const left = ['running', 'a', 'b', 'c', 'd'].map(async (key) => (await requests.get('token tok-1', key))?.key);
    expect(await Promise.all(left)).toEqual(['running', undefined, undefined, 'c', 'd']);
    expect(await requests.get('token tok-2', 'a')).not.toBeNull();
  });

  it('keeps those of a time up to a size, and lists what runs', async () => {
    const { requests } = at.store;
    const end = async (key: string, minutes: number, letters: number): Promise<void> => {
      await requests.add(request(key, minute(0)));
      const answered = { state: 'done', owner: null, status: 200, answer: 'ä'.repeat(letters) } as const;
      await requests.put({ ...request(key, minute(minutes)), ...answered });
    };
    await requests.add(request('lost', minute(1)));
    await end('old', 1, 1);
    await end('large', 5, 50);
    await requests.add(request('running', minute(6)));
    for (const key of ['small', 'empty', 'last']) await end(key, 7, 10);
    await requests.add({ ...request('lost', minute(0)), who: 'token tok-2' });
    const keys = async () => {
      const all = ['lost', 'old', 'large', 'running', 'small', 'empty', 'last'];
      const found = await Promise.all(all.map((key) => requests.get('token tok-1', key)));
      return found.flatMap((row) => (row === null ? [] : [row.key]));
    };
    expect((await requests.listRunning('token tok-1')).map(({ key }) => key)).toEqual(['lost', 'running']);
    await requests.trim('token tok-1', { since: minute(2), bytes: 1000 });
    expect(await keys()).toEqual(['large', 'running', 'small', 'empty', 'last']);
    expect((await requests.listRunning('token tok-1')).map(({ key }) => key)).toEqual(['running']);
    // Three of 20 bytes between quotes, and one of 100.
    await requests.trim('token tok-1', { since: minute(2), bytes: 160 });
    expect(await keys()).toEqual(['running', 'small', 'empty', 'last']);
    await requests.trim('token tok-1', { since: minute(2), bytes: 43 });
    expect(await keys()).toEqual(['running', 'last']);
    expect(await requests.get('token tok-2', 'lost')).not.toBeNull();
  });
});
