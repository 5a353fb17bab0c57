import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createSluice, parseConfig, type Sluice } from '@sluice/engine';
import { type FakeFlvx, manualClock, startFakeFlvx } from '@sluice/fake-panels';
import { flvx } from '@sluice/flvx-client/panel';
import {
  type ActionRecord,
  type EvidenceRecord,
  type HoldRecord,
  openStore,
  type StateStore,
  type StoreTables,
  TO_RESTRICT,
} from '@sluice/state-store';

const MINUTE = 60_000;
const SERVICE = 'svc-2';

let clock: ReturnType<typeof manualClock>;
let panel: FakeFlvx;
let store: StateStore;
let sluice: Sluice;
/** Services that runs have loaded because of what was found about them. */
let loaded: string[];

beforeEach(async () => {
  clock = manualClock('2026-11-20T12:00:00Z');
  loaded = [];
  panel = await startFakeFlvx({ now: clock.now });
  const tunnel = panel.addTunnel({ name: 'HK-01', entryNodes: [panel.addNode('hk-entry')] });
  const expTime = Date.parse('2026-12-20T00:00:00Z');
  const users = [1, 2, 3].map((number) =>
    panel.addUser({ user: `customer-${number}`, flow: 100, flowResetTime: 0, expTime }),
  );
  for (const user of users) panel.addPermission(user, tunnel);
  const kinds = [flvx];
  const login = { username: 'admin_user', password: 'admin_user' };
  const config = parseConfig(
    {
      timeZone: 'UTC',
      panels: { relay: { kind: 'flvx', url: panel.url, allowHttp: true, ...login } },
      products: { relay: { panel: 'relay', quota: '100GB', flvx: { tunnelId: tunnel } } },
    },
    kinds,
  );
  store = await openStore({ location: ':memory:', clock });
  const time = { now: clock.now, sleep: () => Promise.resolve() };
  sluice = await createSluice({ config, store: notesLoaded(store), kinds, clock: time });
  await sluice.services.import(
    users.map((user, index) => ({
      id: `svc-${index + 1}`,
      panel: 'relay',
      product: 'relay',
      billing_cycle: 'monthly',
      next_due_date: '2026-12-20',
      flvx_user_id: `${user}`,
    })),
  );
  await store.write(({ actions }) => actions.plan([action]));
  await store.write(({ actions }) => actions.end(action.id, { state: 'applied', endedAt: since }));
  for (let count = 0; count < 3; count++) await poll();
});
afterEach(async () => {
  await sluice.close();
  await panel.close();
});

/** A run loads those of a panel that it decides on by their names. */
function notesLoaded(of: StateStore): StateStore {
  const list: StateStore['services']['list'] = (filter) => {
    if (filter?.panel !== undefined) loaded.push(...(filter.ids ?? []));
    return of.services.list(filter);
  };
  return { ...of, services: { ...of.services, list } };
}

async function poll(): Promise<void> {
  clock.advance(5 * MINUTE);
  loaded = [];
  await sluice.poll({ allServices: false });
}

const since = '2026-11-20T12:00:00.000Z';
const hold: HoldRecord = {
  id: 'hold-1',
  service: SERVICE,
  reason: 'manual',
  restriction: null,
  since,
  until: null,
  note: null,
  cycle: null,
  usedBytes: null,
  allowedBytes: null,
  origin: 'operator',
};
/** One that has ended before the runs. */
const action: ActionRecord = {
  id: 'action-1',
  run: 'run-1',
  panel: 'relay',
  service: SERVICE,
  type: 'set-quota',
  target: '2',
  state: 'planned',
  key: 'set-quota:2',
  hold: null,
  prior: null,
  payload: null,
  observed: null,
  errorCode: null,
  errorMessage: null,
  plannedAt: since,
  calledAt: null,
  givenUpAt: null,
  endedAt: null,
  attempts: 0,
};
const noted = { since, runs: 1 };
const override = { id: 'override-1', service: SERVICE, quotaBytes: 5, unlimited: false, mode: null, action: null };
const evidence: EvidenceRecord = {
  id: 'evidence-1',
  hold: hold.id,
  service: SERVICE,
  panel: 'relay',
  kind: 'user',
  target: '2',
  prior: {},
  action: null,
  adopted: false,
  since,
  until: null,
  outcome: null,
};
const alarm = { id: 'alarm-1', key: 'code:svc-2', code: 'code', panel: 'relay', service: SERVICE, message: 'wrong' };

/** What is stored about a service outside of the rows by which a run finds it as it was. */
const ROWS: readonly (readonly [string, (tables: StoreTables) => Promise<unknown>])[] = [
  ['an override', ({ overrides }) => overrides.set({ ...override, since, until: null, note: null })],
  ['a hold', ({ holds }) => holds.add(hold)],
  [
    'a hold whose end was not reported',
    ({ conditions }) => conditions.put({ ...noted, key: 'release-untold:hold-1', details: { ...hold, until: since } }),
  ],
  [
    'a hold that is not on the panel yet',
    ({ conditions }) => conditions.put({ ...noted, key: `${TO_RESTRICT}hold-1`, details: { service: SERVICE } }),
  ],
  ['an action that is in doubt again', ({ actions }) => actions.end(action.id, { state: 'in-doubt', endedAt: null })],
  [
    'a lift of its limit',
    ({ conditions }) => conditions.put({ ...noted, key: 'lifted:svc-2', details: { panel: 'relay' } }),
  ],
  [
    'an alarm',
    ({ alarms }) =>
      alarms.put([{ ...alarm, scope: 'poll', since, acknowledgedAt: null, acknowledgedBy: null, note: null }]),
  ],
];

it('leave services of which nothing else is stored', async () => {
  await poll();
  expect(loaded).toEqual([]);
});

it.each(ROWS)('decide on a service with %s', async (_what, write) => {
  await store.write(write);
  await poll();
  expect(loaded).toEqual([SERVICE]);
});

it('decide on a service whose evidence is of a hold of another one', async () => {
  await store.write(async (tables) => {
    await tables.holds.add({ ...hold, service: 'svc-1' });
    await tables.evidence.add(evidence);
  });
  await poll();
  expect(loaded).toEqual(['svc-1', SERVICE]);
});
