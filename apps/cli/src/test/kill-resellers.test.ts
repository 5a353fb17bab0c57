import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import type { AgentDetail, AgentUserList } from '@sluice/engine';
import { realClock } from '@sluice/engine';
import { type FakeHiddify, few, manualClock, startFakeHiddify } from '@sluice/fake-panels';
import { startCommand } from './command-process.js';
import { closeAfterTest } from './each-test.js';
import { Bench, closeFakes, type Outcome } from './harness.js';
import { GB, hiddifyConfig, MINUTE } from './hiddify-bench.js';
import { describeOnEachStore, newKillStore, type StoreKind } from './kill/kill-stores.js';
import { REAL_PROCESS } from './real-process.js';

const LONG = process.env['SLUICE_LONG'] === '1';
const KILL_AT_COMMIT = fileURLToPath(new URL('kill/kill-at-commit.mjs', import.meta.url));
/** More commits than a change of a user has. */
const MOST = 40;
const BUDGET = 120;

/** A reseller with a user of 10 GB, whose command and whose page are killed. */
interface World {
  bench: Bench;
  panel: FakeHiddify;
  north: string;
  anna: string;
  env: Record<string, string>;
  /** The path of its share link. */
  link: string;
  /** A token that may change users. */
  token: string;
  close: () => Promise<void>;
}

let at: World;
/** How far the clock of runs in this process and of the panel is ahead, in milliseconds. */
let ahead = 0;

async function open(kind: StoreKind): Promise<void> {
  ahead = 0;
  const panel = await startFakeHiddify({ now: () => Date.now() + ahead });
  const bench = new Bench(manualClock(Date.now()));
  const store = await newKillStore(kind);
  const env = { HIDDIFY_KEY: panel.key, ...store.env };
  Object.assign(bench.env, env);
  bench.storeUrl = store.url;
  const north = panel.addAgent(undefined, { name: 'north' });
  bench.write('sluice.yaml', hiddifyConfig(panel.url, north, '{ accounting: allocated }', store.line));
  const anna = panel.addUser({ agent: north, name: 'anna', usageLimit: 10 * GB, packageDays: 30 });
  at = closeAfterTest({
    ...{ bench, panel, north, anna, env, link: '', token: '' },
    async close() {
      await closeFakes(panel);
      bench.close();
      await store.close();
    },
  });
  await succeed(`agent limit north --gb ${BUDGET} --yes`);
  await succeed('agent check --all');
  const { url } = (await succeed('report --agent north --share 7d --json')).json<{ url: string }>();
  at.link = new URL(url).pathname;
  at.token = (await succeed('api-token create robot --scope operate --json')).json<{ token: string }>().token;
}

/** Runs a command in this process. */
function run(words: string): Promise<Outcome> {
  const clock = { ...realClock, now: () => Date.now() + ahead };
  return at.bench.sluice(words, { ...REAL_PROCESS, clock });
}

async function succeed(words: string): Promise<Outcome> {
  const outcome = await run(words);
  if (outcome.exitCode !== 0) throw new Error(`${words}: ${outcome.exitCode} ${outcome.stdout} ${outcome.stderr}`);
  return outcome;
}

/** What a reseller does, as the command and as the form of its page. */
interface Change {
  words: string;
  path: string;
  fields: Record<string, string>;
  /** The end of the path of the API, and what is sent to it. */
  endpoint: string;
  body: object;
}

/** Makes a change with a key, and is killed before its n-th commit; returns whether it came to that. */
type Killed = (change: Change, n: number, key?: string) => Promise<boolean>;

const byCommand: Killed = async ({ words }, n) => {
  const env = { ...at.env, NODE_OPTIONS: `--import=${KILL_AT_COMMIT}`, KILL_AT_COMMIT: String(n) };
  const { signal, exitCode, stderr } = await startCommand(words.split(' '), { cwd: at.bench.folder, env }).ended;
  if (signal === null) expect([exitCode, stderr]).toEqual([0, stderr]);
  return signal === 'SIGKILL';
};

const byReferredCommand: Killed = (change, n, key = newKey()) =>
  byCommand({ ...change, words: `${change.words} --ref ${key}` }, n);

/** Sends a request to a server of its own that is killed before the n-th commit from then on. */
async function sendAndKill(
  send: (base: string) => Promise<() => Promise<Response>>,
  n: number,
): Promise<Response | null> {
  const from = at.bench.path('sent');
  const killing = { NODE_OPTIONS: `--import=${KILL_AT_COMMIT}`, KILL_AT_COMMIT: String(n), KILL_FROM: from };
  const words = ['serve', '--listen', '127.0.0.1:0'];
  const server = startCommand(words, { cwd: at.bench.folder, env: { ...at.env, ...killing } });
  const prepared = await send(await server.printed(/http:\/\/[\w.:]+/));
  at.bench.write('sent', '');
  const answer = await prepared().catch(() => null);
  if (answer !== null) server.signal('SIGTERM');
  const { signal } = await server.ended;
  rmSync(from);
  expect(signal).toBe(answer === null ? 'SIGKILL' : null);
  return answer;
}

