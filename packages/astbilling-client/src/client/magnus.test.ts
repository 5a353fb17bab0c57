import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeAstbilling, startFakeAstbilling } from '@sluice/fake-panels';
import { type AstbillingClient, createAstbillingClient } from '../index.js';

let fake: FakeAstbilling;
let client: AstbillingClient;

beforeEach(async () => {
  fake = await startFakeAstbilling();
  fake.add('plans', { id: '11', name: 'Corporativo 30/6' });
  fake.addSubscriber({ id: '9001', username: 'maria2000', plan: '11' });
  client = createAstbillingClient({
    panel: 'voip',
    baseUrl: fake.url,
    allowHttp: true,
    profile: 'magnusbilling',
    token: fake.credential,
    breaker: false,
  });
});

afterEach(async () => {
  client.close();
  expect(fake.server.failures).toEqual([]);
  await fake.close();
});

const line = {
  username: 'joao1042',
  planId: '11',
  channels: 2,
  areaCode: '11',
  sipPassword: 'Kx7Qm2Rt9Vw4Zp6Hs3Nd8Bf5',
  billingType: 'postpaid',
  name: 'João da Silva',
} as const;

it('makes no line whose username is the name of a SIP account of another line', async () => {
  fake.addSipAccount('9001', 'Joao1042');
  await expect(client.subscribers.create(line)).rejects.toMatchObject({ panelCode: 'conflict', outcomeUnknown: false });
  expect((await client.subscribers.list()).map(({ username }) => username)).toEqual(['maria2000']);
});

/** Reads the ids of the calls of October 2026. */
async function readCalls(): Promise<string[]> {
  const read: string[] = [];
  const period = { from: '2026-10-01T00:00:00-03:00', to: '2026-11-01T00:00:00-03:00' };
  for await (const { calls } of client.calls.pages(period)) read.push(...calls.map(({ id }) => id));
  return read;
}

/** Adds 1001 calls, of which 100 are removed when the second page is read. */
function addFleetingCalls(): string[] {
  const call = { subscriber: '9001', startedAt: '2026-10-05T09:00:00-03:00', talkSeconds: 6 };
  const ids = Array.from({ length: 1001 }, () => fake.addCall(call));
  let reads = 0;
  fake.server.onCall(({ path }) => {
    if (!path.includes('call/read')) return;
    reads += 1;
    if (reads === 2) for (const id of ids.slice(0, 100)) fake.deleteCall(id);
  });
  return ids;
}

it('reads no calls of which some are removed between two pages, and those that are left', async () => {
  const ids = addFleetingCalls();
  await expect(readCalls()).rejects.toMatchObject({ panelCode: 'list_changed' });
  expect(await readCalls()).toEqual(ids.slice(100));
});

it('misses no call when others are removed between two pages of a panel that estimates its counts', async () => {
  fake.quirks.total = () => 5970;
  const ids = addFleetingCalls();
  expect(await readCalls()).toEqual(ids);
});

/** Empties the answers of the panel to these reads, and leaves their counts as they are. */
function hideRows(path: string, times: { skip?: number; times?: number } = {}): void {
  const change = (json: unknown): object => ({ ...(json as object), rows: [] });
  fake.server.inject({ match: (call) => call.path.endsWith(path), ...times, fault: { kind: 'mutate', change } });
}

