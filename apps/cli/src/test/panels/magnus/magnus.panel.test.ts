import { readFileSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallBillReport, CallBillView, CommandReport } from '@sluice/engine';
import { benchForEachTest } from '../../each-test.js';
import { onRealPanel } from '../real-panel.js';
import { addCalls, find, isNamed, panelUrl, remove, type Row, save, token } from './real-magnus.js';

const reason = isNamed
  ? ''
  : ' (skipped: SLUICE_TEST_MAGNUS_URL, _KEY, _SECRET and _SQL do not name a panel and its database)';
/** Runs where the environment names a real panel, and is reported as skipped, with the reason, where it does not. */
const itWithPanel = isNamed ? it : it.skip;

const bench = benchForEachTest(Date.now());
const { run } = onRealPanel(bench, { MAGNUS_TOKEN: token });
let tag: string;
let service: string;
let username: string;
let numbers: [string, string];
let plans: string[];
beforeEach(async () => {
  tag = String(1_000_000 + Math.floor(Math.random() * 8_999_999));
  // Its reference on the panel is unique, too.
  service = `svc-${tag}`;
  username = `line${tag}`;
  numbers = [`55114${tag}`, `55113${tag}`];
  plans = [];
  if (!isNamed) return;
  for (const name of ['small', 'large']) plans.push(await save('plan', { name: `${name} ${tag}` }));
  bench.write(
    'sluice.yaml',
    `timeZone: America/Sao_Paulo
currency: BRL
panels:
  voice: { kind: magnusbilling, url: "${panelUrl}", allowHttp: true, token: "\${env:MAGNUS_TOKEN}" }
products:
  small: { panel: voice, astbilling: { planId: "${plans[0] ?? ''}", creditLimit: "50" } }
  large: { panel: voice, astbilling: { plan: "large ${tag}" } }
`,
  );
});
afterEach(async () => {
  if (isNamed) await remove({ usernames: [username], numbers, plans });
});

const listActions = ({ actions }: Pick<CommandReport, 'actions'>): string[] =>
  actions.map(({ type, state }) => `${type} ${state}`);
const line = async (): Promise<Row> => (await find('user', 'username', username))[0] ?? {};
const did = async (number: string): Promise<Row> => (await find('did', 'did', number))[0] ?? {};

/** The month that ended two months ago, as `YYYY-MM`. */
function closedMonth(): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 2, 1)).toISOString().slice(0, 7);
}

async function createLine(): Promise<string> {
  const fields = 'ddd=11 channels=2 first_name=João last_name=Silva document=12345678909';
  await run(`service add ${service} panel=voice product=small client=77 astbilling_username=${username} ${fields}`);
  const made = await run<CommandReport & { credentials: { passwordFile: string } }>(`provision create ${service}`);
  expect(listActions(made)).toEqual(['create-subscriber applied']);
  const user = await line();
  expect(user).toMatchObject({
    ...{ active: 1, calllimit: 2, creditlimit: 50, typepaid: 1, id_plan: Number(plans[0]) },
    ...{ firstname: 'João', lastname: 'Silva', doc: '12345678909', description: `sluice:service:${service}` },
  });
  const { passwordFile } = made.credentials;
  expect(statSync(passwordFile).mode & 0o777).toBe(0o600);
  const [account] = await find('sip', 'id_user', String(user['id']));
  expect(account).toMatchObject({ name: username, secret: readFileSync(passwordFile, 'utf8').trim() });
  expect(listActions(await run(`provision create ${service}`))).toEqual([]);
  return String(user['id']);
}

describe('a real MagnusBilling', () => {
  itWithPanel(`carries the life of a line with its numbers, calls and bill${reason}`, async () => {
    const id = await createLine();
    const [first, second] = numbers;
    await save('did', { did: first });
    for (const number of numbers) await run(`did link +${number} --service ${service}`);
    for (const number of numbers) {
      expect(await did(number)).toMatchObject({ id_user: Number(id), reserved: 1, activated: 1 });
      expect(listActions(await run(`did link +${number} --service ${service}`))).toEqual([]);
      expect(await find('diddestination', 'idDid.did', number)).toHaveLength(1);
    }

    await save('did', { id: (await did(second))['id'] ?? '', activated: 0 });
    await run(`provision suspend ${service} --with-dids`);
    expect([(await line())['active'], (await did(first))['activated']]).toEqual([0, 0]);
    await run(`provision unsuspend ${service}`);
    expect([(await line())['active'], (await did(first))['activated'], (await did(second))['activated']]).toEqual([
      1, 1, 0,
    ]);
    await run(`provision change-package ${service} large`);
    expect((await line())['id_plan']).toBe(Number(plans[1]));

    const month = closedMonth();
    await addCalls(id, [
      { at: `${month}-01 00:00:00`, seconds: 48, charge: '0.232', destination: '5511987654321' },
      { at: `${month}-28 23:59:59`, seconds: 30, charge: '123.456789', destination: '190', callerId: '=cmd|1' },
      { at: `${month}-02 12:00:00`, seconds: 6, charge: '0.00001', destination: '00351912345678' },
    ]);
    const bill = async (): Promise<CallBillView | undefined> =>
      (await run<CallBillReport>(`call bill --service ${service} --period ${month}`)).bills[0];
    const billed = await bill();
    expect(billed).toMatchObject({ state: 'added', calls: 3, billedSeconds: 84, total: '123.69', currency: 'BRL' });
    expect(readFileSync(billed?.csv ?? '', 'utf8')).toContain("'=cmd|1");
    await addCalls(id, [{ at: `${month}-03 12:00:00`, seconds: 60, charge: '1', destination: '190' }]);
    expect(await bill()).toMatchObject({ state: 'already-added', invoice: billed?.invoice, total: '123.69' });
    const { bills } = await run<{ bills: { late: string[]; difference: string }[] }>(
      `call reconcile --service ${service} --period ${month}`,
    );
    expect(bills).toMatchObject([{ difference: '1.00000', late: [expect.any(String)] }]);

    await addCalls(id, [
      {
        at: new Date(Date.now() - 27 * 3_600_000).toISOString().slice(0, 19).replace('T', ' '),
        seconds: 60,
        charge: '2',
        destination: '190',
      },
    ]);
    await run(`provision terminate ${service} --yes`, 1);
    expect(await find('user', 'username', username)).toHaveLength(1);
    await run(`provision terminate ${service} --yes --final-invoice`);
    expect(await find('user', 'username', username)).toEqual([]);
    for (const number of numbers) expect(await did(number)).toMatchObject({ id_user: null, reserved: 0 });
    expect((await did(first))['activated']).toBe(1);
    const { invoices } = await run<{ invoices: { lines: { amount: string }[] }[] }>('invoice list --client 77');
    expect(invoices.flatMap(({ lines }) => lines.map(({ amount }) => amount))).toEqual(['123.69', '2.00']);
    await run(`provision terminate ${service} --yes`);
  });
});