const byPage: Killed = async ({ path, fields }, n, key = newKey()) => {
  const answer = await sendAndKill(async (server) => {
    const base = `${server}${at.link}`;
    const csrf = /name="csrf" value="([^"]*)"/.exec(await (await fetch(base)).text())?.[1] ?? '';
    const body = new URLSearchParams({ ...fields, confirmed: 'yes', csrf, key });
    return () => fetch(`${base}${path}`, { method: 'POST', redirect: 'manual', body });
  }, n);
  expect([303, 'cut']).toContain(answer?.status ?? 'cut');
  return answer === null;
};

const byApi: Killed = async ({ endpoint, body }, n, key = newKey()) => {
  const headers = { authorization: `Bearer ${at.token}`, 'content-type': 'application/json', 'idempotency-key': key };
  const answer = await sendAndKill(
    (base) =>
      Promise.resolve(() =>
        fetch(`${base}/api/v1/agents/north/users${endpoint}`, { method: 'POST', headers, body: JSON.stringify(body) }),
      ),
    n,
  );
  expect([200, 201, 'cut']).toContain(answer?.status ?? 'cut');
  return answer === null;
};

const newKey = (): string => randomBytes(16).toString('base64url');

const WAYS: [string, Killed][] = [
  ['by command', byCommand],
  ['by its page', byPage],
];

/** Ways of which a repeat has the key of the first attempt. */
const KEYED: [string, Killed][] = [
  ['by its page', byPage],
  ['by the API', byApi],
  ['by command with a reference', byReferredCommand],
];

const create = (name: string): Change => ({
  words: `agent user create north --name ${name} --gb 1 --days 10`,
  path: '/users',
  fields: { name, traffic: '1', days: '10' },
  ...{ endpoint: '', body: { name, limitBytes: GB, days: 10 } },
});
const extend = (): Change => ({
  words: 'agent user extend north anna --gb 1',
  path: `/users/${at.anna}/extend`,
  fields: { traffic: '1', days: '' },
  ...{ endpoint: `/${at.anna}/extend`, body: { bytes: GB } },
});
const turn = (verb: 'disable' | 'enable'): Change => ({
  words: `agent user ${verb} north anna`,
  path: `/users/${at.anna}/${verb}`,
  fields: {},
  ...{ endpoint: `/${at.anna}/${verb}`, body: {} },
});

/** Kills at few moments, at all of them with the long tests, until one is not reached. */
async function atEachCommit(kill: (n: number) => Promise<boolean>): Promise<void> {
  const moments = few(
    Array.from({ length: MOST }, (_, index) => index + 1),
    7,
  );
  let count = 0;
  for (const n of moments) {
    if (await kill(n)) count += 1;
    else {
      expect(count).toBeGreaterThan(0);
      return;
    }
  }
  throw new Error('The change has too many commits.');
}

const sold = (): number => at.panel.listUsers(at.north).reduce((sum, { usageLimit }) => sum + usageLimit, 0) / GB;

/** The next run: no more is sold or reserved than there is, and each user on the panel is whole and one of the agent's. */
async function expectInOrder(): Promise<void> {
  // 3: the panel may still do what was called.
  expect([0, 3]).toContain((await run('agent check --all')).exitCode);
  const { usedBytes, reservedBytes } = (await succeed('agent show north --json')).json<AgentDetail>();
  expect(usedBytes / GB).toBe(sold());
  expect((usedBytes + (reservedBytes ?? 0)) / GB).toBeLessThanOrEqual(BUDGET);
  const { users } = (await succeed('agent user list north --json')).json<AgentUserList>();
  const limits = at.panel.listUsers(at.north).map(({ name, usageLimit }) => [name, usageLimit]);
  expect(users.map(({ name, limitBytes }) => [name, limitBytes]).sort()).toEqual(limits.sort());
  expect(at.panel.listUsers(at.panel.key)).toEqual([]);
}

/** Eleven minutes later nothing is reserved any more, and exactly what is left can be sold. */
async function expectNothingReserved(): Promise<void> {
  ahead += 11 * MINUTE;
  await expectInOrder();
  const { reservedBytes } = (await succeed('agent show north --json')).json<AgentDetail>();
  expect(reservedBytes).toBe(0);
  expect(await at.bench.store((store) => store.actions.unresolved())).toEqual([]);
  const left = BUDGET - sold();
  await succeed(`agent user create north --name last --gb ${left} --days 10`);
  expect((await run('agent user create north --name more --gb 0.001 --days 10')).stderr).toContain('does not fit');
}