describe('an answer without records that counts some', () => {
  const add = (count: number): string[] =>
    Array.from({ length: count }, () =>
      fake.addCall({ subscriber: '9001', startedAt: '2026-10-05T09:00:00-03:00', talkSeconds: 6 }),
    );

  it.each([
    ['the first page', 4, 0],
    ['a later page', 501, 1],
  ])('is no list of calls: %s', async (_, count, skip) => {
    add(count);
    hideRows('/call/read', { skip });
    await expect(readCalls()).rejects.toMatchObject({ code: 'PANEL_UNREADABLE', panelCode: 'list_incomplete' });
  });

  it('is read again', async () => {
    const ids = add(4);
    hideRows('/call/read', { times: 1 });
    expect(await readCalls()).toEqual(ids);
  });

  it('is the end of the calls of a panel that estimates its counts', async () => {
    fake.quirks.total = () => 5970;
    expect(await readCalls()).toEqual([]);
    const ids = add(2);
    expect(await readCalls()).toEqual(ids);
  });

  it('says of no line and no number that it is gone, and of no name that it is free', async () => {
    const number = fake.addDid({ number: '+551140001234', subscriber: '9001' });
    fake.addSipAccount('9001', 'joao1042');
    const incomplete = { code: 'PANEL_UNREADABLE', panelCode: 'list_incomplete' };
    for (const path of ['/user/read', '/did/read', '/sip/read']) hideRows(path);
    await expect(client.subscribers.list()).rejects.toMatchObject(incomplete);
    await expect(client.subscribers.find({ username: 'maria2000' })).rejects.toMatchObject(incomplete);
    await expect(client.subscribers.get('9001')).rejects.toMatchObject(incomplete);
    await expect(client.dids.list()).rejects.toMatchObject(incomplete);
    await expect(client.dids.get(number)).rejects.toMatchObject(incomplete);
    await expect(client.subscribers.create(line)).rejects.toMatchObject({ code: 'PANEL_UNREADABLE' });
    fake.server.clearFaults();
    expect((await client.subscribers.list()).map(({ username }) => username)).toEqual(['maria2000']);
  });
});

it('refuses calls that are not sorted by their ids', async () => {
  for (let n = 0; n < 3; n += 1)
    fake.addCall({ subscriber: '9001', startedAt: '2026-10-05T09:00:00-03:00', talkSeconds: 6 });
  const change = (json: unknown): object => ({ rows: (json as { rows: object[] }).rows.toReversed() });
  fake.server.inject({ match: ({ path }) => path.includes('call/read'), fault: { kind: 'mutate', change } });
  await expect(readCalls()).rejects.toMatchObject({ panelCode: 'list_unsorted' });
});

describe('calls that the panel archives', () => {
  let ids: string[];
  beforeEach(() => {
    const call = { subscriber: '9001', talkSeconds: 6, charge: '0.5' };
    ids = [1, 2, 3, 4].map((day) => fake.addCall({ ...call, startedAt: `2026-10-0${day}T09:00:00-03:00` }));
  });

  it('are read with the others, each once, under ids that no other call has', async () => {
    const [first = '', second = '', third = '', fourth = ''] = ids;
    const [one, two] = [fake.archiveCall(first), fake.archiveCall(second, { copy: true })];
    expect([one, two]).toEqual(['1', '2']);
    expect(await readCalls()).toEqual(['archive-1', 'archive-2', third, fourth]);
    const calls = [];
    const october = { from: '2026-10-02T00:00:00-03:00', to: '2026-11-01T00:00:00-03:00', subscriberId: '9001' };
    for await (const page of client.calls.pages(october)) calls.push(...page.calls);
    expect(calls).toMatchObject([
      { id: 'archive-2', isArchived: true, subscriberId: '9001', charge: '0.5', talkSeconds: 6, source: null },
      { id: third },
      { id: fourth },
    ]);
  });

  it('are not missed when they are moved while they are read', async () => {
    const [first = ''] = ids;
    fake.server.onCall(({ path }) => {
      if (path.endsWith('/call/read')) fake.archiveCall(first);
    });
    await expect(readCalls()).rejects.toMatchObject({ panelCode: 'list_changed' });
  });
});

it('makes a line with its credit limit', async () => {
  const made = await client.subscribers.create({ ...line, extra: { credit_limit: '150' } });
  expect(made.extra).toMatchObject({ credit_limit: '150', sip_accounts: '1' });
});

