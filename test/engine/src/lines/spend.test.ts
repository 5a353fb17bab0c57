import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import type { FakeCall } from '@sluice/fake-panels';
import { during } from '../bench/during.js';
import { useOpened } from '../bench/each-test.js';
import { openWorld, SYSTEMS } from './world.js';

const [world, open] = useOpened(openWorld);

const toLine = ({ services: [service] }: RunReport) => [
  service?.holds.map(({ reason }) => reason),
  service?.limits.map(({ used, held }) => [Number(used), held]),
  service?.error,
];

describe.each(SYSTEMS)('a line with a limit in money on the wire %s', (system) => {
  it('is suspended by the poll after it spent it, until the day ends', async () => {
    await open(system);
    const { fake, sluice, clock } = world;
    await sluice.services.set('svc-1', { product: 'capped' });
    await sluice.provision.create('svc-1');
    const id = fake.subscribers()[0]?.id ?? '';
    const add = (startedAt: string, charge: string): string =>
      fake.addCall({ subscriber: id, startedAt, talkSeconds: 600, charge, prefix: '53', destination: '+5350001234' });
    add('2026-10-01T23:00:00-03:00', '90.0000');
    const repeated = add('2026-10-02T08:00:00-03:00', '12.5000');
    fake.repeatCall(repeated);
    expect(toLine(await sluice.poll())).toEqual([[], [[12.5, false]], null]);

    add('2026-10-02T09:00:00-03:00', '7.5000');
    clock.advance(900_000);
    const held = await sluice.poll();
    expect(toLine(held)).toEqual([['spend'], [[20, true]], null]);
    expect(fake.subscriber(id).status).toBe('suspended');
    expect(held.notices.find(({ code }) => code === 'hold')?.message).toMatch(
      /spend: 20\.00 of 20\.00 BRL are spent, most of it on calls to \+?53\d* \(20\.00\)\)$/,
    );

    clock.set(Date.parse('2026-10-03T03:05:00Z'));
    expect(toLine(await sluice.poll())).toEqual([[], [[0, false]], null]);
    expect(fake.subscriber(id).status).toBe('active');
  });

  it('is reported as released until a date also where the first release was cut', async () => {
    await open(system);
    const { fake, sluice, clock, store } = world;
    await sluice.services.set('svc-1', { product: 'capped' });
    await sluice.provision.create('svc-1');
    const id = fake.subscribers()[0]?.id ?? '';
    fake.addCall({ subscriber: id, startedAt: '2026-10-02T08:00:00-03:00', talkSeconds: 600, charge: '90.0000' });
    await sluice.poll();
    expect(fake.subscriber(id).status).toBe('suspended');
    const mend = fake.server.inject({ match: ({ changing }) => changing, fault: { kind: 'cut' } });
    await sluice.holds.release('svc-1', { until: '2026-10-20' });
    mend();
    clock.advance(900_000);
    await sluice.holds.release('svc-1', { until: '2026-10-20' });
    expect(fake.subscriber(id).status).toBe('active');
    const told = (await store.notices.list({})).filter(({ code }) => code === 'release');
    expect(told.map(({ message }) => message)).toEqual([expect.stringContaining('released until 2026-10-20')]);
  });

  it('is held, warned and shown by no calls of a line that the panel has for another service', async () => {
    await open(system);
    const { fake, sluice, clock } = world;
    await sluice.services.set('svc-1', { product: 'capped' });
    await sluice.provision.create('svc-1');
    const id = fake.subscribers()[0]?.id ?? '';
    const { externalRef } = fake.subscriber(id);
    const call = { subscriber: id, talkSeconds: 600, prefix: '53', destination: '+5350001234' };
    fake.addCall({ ...call, startedAt: '2026-10-02T08:00:00-03:00', charge: '2.0000' });
    expect(toLine(await sluice.poll())).toEqual([[], [[2, false]], null]);

    Object.assign(fake.subscriber(id), { externalRef: 'whmcs:service:777' });
    fake.addCall({ ...call, startedAt: '2026-10-02T08:30:00-03:00', charge: '90.0000' });
    clock.advance(900_000);
    const foreign = await sluice.poll();
    const refused = { status: 'unreadable', holds: [], wouldHold: [], limits: [{ used: null }] };
    expect(foreign.services[0]).toMatchObject({ ...refused, error: { code: 'line_conflict' } });
    expect(foreign.notices.filter(({ code }) => code === 'threshold')).toEqual([]);

    Object.assign(fake.subscriber(id), { externalRef });
    clock.advance(900_000);
    expect(toLine(await sluice.poll())).toEqual([['spend'], [[92, true]], null]);
  });

  it('is suspended although the list of all lines can not be read', async () => {
    await open(system);
    const { fake, sluice, clock } = world;
    await sluice.services.set('svc-1', { product: 'capped' });
    await sluice.provision.create('svc-1');
    const id = fake.subscribers()[0]?.id ?? '';
    await sluice.poll();
    clock.advance(900_000);
    const call = { subscriber: id, talkSeconds: 600, prefix: '53', destination: '+5350001234' };
    fake.addCall({ ...call, startedAt: '2026-10-02T08:00:00-03:00', charge: '25.0000' });
    fake.addSubscriber({ id: '9777', username: 'odd', plan: '11' });
    // A line of somebody else that can't be read, in lists and nowhere else.
    const spoil = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(spoil);
      if (typeof value !== 'object' || value === null) return value;
      const isOdd = Object.values(value).includes('odd');
      const spoilt = Object.entries(value).map(([name, one]) => [name, isOdd ? [] : spoil(one)]);
      return Object.fromEntries(spoilt) as unknown;
    };
    fake.server.inject({
      endpoint: /subscribers|assinantes|user/,
      times: 999,
      fault: { kind: 'mutate', change: spoil },
    });
    expect(toLine(await sluice.poll())).toEqual([['spend'], [[25, true]], null]);
    expect(fake.subscriber(id).status).toBe('suspended');
  });

  it('is held by its own calls while a call of another line can not be read, whose own sum is known in part', async () => {
    await open(system);
    const { fake, sluice } = world;
    for (const id of ['9777', '9778']) {
      fake.addSubscriber({ id, username: `line${id}`, plan: '11', channels: 2 });
      const own = { panel: 'voice', product: 'capped', client: '42', status: 'active' };
      await sluice.services.add(`svc-${id}`, { ...own, astbilling_subscriber_id: id });
      fake.addCall({ subscriber: id, startedAt: '2026-10-02T08:00:00-03:00', talkSeconds: 600, charge: '25.0000' });
    }
    const odd = { startedAt: '2026-10-02T08:10:00-03:00', talkSeconds: 600, destination: '+5350009999' };
    fake.addCall({ ...odd, subscriber: '9778', charge: '5.0000' });
    const spoil = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(spoil);
      if (typeof value !== 'object' || value === null) return value;
      const isOdd = Object.values(value).some((one) => /^\+?5350009999$/.test(String(one)));
      const spoilt = Object.entries(value).map(([name, one]) => [name, isOdd && isCharge(name) ? [] : spoil(one)]);
      return Object.fromEntries(spoilt) as unknown;
    };
    const isCharge = (name: string): boolean => ['charge', 'sessionbill', 'valor'].includes(name);
    fake.server.inject({ endpoint: /cdrs|chamadas|call/, times: 999, fault: { kind: 'mutate', change: spoil } });
    const { services } = await sluice.poll();
    const found = services.map(({ id, limits: [limit], wouldHold, error }) => [
      id,
      Number(limit?.used ?? 0),
      wouldHold,
      error?.code,
    ]);
    expect(found).toEqual([
      ['svc-1', 0, [], undefined],
      ['svc-9777', 25, ['spend'], undefined],
      ['svc-9778', 25, ['spend'], 'spend_unreadable'],
    ]);
  });
});