/** Kills a change, and repeats it where its run did not come to its end: after that a repeat means another change. */
async function killAndRepeat(killed: Killed, change: Change, n: number): Promise<boolean> {
  const command = change.words.split(' ').slice(0, 3).join(' ');
  const readLast = async () => (await at.bench.store((store) => store.runs.list({ command, limit: 1 })))[0];
  const before = await readLast();
  const wasKilled = await killed(change, n);
  await expectInOrder();
  const last = await readLast();
  if (last?.id === before?.id || last?.finishedAt == null) await succeed(change.words);
  return wasKilled;
}

/** Kills a change and makes it again with its key, also where only its answer is missing. */
async function killAndSendAgain(killed: Killed, change: Change, n: number): Promise<boolean> {
  const key = newKey();
  const wasKilled = await killed(change, n, key);
  expect(await killed(change, 0, key)).toBe(false);
  await expectInOrder();
  expect(await killed(change, 0, key)).toBe(false);
  return wasKilled;
}

/** Whether the user is held for its reseller, and is disabled on the panel. */
async function readTurned(): Promise<{ held: boolean; disabled: boolean }> {
  const holds = await at.bench.store((store) => store.holds.open({ agentsOf: 'vpn', reason: 'reseller' }));
  return { held: holds.length === 1, disabled: !at.panel.user(at.anna).enable };
}

describeOnEachStore((kind) => {
  const isSkipped = kind !== 'a file' && !LONG;
  const because = isSkipped ? ' (in npm run test:long)' : '';
  const most = isSkipped ? it.skip.each(WAYS) : it.each(LONG ? WAYS : WAYS.slice(0, 1));

  it.each(LONG || kind === 'a file' ? WAYS : WAYS.slice(0, 1))(
    'a user that is created %s is made once, or not at all, wherever that is killed',
    async (_way, killed) => {
      await open(kind);
      await atEachCommit(async (n) => {
        const wasKilled = await killAndRepeat(killed, create(`user-${n}`), n);
        const made = at.panel.listUsers(at.north).filter(({ name }) => name === `user-${n}`);
        expect(made.map(({ usageLimit }) => usageLimit / GB)).toEqual([1]);
        return wasKilled;
      });
      await atEachCommit(async (n) => {
        const wasKilled = await killed(create(`left-${n}`), n);
        await expectInOrder();
        return wasKilled;
      });
      await expectNothingReserved();
    },
  );

  const keyed = isSkipped ? it.skip.each(KEYED) : it.each(KEYED);

  keyed(
    `a user that is created and extended %s is so once, however often that is sent again after a kill${because}`,
    async (_way, killed) => {
      await open(kind);
      await atEachCommit(async (n) => {
        const wasKilled = await killAndSendAgain(killed, create(`user-${n}`), n);
        const made = at.panel.listUsers(at.north).filter(({ name }) => name === `user-${n}`);
        expect(made.map(({ usageLimit }) => usageLimit / GB)).toEqual([1]);
        return wasKilled;
      });
      let gigabytes = 10;
      await atEachCommit(async (n) => {
        const wasKilled = await killAndSendAgain(killed, extend(), n);
        gigabytes += 1;
        expect(at.panel.user(at.anna).usageLimit / GB).toBe(gigabytes);
        return wasKilled;
      });
      await expectNothingReserved();
    },
  );

  most(
    `a user that is extended %s is so once, or not at all, wherever that is killed${because}`,
    async (_way, killed) => {
      await open(kind);
      let gigabytes = 10;
      await atEachCommit(async (n) => {
        const wasKilled = await killAndRepeat(killed, extend(), n);
        gigabytes += 1;
        expect(at.panel.user(at.anna).usageLimit / GB).toBe(gigabytes);
        return wasKilled;
      });
      await killed(extend(), LONG ? 6 : 4);
      await expectNothingReserved();
      expect([gigabytes, gigabytes + 1]).toContain(at.panel.user(at.anna).usageLimit / GB);
    },
  );

  most(
    `a user that is disabled and enabled %s is what was noted, wherever that is killed, and stays so${because}`,
    async (_way, killed) => {
      await open(kind);
      for (const verb of ['disable', 'enable'] as const) {
        const isDisabling = verb === 'disable';
        await atEachCommit(async (n) => {
          await succeed(turn(isDisabling ? 'enable' : 'disable').words);
          const wasKilled = await killed(turn(verb), n);
          await expectInOrder();
          const { held, disabled } = await readTurned();
          expect(disabled).toBe(held);
          await succeed(turn(verb).words);
          await succeed('agent check --all');
          expect(await readTurned()).toEqual({ held: isDisabling, disabled: isDisabling });
          return wasKilled;
        });
      }
      await expectNothingReserved();
    },
  );
});
