import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { HoldsFile, MetricsReport, RunReport } from '@sluice/engine';
import { realClock } from '@sluice/engine/process';
import { few } from '@sluice/fake-panels';
import { startWorker } from '@sluice/worker';
import { acquireSchema, type EmptySchema, whyNoPostgres } from '@sluice/state-store/testing';
import { startForEachTest } from './each-test.js';
import { GB, HOUR } from './easydcim-bench.js';
import { startFlvxBench } from './flvx-bench.js';
import type { Outcome } from './harness.js';
import { logIn, serveOn } from './serve-on.js';

interface ErrorDocument {
  error: { code: string; message: string };
}

interface Checks {
  checks: { name: string; status: string; message: string }[];
}

const reason = whyNoPostgres();
const at = startForEachTest(startFlvxBench);
const SECRET = 'hunter2';
const REFERENCE = '${env:STATE_URL}';

(reason === null ? describe : describe.skip)(`a store on PostgreSQL${reason === null ? '' : ` (${reason})`}`, () => {
  let schema: EmptySchema;
  let config = '';
  beforeAll(async () => {
    schema = await acquireSchema();
  });
  beforeEach(async () => {
    await schema.drop();
    config = at.bench.read('sluice.yaml');
    // The test server asks for no password, and accepts any.
    at.bench.env['STATE_URL'] = schema.url.replace('postgres@', `postgres:${SECRET}@`);
  });
  afterAll(() => schema.release());

  const useServer = (state = REFERENCE): void => {
    at.bench.write('sluice.yaml', `${config}\nstate: "${state}"\n`);
  };
  const copy = (...words: string[]): Promise<Outcome> => at.bench.sluice(['db', 'copy', '--to', REFERENCE, ...words]);
  const codeOf = (outcome: Outcome): string => outcome.json<ErrorDocument>().error.code;
  const hold = async (): Promise<void> => {
    const user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
    await at.bench.sluice('poll');
    at.panel.world.users.get(user)!.inFlow += 200 * GB;
    at.bench.clock.advance(HOUR);
    expect((await at.bench.sluice('poll --json')).json<RunReport>().totals.held).toBe(1);
  };

  it('is moved to with its holds, which this machine keeps in a file against the loss of the database', async () => {
    await hold();
    expect((await copy('--dry-run')).stdout).toMatch(/ rows of \d+ tables would be copied from .* nothing was changed/);
    const copied = await copy();
    expect(copied.stdout).toContain(`state: "${REFERENCE}"`);
    expect(copied.stdout).toContain(`as it was: sluice db copy --undo --to '${REFERENCE}'\n`);
    const refused = await at.bench.sluice('poll --json');
    expect([refused.exitCode, codeOf(refused)]).toEqual([1, 'store_moved']);
    const said = (await at.bench.sluice('poll')).stderr;
    expect(said).toContain('into STATE_URL, with its password, which is left out here');
    expect(said).toContain(`"sluice db copy --undo --to '${REFERENCE}'"`);
    const read = await at.bench.sluice('hold list');
    expect([read.exitCode, read.stderr]).toEqual([
      0,
      expect.stringMatching(/warning: The store .* was moved to postgres:/),
    ]);
    expect(codeOf(await at.bench.sluice('serve --json'))).toBe('store_moved');

    useServer();
    expect((await at.bench.sluice('poll --json')).json<RunReport>().totals).toMatchObject({ held: 1, actions: 0 });
    const file = JSON.parse(at.bench.read('postgres.holds.json')) as HoldsFile;
    expect(file.holds).toHaveLength(1);
    expect(existsSync(at.bench.path('postgres-backups'))).toBe(false);
    await schema.drop();
    const held = at.panel.runningForwards().length;
    const lost = await at.bench.sluice('poll --json');
    expect([lost.exitCode, codeOf(lost)]).toEqual([1, 'store_missing']);
    const released = await at.bench.sluice('hold release --all --from postgres.holds.json --yes --json');
    expect([released.exitCode, at.panel.runningForwards().length]).toEqual([0, held + 1]);
  });

  it('is said to be empty beside a state file with services', async () => {
    await at.create(1);
    await at.create(2);
    useServer();
    const file = at.bench.path('sluice.db');
    const said = `The database has no services, but the state file ${file} beside it has 2 services.`;
    for (const words of ['service list', 'usage', 'report']) {
      const { stdout } = await at.bench.sluice(words);
      expect([words, stdout.replaceAll('\n', ' ')]).toEqual([words, expect.stringContaining(said)]);
      expect(stdout).toMatch(/sluice db copy --to URL/);
    }
    const checks = async (): Promise<Checks['checks']> =>
      (await at.bench.sluice('doctor --json')).json<Checks>().checks.filter(({ message }) => message.includes(file));
    expect(await checks()).toMatchObject([{ status: 'warning', message: expect.stringContaining(said.slice(0, -1)) }]);
    at.bench.write('sluice.yaml', config);
    // What was read by way of the database is in it.
    await schema.drop();
    const copied = await copy();
    expect([copied.exitCode, copied.stderr]).toEqual([0, '']);
    useServer();
    expect(await checks()).toEqual([]);
    expect((await at.bench.sluice('usage')).stdout).not.toContain('beside it');
    await schema.drop();
    expect(await checks()).toMatchObject([
      { message: expect.stringMatching(/has 2 services and was moved to postgres:/) },
    ]);
  });

  it('is taken back where it has not changed, and refused where it has', async () => {
    await hold();
    await copy();
    expect(codeOf(await at.bench.sluice('db copy --undo --json'))).toBe('copy_refused');
    expect((await at.bench.sluice('db copy --undo')).stderr).toContain(`"sluice db copy --undo --to '${REFERENCE}'"`);
    const undone = await at.bench.sluice(['db', 'copy', '--undo', '--to', REFERENCE, '--json']);
    expect(undone.json()).toMatchObject({ wasMoved: true, lost: null });
    expect((await at.bench.sluice('poll')).exitCode).toBe(0);
    useServer();
    expect(codeOf(await at.bench.sluice('poll --json'))).toBe('store_moved');
  });

  it('shows its password nowhere', async () => {
    const url = at.bench.env['STATE_URL'] ?? '';
    await at.bench.sluice(['db', 'copy', '--to', url, '--json']);
    for (const state of [url, REFERENCE]) {
      useServer(state);
      const commands = [
        'config check',
        'doctor',
        'doctor --json',
        'db check --json',
        'db migrate --json',
        'poll',
        'plan',
      ];
      const all = [...commands, 'log list --json', 'metrics', 'db backup x.dump', 'db restore sluice.yaml --yes'];
      for (const words of state === REFERENCE ? few(all) : all) await at.bench.sluice(words);
      const away = url.replace(/:\d+\//, ':1/');
      at.bench.env['STATE_URL'] = away;
      if (state !== REFERENCE) useServer(away);
      for (const words of ['poll --json', 'doctor', 'db check', 'db copy --to other.db']) await at.bench.sluice(words);
      at.bench.env['STATE_URL'] = url;
    }
    useServer();
    const server = await serveOn(at.bench, 'serve', { clock: realClock });
    const page = await (await fetch(`${server.url}/healthz`)).text();
    await server.stop();
    expect(at.bench.printed).toContain('postgres://postgres@127.0.0.1:');
    expect(at.bench.printed + page).not.toContain(SECRET);
    expect(at.bench.printed).toContain('state: the secret is written in the file itself');
    expect(at.bench.printed).toContain('pg_dump --format=custom');
  });

  it('is not shown any more by a server that runs while it is moved', async () => {
    await at.create(1);
    await at.bench.sluice('poll');
    const [id = ''] = await at.bench.store(({ services }) => services.ids());
    const token = 'first-start-token-0123456789';
    at.bench.env['SERVE_TOKEN'] = token;
    at.bench.write('sluice.yaml', `${config}\nserve: { listen: "127.0.0.1:0", token: "\${env:SERVE_TOKEN}" }\n`);
    const server = await serveOn(at.bench);
    const cookie = await logIn(server.url, token);
    const read = async (path: string, headers: Record<string, string>): Promise<[number, string]> => {
      const answer = await fetch(`${server.url}${path}`, { headers });
      return [answer.status, await answer.text()];
    };
    const pages = ['/', `/services/${id}`, '/panels', '/log', '/log?kind=run', '/products', '/queue'];
    const calls = ['/overview', `/services/${id}`, '/log', '/log/export'].map((path) => `/api/v1${path}`);
    const readAll = async (): Promise<[string, number, string][]> => {
      const answers: [string, number, string][] = [];
      for (const path of pages) answers.push([path, ...(await read(path, { cookie }))]);
      for (const path of calls) answers.push([path, ...(await read(path, { authorization: `Bearer ${token}` }))]);
      return answers;
    };
    const toStatuses = (answers: [string, number, string][]) => answers.map(([path, status]) => `${path} ${status}`);
    const each = [...pages, ...calls];
    expect(toStatuses(await readAll())).toEqual(each.map((path) => `${path} 200`));
    expect((await copy()).exitCode).toBe(0);
    const answers = await readAll();
    expect(toStatuses(answers)).toEqual(each.map((path) => `${path} 503`));
    for (const [path, , text] of answers)
      if (pages.includes(path)) expect(text).toMatch(/was moved to postgres:/);
      else expect((JSON.parse(text) as ErrorDocument).error.code).toBe('store_moved');
    await server.stop();
  });

  it('is served only with a clock within 30 seconds of its own', async () => {
    useServer();
    await at.bench.sluice('poll');
    for (const [aheadMs, text] of [
      [90_000, /^The clock of this machine is \d+ s ahead of that of the database/],
      [-90_000, /^The clock of this machine is \d+ s behind that of the database/],
    ] as const) {
      const clock = { ...realClock, now: () => Date.now() + aheadMs };
      const refused = await at.bench.sluice('serve --listen 127.0.0.1:0 --json', { clock });
      const { error } = refused.json<ErrorDocument>();
      expect(error).toMatchObject({ code: 'clock_differs', message: expect.stringMatching(text) });
    }
    const clock = { ...realClock, now: () => Date.now() - 20_000 };
    const server = await serveOn(at.bench, 'serve --listen 127.0.0.1:0', { clock });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    await server.stop();
  });

  it('is said once to be moved, by what a command is refused with', async () => {
    await at.bench.sluice('poll');
    await copy();
    const said = async (words: string) => (await at.bench.sluice(words)).stderr.match(/ was moved to /g)?.length;
    expect([await said('poll'), await said('hold list')]).toEqual([1, 1]);
  });

  it('is run on only in the schema of the program, and migrated by no run', async () => {
    useServer();
    expect((await at.bench.sluice('poll')).exitCode).toBe(0);
    const newest = '(select max("version") from "schema_migrations")';
    await schema.ask(`update "schema_migrations" set "version" = 9999 where "version" = ${newest}`);
    expect(codeOf(await at.bench.sluice('poll --json'))).toBe('store_too_new');
    await schema.ask(`delete from "schema_migrations" where "version" = ${newest}`);
    expect(codeOf(await at.bench.sluice('poll --json'))).toBe('store_too_old');
  });

  it('has a size, in the metrics and for the doctor', async () => {
    useServer();
    await at.bench.sluice('poll');
    const { metrics } = (await at.bench.sluice('metrics --json')).json<MetricsReport>();
    const bytes = metrics.find(({ name }) => name === 'sluice_store_bytes')?.samples[0]?.value;
    expect(bytes).toBeGreaterThan(100_000);
    at.bench.clock.advance(48 * HOUR);
    await at.bench.sluice('poll');
    const { checks } = (await at.bench.sluice('doctor --json')).json<Checks>();
    expect(checks.find(({ name }) => name === 'store size')?.message).toMatch(/^it has \d+ MB/);
  });

  it('says of no panel what runs may change on it while the database is away', async () => {
    useServer();
    await at.bench.sluice('poll');
    expect((await at.bench.sluice('observe relay')).exitCode).toBe(0);
    const found = async (): Promise<string[]> => {
      const { checks } = (await at.bench.sluice('doctor --json')).json<Checks>();
      return checks.flatMap(({ name, status, message }) => (name === 'enforce' ? [`${status} ${message}`] : []));
    };
    expect(await found()).toEqual([expect.stringMatching(/^ok observe, set with a command/)]);
    at.bench.env['STATE_URL'] = schema.url.replace(/:\d+\//, ':1/');
    expect(await found()).toEqual(["skipped not known: the store can't be read"]);
  });

  it.each(['from a file', 'to a file'])('is a problem for the doctor where it was moved %s', async (way) => {
    if (way === 'to a file') useServer();
    await at.bench.sluice('poll');
    const moved = way === 'to a file' ? await at.bench.sluice('db copy --to ./moved.db') : await copy();
    expect(moved.exitCode).toBe(0);
    for (const words of ['doctor', 'doctor --contract']) {
      const { exitCode, stdout } = await at.bench.sluice(words);
      expect(exitCode).toBe(1);
      expect(stdout.match(/[✓✗!-] store .*|[✓✗!-] queue .*/g)).toEqual([
        expect.stringMatching(/^✗ store .*was moved to /),
      ]);
      expect(stdout).toMatch(/[Ss]et state in the config to .*"sluice db copy --undo/);
      expect(stdout).toMatch(/✓ panel \(relay\)/);
      expect(stdout).not.toContain('--take-over');
    }
    // Also where nothing is called, and nothing is logged.
    delete at.bench.env['FLVX_PASSWORD'];
    const { stdout } = await at.bench.sluice('doctor');
    expect(stdout).toMatch(/\n {2}✗ store .*was moved to [^]*\n {2}✗ panel .*secret_missing/);
    expect(stdout).not.toContain('✓ store');
    const { stderr } = await at.bench.sluice('doctor --accept-clock');
    expect(stderr).toMatch(/was moved to .*[Ss]et state in the config to/);
  });

  it('has a schedule that workers run while they are at work', async () => {
    // The queue of a database is one for all of its schemas, which other tests have.
    const database = `workers_${process.pid}`;
    await schema.ask(`create database ${database}`);
    const url = Object.assign(new URL(schema.url), { pathname: `/${database}`, search: '' }).href;
    at.bench.env['STATE_URL'] = url;
    useServer();
    const shown = () => at.bench.sluice('schedule show');
    // The crontab of the user is empty.
    mkdirSync(at.bench.path('bin'));
    writeFileSync(at.bench.path('bin/crontab'), '#!/bin/sh\n', { mode: 0o755 });
    at.bench.env['PATH'] = at.bench.path('bin');
    const install = (words = '') => at.bench.sluice(`schedule install --dry-run ${words}`.trim());
    expect((await install()).stderr).not.toContain('Workers');
    const { stdout, stderr } = await shown();
    expect([stdout, stderr]).toEqual([expect.stringContaining('crontab -e'), expect.not.stringContaining('Workers')]);
    const worker = await startWorker({
      ...{
        url,
        jobs: () => [],
        config: () => ({ digest: 'c', keys: {} }),
        concurrency: 1,
        timeZone: () => 'UTC',
        clock: realClock,
      },
      identity: { host: 'one', pid: process.pid, version: '0.1.0', storeSchema: 1 },
      ...{ signal: new AbortController().signal, say: () => undefined },
    });
    try {
      const beside = await shown();
      expect(beside.stdout).toBe(stdout);
      expect(beside.stderr).toContain('Workers run this schedule on the store');
      const planned = await install();
      expect([planned.exitCode, planned.stderr]).toEqual([
        0,
        expect.stringMatching(/^sluice: warning: Workers run this/m),
      ]);
      const { remarks } = (await install('--json')).json<{ remarks: string[] }>();
      expect(remarks.filter((remark) => remark.startsWith('Workers run this schedule'))).toHaveLength(1);
      expect((await install('--uninstall')).stderr).not.toContain('Workers');
      // What is to be answered is known before it is asked.
      const asked: string[] = [];
      const ask = (question: string): Promise<string> => {
        asked.push(question);
        return Promise.resolve('n');
      };
      const refused = await at.bench.sluice('schedule install', { ask });
      expect([asked, refused.stderr]).toEqual([['Install these jobs? [y/N] '], expect.stringContaining('Workers run')]);
    } finally {
      await worker.stop();
    }
    expect((await shown()).stderr).not.toContain('Workers');
    await schema.ask(`drop database ${database} with (force)`);
  });

  it('names what the doctor finds of the server', async () => {
    useServer();
    const found = (await at.bench.sluice('doctor --json')).json<Checks>();
    const names = found.checks.map(({ name }) => name);
    for (const name of ['rights', 'encryption', 'connections', 'durability', 'server-clock'])
      expect(names).toContain(`store ${name}`);
    // The bench has a clock of its own.
    const clock = found.checks.find(({ name }) => name === 'store server-clock');
    expect(clock?.message).toMatch(/^The clock of the server is \d+ s (behind|ahead of) that of this machine\./);
  });
});
