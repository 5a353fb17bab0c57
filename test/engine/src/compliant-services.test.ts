import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSluice, parseConfig, type RunReport, type Sluice } from '@sluice/engine';
import { few, type FakeFlvx, manualClock, startFakeFlvx } from '@sluice/fake-panels';
import { flvx } from '@sluice/flvx-client/panel';
import { openStore, type StateStore } from '@sluice/state-store';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rowsOf } from './bench/sqlite.js';
import { onFiles } from './bench/on-files.js';

const GB = 1024 ** 3;
const MINUTE = 60_000;
const DAY = 86_400_000;
const CUSTOMERS = [1, 2, 3, 4, 5, 6];
const GRACE_DAYS = 1;
const IS_LONG = process.env['SLUICE_LONG'] === '1';
const RUNS = IS_LONG ? 40 : 15;

/** Where the speed of lines is known from, which decides when they are read next. */
const LINES = {
  nowhere: { ofPanel: {}, ofProduct: {} },
  'the config': { ofPanel: { lineSpeed: '100Mbit/s' }, ofProduct: {} },
  'limits on the panel': { ofPanel: {}, ofProduct: { speedMbit: 100 } },
};
type Lines = keyof typeof LINES;
const CASES = (Object.keys(LINES) as Lines[]).flatMap((lines, first) =>
  Array.from({ length: IS_LONG ? 10 : 1 }, (_, seed) => [seed * 3 + first + 1, lines] as const),
);

/** A panel and an engine of its own. */
interface World {
  folder: string;
  panel: FakeFlvx;
  store: StateStore;
  sluice: Sluice;
  users: number[];
  forwards: number[];
  ahead: { ms: number };
}

let clock: ReturnType<typeof manualClock>;
let left: number;
let leftByDue: number;
let worlds: World[];

beforeEach(() => {
  clock = manualClock('2026-11-20T12:00:00Z');
  left = 0;
  leftByDue = 0;
  worlds = [];
});
afterEach(async () => {
  for (const { sluice, panel, folder } of worlds) {
    await sluice.close();
    await panel.close();
    await rm(folder, { recursive: true });
  }
});

async function openWorlds(lines: Lines): Promise<void> {
  worlds = [await openWorld(countsLeft, lines), await openWorld(knowsNone, lines)];
}

/** Counts the services of whose rows a run is shown that an earlier one found them compliant. */
function countsLeft(store: StateStore): StateStore {
  const page: StateStore['compliant']['page'] = async (of) => {
    const entries = await store.compliant.page(of);
    left += entries.filter(({ found }) => found !== null).length;
    leftByDue += entries.filter(({ found }) => found?.record.reading != null).length;
    return entries;
  };
  return { ...store, compliant: { ...store.compliant, page } };
}

/** The store as a run sees it that decides on each service. */
function knowsNone(store: StateStore): StateStore {
  const page: StateStore['compliant']['page'] = async (of) =>
    (await store.compliant.page(of)).map((entry) => ({ ...entry, found: null }));
  return { ...store, compliant: { ...store.compliant, page } };
}