it('makes a trunk with a username and a password of its own', async () => {
  fake.add('carriers', { id: '3', name: 'Sul' });
  const trunk = { name: 't1', carrierId: '3', host: '10.0.0.1' };
  await client.trunks.create({ ...trunk, username: 'gate', password: 'Tr4nk-Secret-1' });
  const [sent] = fake.server.calls.filter(({ path }) => path.endsWith('/trunk/save'));
  const names = [...new URLSearchParams(sent?.body).keys()];
  expect(names).toEqual([...new Set(names)]);
  expect(await client.trunks.list()).toMatchObject([{ name: 't1', username: 'gate' }]);
});

it('says once that a record is to be read which was made and could not be read back', async () => {
  fake.server.inject({ match: ({ path }) => path.endsWith('/plan/read'), fault: { kind: 'cut' } });
  const { message } = (await client.plans.create({ name: 'Grande' }).catch((error: unknown) => error)) as Error;
  expect(message).toMatch(
    /and any proxy\. The change may still have been made: read the object before you repeat it\.$/,
  );
  expect(message).not.toMatch(/\.\.|before you repeat\./);
});

it('is in doubt after a page that quotes the source of the panel', async () => {
  await expect(client.subscribers.create({ ...line, planId: '99' })).rejects.toMatchObject({
    panelCode: 'unavailable',
    outcomeUnknown: true,
  });
});

it('reads each call of an hour that comes twice in one of two ranges that meet in it', async () => {
  // The clocks of São Paulo went back from 24:00 to 23:00.
  const starts = ['2018-02-18T01:15:00Z', '2018-02-18T01:45:00Z', '2018-02-18T02:45:00Z'];
  for (const startedAt of starts) fake.addCall({ subscriber: '9001', startedAt, talkSeconds: 45, charge: '0.1000' });
  const [start, end] = ['2018-02-17T12:00:00Z', '2018-02-18T12:00:00Z'];
  for (const cut of ['2018-02-18T01:30:00Z', '2018-02-18T02:30:00Z']) {
    const read: (string | null)[] = [];
    for (const [from, to] of [
      [start, cut],
      [cut, end],
    ] as const)
      for await (const { calls, unasked } of client.calls.pages({ from, to, subscriberId: '9001' })) {
        read.push(...calls.map(({ id }) => id));
        expect(unasked).toEqual([]);
      }
    expect(new Set(read).size).toBe(3);
    expect(read).toHaveLength(3);
  }
});

it('reads messages, of which the panel keeps no seconds of talk, and calls between SIP accounts with those that it counts', async () => {
  const at = { subscriber: '9001', startedAt: '2026-10-05T09:00:00-03:00' };
  fake.addCall({ ...at, talkSeconds: 60, charge: '0.0900', isMessage: true });
  fake.addCall({ ...at, talkSeconds: 0, charge: '0', disposition: 'FAILED', isMessage: true });
  fake.addCall({ ...at, talkSeconds: 0, billedSeconds: 42, disposition: 'ANSWERED' });
  fake.addCall({ ...at, talkSeconds: 41, billedSeconds: 48 });
  const october = { from: '2026-10-01T00:00:00-03:00', to: '2026-11-01T00:00:00-03:00', subscriberId: '9001' };
  const read: unknown[] = [];
  for await (const { calls } of client.calls.pages(october))
    read.push(
      ...calls.map(({ talkSeconds, durationSeconds, billedSeconds, charge, disposition }) => {
        expect(durationSeconds).toBe(talkSeconds);
        return [talkSeconds, billedSeconds, charge, disposition];
      }),
    );
  expect(read).toEqual([
    [60, 60, '0.09', 'ANSWERED'],
    [0, 0, '0', 'FAILED'],
    [42, 42, '0', 'ANSWERED'],
    [41, 48, '0', 'ANSWERED'],
  ]);
});

it('reads the lines of a panel whose services took more calls from a line than it had', async () => {
  Object.assign(fake.subscriber('9001'), { channels: -3 });
  expect(await client.subscribers.list()).toMatchObject([{ id: '9001', channels: 'unlimited' }]);
});
