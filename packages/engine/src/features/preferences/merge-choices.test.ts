import { expect, it } from '@jest/globals';
import { openStore } from '@sluice/state-store';
import { mergeChoices } from './merge-choices.js';

const SINCE = '2026-11-20T12:00:00.000Z';

it('keeps what one of two merged clients has refused, and moves an address where the other has none', async () => {
  await using store = await openStore({ location: ':memory:' });
  const choice = (reader: string, event: string, wanted: boolean) => ({ reader, event, wanted, since: SINCE });
  await store.clientNotices.put([
    choice('client:1', 'hold', false),
    choice('client:1', 'release', true),
    choice('client:1', 'purchase', true),
    choice('client:2', 'hold', true),
    choice('client:2', 'release', false),
  ]);
  await store.clientAddresses.put({
    ...{ reader: 'client:1', address: 'a@example.com', confirmedAt: SINCE, asked: null, askedHash: null },
    ...{ askedAt: SINCE, attempts: [SINCE] },
  });
  await store.write((tables) => mergeChoices(tables, { from: '1', into: '2' }));
  expect(await store.clientNotices.list(['client:1', 'client:2'])).toEqual([
    choice('client:2', 'hold', false),
    choice('client:2', 'purchase', true),
    choice('client:2', 'release', false),
  ]);
  const addresses = await store.clientAddresses.list(['client:1', 'client:2']);
  expect(addresses.map(({ reader, address }) => [reader, address])).toEqual([['client:2', 'a@example.com']]);
});

it('counts the mails that were sent to addresses of both clients', async () => {
  await using store = await openStore({ location: ':memory:' });
  const none = { address: null, confirmedAt: null, asked: null, askedHash: null, askedAt: null };
  const later = '2026-11-20T13:00:00.000Z';
  await store.clientAddresses.put({ ...none, reader: 'client:2', attempts: [later] });
  await store.clientAddresses.put({
    ...{ ...none, reader: 'client:1', address: 'a@example.com', confirmedAt: SINCE, attempts: [SINCE] },
  });
  await store.write((tables) => mergeChoices(tables, { from: '1', into: '2' }));
  expect(await store.clientAddresses.list(['client:1', 'client:2'])).toEqual([
    { ...none, reader: 'client:2', address: 'a@example.com', confirmedAt: SINCE, attempts: [SINCE, later] },
  ]);
});