async function openWorld(seenAs: (store: StateStore) => StateStore, lines: Lines): Promise<World> {
  const { ofPanel, ofProduct } = LINES[lines];
  const ahead = { ms: 0 };
  const panel = await startFakeFlvx({ now: () => clock.now() + ahead.ms });
  const tunnel = panel.addTunnel({ name: 'HK-01', entryNodes: [panel.addNode('hk-entry')] });
  const users = CUSTOMERS.map((number) =>
    panel.addUser({ user: `customer-${number}`, flow: 100, flowResetTime: 0, expTime: toExpiry(number) }),
  );
  for (const user of users) panel.addPermission(user, tunnel);
  // Half of them have a forward.
  const forwards = users.map((user, at) =>
    at % 2 === 0 ? panel.addForward(user, tunnel, { name: 'web', port: 10_000 + at }) : 0,
  );
  const kinds = [flvx];
  const login = { username: 'admin_user', password: 'admin_user' };
  const config = parseConfig(
    {
      timeZone: 'Europe/Berlin',
      panels: { relay: { kind: 'flvx', url: panel.url, allowHttp: true, ...login, ...ofPanel } },
      products: {
        relay: { panel: 'relay', quota: '100GB', flvx: { tunnelId: tunnel, graceDays: GRACE_DAYS, ...ofProduct } },
      },
      poll: {
        ...{ overdue: 'hold', brake: { share: '100%', atLeast: 100 }, doubt: { jump: 'off' } },
        ...{ maxOvershoot: '1GB', ceiling: '2h' },
      },
    },
    kinds,
  );
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-compliant-'));
  const store = await openStore({ location: path.join(folder, 'sluice.db'), clock });
  let drawn = 0;
  const randomBytes = (count: number): Uint8Array => new Uint8Array(count).fill(drawn++ % 251);
  const time = { now: clock.now, sleep: () => Promise.resolve() };
  const deps = { clock: time, randomBytes, random: () => 0.3 };
  const own = { ...config, stateFolder: folder };
  const sluice = await createSluice({ config: own, store: seenAs(store), kinds, ...deps });
  await sluice.services.import(
    users.map((user, index) => ({
      id: `svc-${index + 1}`,
      panel: 'relay',
      product: 'relay',
      billing_cycle: 'monthly',
      next_due_date: `2026-11-${20 + (index + 1) * GRACE_DAYS}`,
      flvx_user_id: `${user}`,
    })),
  );
  return { folder, panel, store, sluice, users, forwards, ahead };
}

/** An instant on the day on which the days of grace of a customer end: his account stays as it is. */
const toExpiry = (number: number): number => Date.parse(`2026-11-${20 + (number + 1) * GRACE_DAYS}T18:00:00Z`);

/** Numbers that look random and are the same each time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** What happens to one customer between two runs, and how often of a hundred times. */
const EVENTS: readonly (readonly [number, (world: World, customer: number, amount: number) => unknown])[] = [
  [10, ({ panel, forwards }, at, amount) => panel.traffic(forwards[at] ?? 0, { in: amount * GB, out: GB })],
  [3, ({ panel, users }, at) => Object.assign(panel.world.users.get(users[at] ?? 0) ?? {}, { status: 0 })],
  [3, ({ panel, users }, at, amount) => Object.assign(panel.world.users.get(users[at] ?? 0) ?? {}, { flow: amount })],
  [3, ({ panel, users }, at) => Object.assign(panel.world.users.get(users[at] ?? 0) ?? {}, { inFlow: 0 })],
  [2, ({ panel, users }, at) => Object.assign(panel.world.users.get(users[at] ?? 0) ?? {}, { user: 'renamed' })],
  [
    3,
    ({ panel, users }, at, amount) =>
      Object.assign(panel.world.users.get(users[at] ?? 0) ?? {}, { expTime: clock.now() + amount * DAY }),
  ],
  [3, ({ panel, forwards }, at) => Object.assign(panel.world.forwards.get(forwards[at] ?? 0) ?? {}, { status: 0 })],
  [2, ({ panel }) => panel.addUser({ user: 'somebody', flow: 1 })],
  [4, ({ sluice }, at) => sluice.holds.add(`svc-${at + 1}`)],
  [6, ({ sluice }, at) => sluice.holds.release(`svc-${at + 1}`)],
  [4, ({ sluice }, at, amount) => sluice.services.set(`svc-${at + 1}`, { base_quota_override_gb: `${40 + amount}` })],
  [3, ({ sluice }, at, amount) => sluice.services.set(`svc-${at + 1}`, { protected_until: toDate(amount) })],
  [3, ({ sluice }, at) => sluice.services.set(`svc-${at + 1}`, { next_due_date: toDate(40) })],
  [3, ({ sluice }, at) => sluice.poll({ service: `svc-${at + 1}` })],
  [3, ({ sluice }, at, amount) => sluice.overrides.set(`svc-${at + 1}`, { quota: `${amount}GB` })],
  [3, ({ sluice }, at) => sluice.overrides.clear(`svc-${at + 1}`)],
  [5, ({ ahead }, _at, amount) => (ahead.ms = amount * 2000 - 8000)],
];

const toDate = (days: number): string => new Date(clock.now() + days * DAY).toISOString().slice(0, 10);

