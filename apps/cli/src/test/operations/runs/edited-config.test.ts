import { chmodSync, rmSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { logIn, serveOn, type Serving } from '../../serve-on.js';
import { startServed, TOKEN } from './served.js';

const at = startForEachTest(startServed);

const SECOND = 1000;
let keys = 0;

/** What these tests read of answers. */
interface Answer {
  id: string;
  finishedAt: string | null;
  last: { event: string };
  packages: { id: string; price: string }[];
  checks: object[];
  tokens: { id: string }[];
  alarms: object[];
}

/** Calls the API of a server; returns status and document. */
async function call({ url }: Serving, request: string, body?: object, token = TOKEN) {
  const [method = '', path = ''] = request.split(' ');
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': `key-${keys++}` }),
  };
  const answer = await fetch(`${url}/api/v1${path}`, {
    ...{ method, headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: (await answer.json()) as Answer };
}

/** Runs a command by the API, and returns how it ended. */
async function runBy(serving: Serving, command: string): Promise<Answer['last']> {
  const { status, json } = await call(serving, 'POST /runs', { command });
  expect([status, json]).toEqual([202, expect.anything()]);
  for (;;) {
    const { json: run } = await call(serving, `GET /runs/${json.id}`);
    if (run.finishedAt !== null) return run.last;
  }
}

async function login({ url }: Serving): Promise<(path: string) => Promise<string>> {
  const cookie = await logIn(url, TOKEN);
  return async (path) => (await fetch(`${url}${path}`, { headers: { cookie } })).text();
}

/** Serves while `work` runs, and returns what it printed. */
async function whileServed(work: (serving: Serving) => Promise<void>, words?: string): Promise<string> {
  const serving = await serveOn(at.bench, words, { random: () => 0 });
  await work(serving).catch(async (error: unknown) => {
    await serving.stop();
    throw error;
  });
  const { stdout, stderr } = await serving.stop();
  return stdout + stderr;
}

const held = async (): Promise<string> => (await at.bench.sluice('explain svc-1')).stdout;

describe('serve, after the config was edited', () => {
  it('shows and runs by the quota of now, as the command does', async () => {
    at.use(1, 120);
    const printed = await whileServed(async (serving) => {
      const read = await login(serving);
      expect((await runBy(serving, 'poll')).event).toBe('report');
      expect(await held()).toMatch(/svc-1 is held since/);
      at.bench.edit('quota: { total: 100GB }', 'quota: { total: 150GB }');
      await at.bench.sluice('poll --allow-mass');
      expect(await held()).toContain('svc-1 is not held: 120 GB of 150 GB');
      at.bench.clock.advance(SECOND);
      const page = await read('/services/svc-1');
      expect(page).toContain('150 GB');
      expect(page).not.toContain('are allowed by what was changed since the last run');
      expect(await read('/')).toContain('80%');
      expect(await runBy(serving, 'poll')).toMatchObject({ event: 'report' });
      expect(await held()).toContain('svc-1 is not held: 120 GB of 150 GB');
    });
    expect(printed).toMatch(/The config was changed; what begins from now on works with it/);
  });

  it('sells at the price of now, whatever the clock says, and sells nothing while the file is refused', async () => {
    at.use(1, 10);
    await at.poll();
    const { stdout } = await at.bench.sluice('api-token create shop --scope client:42 --scope buy');
    const customer = stdout.trim();
    const buy = (serving: Serving) =>
      call(serving, 'POST /services/svc-1/purchases', { package: 'extra-50', client: '42' }, customer);
    await whileServed(async (serving) => {
      const price = async () => {
        const { json } = await call(serving, 'GET /packages?service=svc-1', undefined, customer);
        return json.packages.find(({ id }) => id === 'extra-50')?.price;
      };
      expect(await price()).toBe('5.00');
      at.bench.edit('extra-50: { traffic: 50GB, price: "5.00"', 'extra-50: { traffic: 50GB, price: "-7.00"');
      const refused = await buy(serving);
      const message = 'This could not be done at the moment; try again later';
      expect(refused).toMatchObject({ status: 503, json: { error: { code: 'config_refused', message } } });
      at.bench.edit('price: "-7.00"', 'price: "7.00"');
      expect(await buy(serving)).toMatchObject({ status: 201, json: { purchase: { price: '7.00' } } });
      expect(await price()).toBe('7.00');
    });
    expect(await at.balance()).toBe('43.00');
  });

  it('refuses changes while the file has an alias that contains itself', async () => {
    const text = at.bench.read('sluice.yaml');
    await whileServed(async (serving) => {
      at.bench.write('sluice.yaml', `${text}again: &a { b: *a }\n`);
      const line = text.split('\n').length;
      const checked = await at.bench.sluice('config check');
      expect([checked.exitCode, checked.stdout + checked.stderr]).toEqual([
        2,
        expect.stringMatching(new RegExp(`\\b${line}\\b.*an alias \\(\\*name\\) is a part of what it stands for`)),
      ]);
      for (const command of ['poll', 'reconcile'])
        expect(await call(serving, 'POST /runs', { command })).toMatchObject({
          ...{ status: 503, json: { error: { code: 'config_refused' } } },
        });
      expect((await call(serving, 'GET /services')).status).toBe(200);
      expect(await (await fetch(`${serving.url}/healthz`)).json()).toMatchObject({ config: 'refused' });
      at.bench.write('sluice.yaml', text);
      expect((await runBy(serving, 'poll')).event).toBe('report');
    });
  });

  it('refuses changes and runs while the file is refused, reads on and says so, and goes on once it is corrected', async () => {
    at.use(1, 120);
    const printed = await whileServed(async (serving) => {
      const read = await login(serving);
      expect(await read('/')).not.toContain('is refused');
      at.bench.edit('currency: EUR', 'currencies: EUR');
      at.bench.clock.advance(SECOND);
      for (const [request, body] of [
        ['POST /services/svc-1/purchases', { package: 'extra-50' }],
        ['POST /runs', { command: 'poll' }],
        ['POST /runs', { command: 'plan' }],
        ['POST /services/svc-1/holds', {}],
        ['POST /clock/accept', {}],
        ['GET /doctor?contract=true', undefined],
      ] as const) {
        const { status, json } = await call(serving, request, body);
        const message = expect.stringMatching(/^The config was changed .* and is refused: .*currencies/s);
        expect([request, status, json]).toEqual([
          request,
          503,
          { error: expect.objectContaining({ code: 'config_refused', message }) },
        ]);
      }
      for (const path of ['/', '/services/svc-1', '/panels']) {
        const page = await read(path);
        expect([path, page]).toEqual([path, expect.stringMatching(/The config was changed .* and is refused/)]);
      }
      const staff = await call(serving, 'GET /embedded/overview');
      expect(JSON.stringify(staff.json)).toMatch(/The config was changed .* and is refused/);
      expect(await (await fetch(`${serving.url}/healthz`)).json()).toEqual({ ok: true, config: 'refused' });
      const doctor = await call(serving, 'GET /doctor');
      expect(doctor.json).toMatchObject({
        ok: false,
        checks: expect.arrayContaining([expect.objectContaining({ status: 'failed', code: 'config_refused' })]),
      });
      expect(await held()).not.toContain('svc-1 is held');
      at.bench.edit('currencies: EUR', 'currency: EUR');
      expect(await runBy(serving, 'poll')).toMatchObject({ event: 'report' });
      expect(await held()).toContain('svc-1 is held');
      expect(await read('/')).not.toContain('is refused');
      expect(await (await fetch(`${serving.url}/healthz`)).json()).toEqual({ ok: true });
    });
    expect(printed.match(/is refused/g)).toHaveLength(1);
    expect(printed).toContain('The config is accepted again');
  });

  it('does so while the file is gone, and names what only a start applies', async () => {
    const text = at.bench.read('sluice.yaml');
    const printed = await whileServed(async (serving) => {
      const read = await login(serving);
      rmSync(at.bench.path('sluice.yaml'));
      const { status, json } = await call(serving, 'POST /runs', { command: 'poll' });
      expect([status, JSON.stringify(json)]).toEqual([503, expect.stringContaining('there is no such file')]);
      at.bench.write('sluice.yaml', text.replace('127.0.0.1:0', '127.0.0.1:1'));
      at.bench.clock.advance(SECOND);
      expect(await read('/')).toContain('takes effect after a restart of the server: serve.listen');
      expect((await call(serving, 'GET /doctor')).json.checks).toContainEqual(
        expect.objectContaining({ status: 'warning', code: 'restart_needed' }),
      );
      expect(await runBy(serving, 'poll')).toMatchObject({ event: 'report' });
    });
    expect(printed).toContain('takes effect after a restart of the server: serve.listen');
  });

  it('revokes tokens and links while the file is refused', async () => {
    await at.bench.sluice('api-token create leaked --scope operate');
    await at.bench.sluice('report --client 42 --share 7d');
    await whileServed(async (serving) => {
      at.bench.edit('currency: EUR', 'currencies: EUR');
      const { tokens } = (await call(serving, 'GET /tokens')).json;
      expect(tokens).toHaveLength(2);
      for (const { id } of tokens) {
        const { status, json } = await call(serving, `DELETE /tokens/${id}`, {});
        expect([status, json]).toEqual([200, expect.objectContaining({ revokedAt: expect.any(String) })]);
      }
    });
  });

  it('is refused what anybody can write where only the folder led to it, as at the start', async () => {
    const printed = await whileServed(async (serving) => {
      const config = at.bench.path('sluice.yaml');
      chmodSync(config, 0o666);
      const { status, json } = await call(serving, 'POST /runs', { command: 'poll' });
      expect([status, JSON.stringify(json)]).toEqual([503, expect.stringContaining('config_refused')]);
      chmodSync(config, 0o600);
      expect(await runBy(serving, 'poll')).toMatchObject({ event: 'report' });
    });
    expect(printed).toMatch(/is refused: .*sluice\.yaml/);
  });

  it('takes the rest of an edited config over while its environment lacks a variable, fails what needs it, and names it', async () => {
    at.use(1, 120);
    const before = at.bench.read('sluice.yaml');
    const waits =
      /takes effect after a restart of the server: environment variable BEAT, environment variable HOOK, environment variable LATER\b/;
    const { url } = at.panel;
    const edited = before
      .replace('quota: { total: 100GB }', 'quota: { total: 150GB }')
      .replace(
        'products:',
        `  later: { kind: easydcim, url: "${url}", allowHttp: true, token: "\${env:LATER}" }\nproducts:\n  late: { panel: later, quota: 1TB }`,
      )
      .concat(
        'notify: [{ name: hook, webhook: "${env:HOOK}", secret: "0123456789abcdef" }]\nheartbeat: "${env:BEAT}"\n',
      );
    const printed = await whileServed(async (serving) => {
      const read = await login(serving);
      expect(await runBy(serving, 'poll')).toMatchObject({ data: { run: { outcome: 'done' } } });
      expect(await held()).toMatch(/svc-1 is held since/);
      at.bench.write('sluice.yaml', edited);
      const pairs = 'panel=later product=late billing_cycle=monthly next_due_date=2026-12-15 easydcim_service_id=509';
      await at.bench.sluice(`service add svc-9 ${pairs}`);
      const ended = await runBy(serving, 'poll');
      expect(ended).toMatchObject({ event: 'report', data: { run: { outcome: 'partial' } } });
      expect(ended).toMatchObject({ data: { panels: [{ panel: 'later', error: { code: 'secret_missing' } }] } });
      expect(await held()).toContain('svc-1 is not held: 120 GB of 150 GB');
      at.bench.clock.advance(SECOND);
      expect(await read('/')).toMatch(waits);
      expect(await read('/panels')).toContain('environment variable LATER is not set');
      expect((await call(serving, 'GET /doctor')).json.checks).toContainEqual(
        expect.objectContaining({ status: 'warning', code: 'restart_needed', message: expect.stringMatching(waits) }),
      );
      at.bench.write('sluice.yaml', before);
      await runBy(serving, 'poll');
      expect(await read('/')).not.toMatch(waits);
    });
    expect(printed.match(new RegExp(waits, 'g'))).toHaveLength(1);
  });

  it('tells that its only panel is undecided where that lacks a variable, and decides on it once the file is right', async () => {
    const alarms = async (serving: Serving) => (await call(serving, 'GET /notices/alarms')).json.alarms;
    await whileServed(async (serving) => {
      expect(await runBy(serving, 'poll')).toMatchObject({ event: 'report' });
      const before = at.bench.read('sluice.yaml');
      at.bench.write('sluice.yaml', before.replace('${env:DCIM_TOKEN}', '${env:LATER}'));
      expect(await runBy(serving, 'poll')).toMatchObject({
        event: 'failure',
        data: { code: 'secret_missing' },
      });
      expect(await alarms(serving)).toEqual([expect.objectContaining({ code: 'panel_undecided', panel: 'dcim' })]);
      at.bench.write('sluice.yaml', before);
      expect(await runBy(serving, 'poll')).toMatchObject({ event: 'report' });
      expect(await alarms(serving)).toEqual([]);
    });
  });

  it('follows a panel that got another name, without a restart', async () => {
    await whileServed(async (serving) => {
      expect(await runBy(serving, 'poll')).toMatchObject({ event: 'report' });
      const config = at.bench.read('sluice.yaml');
      at.bench.write('sluice.yaml', config.replace('  dcim: {', '  new: {').replaceAll('panel: dcim', 'panel: new'));
      await at.bench.sluice('poll');
      expect(await runBy(serving, 'poll')).toMatchObject({ event: 'report' });
    });
  });
});