it('warns once a month of a postpaid line that has nearly used up its credit limit', async () => {
  await open('magnusbilling');
  const { fake, sluice, clock, store } = world;
  await sluice.provision.create('svc-1');
  const line = fake.subscribers()[0];
  if (line === undefined) throw new Error('no line was made');
  line.extra['creditlimit'] = 100;
  line.credit = -900_000n;
  const listWarnings = async (): Promise<string[]> => {
    await sluice.reconcile();
    const notices = await store.notices.list();
    return notices.filter(({ code }) => code === 'credit_nearly_used').map(({ message }) => message);
  };
  expect(await listWarnings()).toEqual([]);
  line.credit = -900_001n;
  const what = `svc-1: line ${line.id} ("${line.username}") has 9.9999 left of its credit limit of 100, and can't call without: refill on the panel what its customer has paid`;
  expect(await listWarnings()).toEqual([what]);
  clock.advance(86_400_000);
  expect(await listWarnings()).toEqual([what]);
  clock.advance(30 * 86_400_000);
  expect(await listWarnings()).toEqual([what, what]);
  line.billingType = 'prepaid';
  clock.advance(31 * 86_400_000);
  expect(await listWarnings()).toHaveLength(2);
});

it('what a former client has spent of a limit is not told to the next one', async () => {
  await open('default');
  const { fake, sluice, clock } = world;
  await sluice.services.set('svc-1', { product: 'capped' });
  await sluice.provision.create('svc-1');
  const id = fake.subscribers()[0]?.id ?? '';
  const spend = (charge: string): string =>
    fake.addCall({ subscriber: id, startedAt: new Date(clock.now() - 60_000).toISOString(), talkSeconds: 30, charge });
  spend('7.7700');
  await sluice.poll();
  clock.advance(900_000);
  await sluice.services.set('svc-1', { client: '77' });
  const shown = async (reader?: string): Promise<(string | number | null)[]> => {
    const how = reader === undefined ? {} : { reader };
    const one = await sluice.services.show('svc-1', how);
    const [listed] = (await sluice.services.list(how)).services;
    const explained = await sluice.explain('svc-1', how);
    return [one, listed ?? one, explained.service].flatMap(({ limits }) => limits.map(({ used }) => used));
  };
  expect(await shown('77')).toEqual([null, null, null]);
  expect(await shown()).toEqual(['7.77', '7.77', '7.77']);
  clock.advance(900_000);
  spend('1.0000');
  await sluice.poll();
  expect(await shown('77')).toEqual(['1.00', '1.00', '1.00']);
});

it('a line that passes on while its calls are read is not held for what the former client spent', async () => {
  await open('default');
  const { fake, sluice, clock } = world;
  await sluice.services.set('svc-1', { product: 'capped' });
  await sluice.provision.create('svc-1');
  const id = fake.subscribers()[0]?.id ?? '';
  const startedAt = new Date(clock.now() - 60_000).toISOString();
  fake.addCall({ subscriber: id, startedAt, talkSeconds: 30, charge: '25.5500' });
  clock.advance(900_000);
  let passed = false;
  const isFirst = ({ endpoint }: FakeCall): boolean => endpoint.includes('cdrs') && !passed && (passed = true);
  const { services } = await during(
    fake.server,
    isFirst,
    () => sluice.poll(),
    async () => {
      clock.advance(1000);
      await sluice.services.set('svc-1', { client: '77' });
      clock.advance(1000);
    },
  );
  expect([passed, services.map(({ holds }) => holds), fake.subscriber(id).status]).toEqual([true, [[]], 'active']);
  const { limits } = await sluice.services.show('svc-1', { reader: '77' });
  expect(limits.map(({ used }) => used)).toEqual(['0.00']);
});