/** Passes time, and has the same happen in both worlds. */
async function live(random: () => number): Promise<void> {
  const hours = random();
  clock.advance(hours < 0.8 ? Math.ceil(5 + hours * 40) * MINUTE : Math.ceil(random() * 24 * 60) * MINUTE);
  const [drawn, customer, amount] = [random() * 100, Math.floor(random() * CUSTOMERS.length), Math.ceil(random() * 9)];
  let sum = 0;
  const [, happen] = EVENTS.find(([share]) => (sum += share) > drawn) ?? [];
  for (const world of worlds) {
    try {
      await happen?.(world, customer, amount);
    } catch {
      // Refused in both: the answers show whether it was.
    }
  }
}

/** A run over all services, or over what is due, as the command makes it that shows only what is wrong. */
function run({ sluice }: World, drawn: number): Promise<RunReport> {
  const options = { allServices: false };
  if (drawn < 0.4) return sluice.poll({ ...options, due: true });
  if (drawn < 0.6) return sluice.poll(options);
  return drawn < 0.9 ? sluice.reconcile(options) : sluice.poll({ ...options, dryRun: true });
}

/** All rows of a store, without what differs between two panels and two instances. */
function storedIn({ folder, panel }: World): unknown {
  const own = new Set(['compliant_services', 'schema_migrations', 'leases', 'api_call_blocks', 'api_calls']);
  const rows = rowsOf(path.join(folder, 'sluice.db'), (table) => !own.has(table));
  // What they have found compliant makes one file larger.
  rows['conditions'] = rows['conditions']?.filter((row) => (row as { key: string }).key !== 'store-size') ?? [];
  return comparable(JSON.stringify(rows), panel.url);
}

function comparable(text: string, url: string): unknown {
  const sameAddress = text.replaceAll(url, 'http://panel').replaceAll(/(http:\/\/panel) [0-9a-f]+/g, '$1');
  return JSON.parse(sameAddress.replaceAll(/\b([a-z]+)-(0[0-9a-z]{8})-[0-9a-f]{10}\b/g, '$1-$2')) as unknown;
}

describe('runs that leave compliant services as they are', () => {
  onFiles.each(CASES)(
    'store and report what runs do that decide on each (%i, lines known from %s)',
    async (seed, lines) => {
      await openWorlds(lines);
      const random = numbers(seed);
      let byDue = 0;
      for (let count = 0; count < RUNS; count++) {
        await live(random);
        const drawn = random();
        const reports = [];
        leftByDue = 0;
        for (const world of worlds) reports.push(comparable(JSON.stringify(await run(world, drawn)), world.panel.url));
        expect(reports[0]).toEqual(reports[1]);
        const [leaving, deciding] = worlds.map(storedIn);
        expect(leaving).toEqual(deciding);
        if (drawn < 0.4) byDue += leftByDue;
      }
      // Otherwise nothing was compared.
      expect(left).toBeGreaterThan(RUNS / 2);
      expect(byDue).toBeGreaterThan(0);
    },
  );

  it.each<[string, (world: World) => unknown]>(
    few(
      [
        ['the clock of the panel was set', ({ ahead }) => (ahead.ms = 20_000)],
        ['the panel lists more users', ({ panel }) => panel.addUser({ user: 'somebody', flow: 1 })],
        [
          'a tunnel has another name',
          ({ panel }) => Object.assign(panel.world.tunnels.get(1) ?? {}, { name: 'HK-02' }),
        ],
        ['a service has an override', ({ sluice }) => sluice.overrides.set('svc-6', { quota: '50GB' })],
      ],
      2,
    ),
  )('decide again once %s', async (_what, happen) => {
    await openWorlds('nowhere');
    for (const command of ['reconcile', 'poll', 'reconcile'] as const) {
      for (let count = 0; count < 3; count++) {
        clock.advance(5 * MINUTE);
        for (const { sluice } of worlds) await sluice[command]({ allServices: false });
      }
      expect(left).toBeGreaterThan(0);
      if (command === 'poll') for (const world of worlds) await happen(world);
      const [leaving, deciding] = worlds.map(storedIn);
      expect(leaving).toEqual(deciding);
    }
    for (const { sluice } of worlds) await sluice.poll({ allServices: false });
    const [leaving, deciding] = worlds.map(storedIn);
    expect(leaving).toEqual(deciding);
  });
});
