import { startFakeHiddify, type FakeHiddify } from '@sluice/fake-panels';
import type { SeededRandom } from '../seeded-random.js';
import type { FactBook } from './facts.js';
import { drawHiddifyChange } from './hiddify-commands.js';
import {
  AGENT,
  ALLOCATED_LIMIT,
  callsFor,
  CONSUMED_LIMIT,
  drawUsers,
  SIZES,
  userTarget,
  type Accounting,
  type DrawnUser,
} from './hiddify-services.js';
import { wrongAccounts, wrongNumbers, wrongSum } from './hiddify-wrong.js';
import {
  type ConfigPart,
  dateIn,
  drawSwitch,
  type Ground,
  newGround,
  panelSubject,
  type Target,
  type Touch,
  type World,
  writeConfig,
} from './world.js';

const GB = 1024 ** 3;
const PANEL = 'vpn';
const LOOSE = ['loose-1', 'loose-2', 'loose-3'];

/** A Hiddify panel with an agent, services whose users belong to it or to the Owner, and users of the agent alone. */
export async function hiddifyWorld(random: SeededRandom, { bench, book }: Ground = newGround()): Promise<World> {
  const panel = await startFakeHiddify();
  const accounting: Accounting = random.chance(0.5) ? 'allocated' : 'consumed';
  const north = panel.addAgent(undefined, { name: 'north' });
  bench.env['HIDDIFY_KEY'] = panel.key;
  const config = toConfig(panel, north, accounting);
  writeConfig(bench, [config]);
  const users = drawUsers(random);
  book.define(panelSubject(PANEL), { observing: false }, Date.now());
  for (const { id, facts } of users) book.define(id, facts, Date.now());
  if (accounting === 'consumed') {
    book.define(AGENT, { over: false }, Date.now());
    for (const name of LOOSE) panel.addUser({ agent: north, name, usageLimit: 500 * GB, currentUsage: 5 * GB });
  }
  const targets = users.map(({ id }): Target => ({ panel: PANEL, id: userTarget(id), subjects: [id], byStaff: false }));
  if (accounting === 'consumed') {
    targets.push(...LOOSE.map((name) => ({ panel: PANEL, id: userTarget(name), subjects: [AGENT], byStaff: false })));
  }
  bench.write('users.csv', toCsv(users));
  const world: World = {
    bench,
    config,
    env: { HIDDIFY_KEY: panel.key },
    servers: [panel.server],
    deciding: () => ['reconcile'],
    book,
    targets,
    calls: callsFor,
    touches: () => listTouches(panel),
    isRestricted: ({ id }) => named(panel, id).some(({ enable }) => !enable),
    setUp: (run) => setUp({ run, random, panel, users, book, targets, accounting }),
    waitOut: () => Promise.resolve(),
    last: [['reconcile']],
    drawRun: (drawn) => ({
      words: drawn.pick(accounting === 'consumed' ? [CHECK, CHECK, ['reconcile']] : [['poll'], ['reconcile'], CHECK]),
      kind: 'run',
      subjects: [],
      writes: [],
    }),
    drawChange: (drawn, busy) =>
      drawn.chance(accounting === 'consumed' ? 0.3 : 0.05)
        ? drawSwitch(PANEL, drawn, book, busy)
        : drawHiddifyChange(drawn, { users, accounting, book, busy }),
    repeated: () => [],
    wrongNow: () => [...wrongNumbers(panel, users), ...(accounting === 'allocated' ? wrongSum(panel, north) : [])],
    wrongAfter: () => wrongAccounts(world, panel, users),
    close: async () => {
      await panel.close();
      bench.close();
    },
  };
  return world;
}

const CHECK = ['agent', 'check', '--all'];

interface SetUp {
  run: (words: string[], kind?: 'run') => Promise<void>;
  random: SeededRandom;
  panel: FakeHiddify;
  users: DrawnUser[];
  book: FactBook;
  targets: Target[];
  accounting: Accounting;
}

async function setUp({ run, random, panel, users, book, targets, accounting }: SetUp): Promise<void> {
  await run(['service', 'import', 'users.csv']);
  for (const { id, facts } of users) if (facts['made'] === true) await run(['provision', 'create', id]);
  const limit = accounting === 'allocated' ? ALLOCATED_LIMIT : CONSUMED_LIMIT;
  await run(['agent', 'limit', 'north', '--gb', String(limit), '--yes']);
  for (const target of targets) {
    if (!random.chance(0.12)) continue;
    for (const { uuid } of named(panel, target.id)) {
      target.byStaff = true;
      panel.disable(uuid);
    }
  }
  if (random.chance(0.35)) await run(['reconcile'], 'run');
  for (const { id, ofAgent, facts } of users) {
    // More than the small size, so that a run holds it; those of the agent stay below.
    const used = facts['made'] === true ? (ofAgent ? 3 : random.pick([3, 20])) : 0;
    for (const { uuid } of named(panel, userTarget(id))) panel.use(uuid, used * GB);
    book.define(id, { used }, Date.now());
  }
  if (accounting === 'consumed' && random.chance(0.75)) {
    for (const { uuid } of named(panel, userTarget('loose-1'))) panel.use(uuid, 150 * GB);
    for (const subject of [AGENT, ...users.filter(({ ofAgent }) => ofAgent).map(({ id }) => id)]) {
      book.define(subject, { over: true }, Date.now());
    }
  }
  if (random.chance(0.35)) await run(['reconcile'], 'run');
}

function toConfig(panel: FakeHiddify, north: string, accounting: Accounting): ConfigPart {
  const products = Object.entries(SIZES).flatMap(([size, gb]) => [
    `  vpn-${size}: { panel: ${PANEL}, quota: { total: ${gb}GB }, hiddify: { packageDays: 30, mode: no_reset } }`,
    `  agency-${size}: { panel: ${PANEL}, quota: { total: ${gb}GB }, hiddify: { agent: ${north}, packageDays: 30, mode: no_reset } }`,
  ]);
  const line = `  ${PANEL}: { kind: hiddify, url: "${panel.url}", allowHttp: true, apiKey: "\${env:HIDDIFY_KEY}", retries: 0, timeout: 10s, agents: { accounting: ${accounting} } }`;
  return { panels: [line], products };
}

function toCsv(users: DrawnUser[]): string {
  const rows = users.map(({ id, facts }) =>
    [
      id,
      PANEL,
      `${String(facts['family'])}-${String(facts['size'])}`,
      'monthly',
      dateIn(Number(facts['due'])),
      'pending',
    ].join(','),
  );
  return ['id,panel,product,billing_cycle,next_due_date,status', ...rows, ''].join('\n');
}

function listTouches(panel: FakeHiddify): Touch[] {
  return panel.server.changingCalls().flatMap((call): Touch[] => {
    const uuid = /\/user\/([0-9a-f-]{36})\//i.exec(call.path)?.[1];
    if (call.method !== 'PATCH' || uuid === undefined || !panel.hasUser(uuid)) return [];
    const { enable } = JSON.parse(call.body) as { enable?: boolean };
    if (enable === undefined) return [];
    const target = userTarget(panel.user(uuid).name);
    return [{ at: call.at, panel: PANEL, target, what: enable ? 'release' : 'restrict' }];
  });
}

function named(panel: FakeHiddify, target: string): { uuid: string; enable: boolean }[] {
  return [...panel.state.users.values()].filter(({ name }) => userTarget(name) === target);
}
