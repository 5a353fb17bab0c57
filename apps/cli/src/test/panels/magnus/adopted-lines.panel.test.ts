import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { benchForEachTest } from '../../each-test.js';
import { onRealPanel } from '../real-panel.js';
import { isNamed, panelUrl, readTables, remove, type Row, save, token } from './real-magnus.js';

const LINES = 50;
const missing = 'SLUICE_TEST_MAGNUS_URL, _KEY, _SECRET and _SQL do not name a panel and its database';
const reason = isNamed ? '' : ` (skipped: ${missing})`;
const itWithPanel = isNamed ? it : it.skip;

const bench = benchForEachTest(Date.now());
const { run, sluice } = onRealPanel(bench, { MAGNUS_TOKEN: token });
let tag: number;
let usernames: string[];
let numbers: string[];
let plans: string[];

beforeEach(async () => {
  tag = 100_000 + Math.floor(Math.random() * 800_000);
  [usernames, numbers, plans] = [[], [], []];
  if (!isNamed) return;
  for (const name of ['small', 'large']) plans.push(await save('plan', { name: `${name} ${tag}` }));
  bench.write(
    'sluice.yaml',
    `timeZone: America/Sao_Paulo
currency: BRL
panels:
  voice: { kind: magnusbilling, url: "${panelUrl}", allowHttp: true, token: "\${env:MAGNUS_TOKEN}" }
`,
  );
});
afterEach(async () => {
  if (isNamed) await remove({ usernames, numbers, plans });
});

/** What some of the lines have: every state of an account, both ways to pay, limits and notes of every kind. */
function toUser(index: number): Row {
  const states = [0, 2, 3, 4];
  const isOdd = index % 2 === 1;
  // Five lines are of one customer.
  const customer = index < 5 ? { firstname: 'João', lastname: 'da Silva', doc: '12345678909' } : {};
  return {
    ...{ username: `l${tag}${index}`, password: `secret${tag}${index}`, id_group: 3 },
    callingcard_pin: tag * 1000 + index,
    ...{ id_plan: plans[isOdd ? 1 : 0] ?? '', active: index % 6 === 5 ? (states[index % 4] ?? 0) : 1 },
    ...{ typepaid: index % 7 === 6 ? 0 : 1, creditlimit: [0, 50, 120][index % 3] ?? 0 },
    ...{ calllimit: [2, 1, -1, 30][index % 4] ?? 2, description: index % 8 === 7 ? 'VIP, "ask João" first' : '' },
    ...{
      firstname: `Cliente ${index}`,
      lastname: 'Ção',
      doc: '',
      email: index % 9 === 0 ? `c${tag}-${index}@example.com` : '',
    },
    ...customer,
  };
}

/** Makes customers with their SIP accounts, a second account of one, and numbers of some. */
async function furnish(): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < LINES; index += 1) {
    const user = toUser(index);
    usernames.push(String(user['username']));
    ids.push(await save('user', user));
  }
  const second = {
    name: `s${tag}`,
    defaultuser: `s${tag}`,
    secret: `secret${tag}`,
    callerid: '551133330000',
    host: 'dynamic',
  };
  await save('sip', { ...second, id_user: ids[1] ?? '' });
  for (let index = 0; index < 8; index += 1) {
    const number = `551141${tag}${index}`;
    numbers.push(number);
    const did = await save('did', { did: number });
    // The last two belong to nobody.
    if (index < 6)
      await save('did', { id: did, id_user: ids[index] ?? '', reserved: 1, activated: index === 5 ? 0 : 1 });
  }
  return ids;
}

/** Everything that the panel has of lines and numbers. */
const readState = (): Promise<Record<string, string[]>> =>
  readTables('pkg_user', 'pkg_sip', 'pkg_did', 'pkg_did_destination', 'pkg_plan');

/** Moves in with these lines, as an operator does. */
async function moveIn(ids: readonly string[]): Promise<void> {
  // It ends with 3 where something is left to be decided.
  expect([0, 3]).toContain((await sluice('adopt voice --from magnusbilling --out adopted')).exitCode);
  // A test that was killed leaves lines with the reference of a service of its own.
  const [head = '', ...rows] = bench.read('adopted/services.csv').split('\n');
  const own = rows.filter((row) => ids.includes(/^voice-(\d+),/.exec(row)?.[1] ?? ''));
  bench.write('adopted/services.csv', [head, ...own, ''].join('\n'));
  await run('adopt apply adopted');
}

describe('lines of a real MagnusBilling that Sluice takes over', () => {
  itWithPanel(
    `are not changed by the first runs, but where the plan says so${reason}`,
    async () => {
      const ids = await furnish();
      const before = await readState();
      await moveIn(ids);
      expect(await readState()).toEqual(before);
      const { services } = await run<{ services: { id: string; refs: Record<string, string> }[] }>('service list');
      const byLine = new Map(services.map(({ id, refs }) => [refs['astbilling_subscriber_id'], id]));
      expect(ids.filter((id) => !byLine.has(id))).toEqual([]);

      await run('observe voice');
      for (const words of ['plan', 'poll', 'reconcile']) expect(await listActions(words)).toEqual([]);
      await run('enforce voice --yes');
      for (const words of ['plan', 'poll', 'reconcile', 'poll']) expect(await listActions(words)).toEqual([]);
      expect(await readState()).toEqual(before);

      const unpaid = byLine.get(ids[0]) ?? '';
      await run(`service set ${unpaid} status=suspended`);
      const announced = [`suspend-subscriber ${ids[0] ?? ''}`];
      expect(await listActions('plan')).toEqual(announced);
      expect(await listActions('poll')).toEqual(announced);
      const held = await readState();
      const differing = Object.keys(before).flatMap((table) =>
        (held[table] ?? [])
          .filter((row, index) => row !== before[table]?.[index])
          .map((row) => `${table} ${row.split('\t')[0] ?? ''}`),
      );
      expect(differing).toEqual([`pkg_user ${ids[0] ?? ''}`]);
      await run(`service set ${unpaid} status=active`);
      expect(await listActions('poll')).toEqual([`unsuspend-subscriber ${ids[0] ?? ''}`]);
      expect(await readState()).toEqual(before);
      expect(readFileSync(bench.path('sluice.yaml'), 'utf8')).toContain('include');
    },
    600_000,
  );
});

/** Returns the changes of a run that has to end without an error. */
async function listActions(words: string): Promise<string[]> {
  const ended = await sluice(words);
  const report = ended.json<RunReport>();
  const errors = report.services.flatMap(({ id, error }) => (error === null ? [] : [`${id}: ${error.message}`]));
  const changes = report.services.flatMap(({ actions }) => actions.map(({ type, target }) => `${type} ${target}`));
  const exitCode = words === 'plan' && changes.length > 0 ? 4 : 0;
  expect({ words, exitCode: ended.exitCode, errors }).toEqual({ words, exitCode, errors: [] });
  return changes;
}
