import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { LATEST_SCHEMA_VERSION, openStore, storeVersion, type StateStore, withStore } from '@sluice/state-store';
import type { RunReport } from '@sluice/engine';
import { startForEachTest } from './each-test.js';
import { configText, DAY, GB, HOUR, toIds, startEasyDcimBench } from './easydcim-bench.js';
import { handleOn } from './sqlite.js';

const at = startForEachTest(startEasyDcimBench);
beforeEach(async () => {
  for (const number of [1, 2]) await at.addService(number);
});

const FOLDER = 'sluice.db-backups';

function backups(): string[] {
  return existsSync(at.bench.path(FOLDER)) ? readdirSync(at.bench.path(FOLDER)).sort() : [];
}

/** Unpacks a backup; returns the path of the store. */
function unpack(name: string): string {
  const file = at.bench.path('unpacked.db');
  writeFileSync(file, gunzipSync(readFileSync(at.bench.path(name))), { mode: 0o600 });
  return file;
}

async function within<T>(name: string, look: (store: StateStore) => Promise<T>): Promise<T> {
  const store = await openStore({ location: unpack(name), clock: at.bench.clock, readOnly: true });
  try {
    return await look(store);
  } finally {
    await store.close();
  }
}

/** All that the command tells of the services. */
async function told(): Promise<string> {
  const texts = [];
  const last = '--at 2026-12-01T00:00:00Z';
  for (const words of ['service list', 'hold list', `explain svc-1 ${last}`, `explain svc-2 ${last}`, 'usage'])
    texts.push((await at.bench.sluice(`${words} --json`)).stdout);
  return texts.join('\n');
}

describe('db backup and restore', () => {
  it('bring back exactly what was there, and the next run is right', async () => {
    at.use(1, 200);
    await at.poll();
    const before = await told();
    const made = await at.bench.sluice('db backup copy.db --json');
    expect([made.exitCode, made.stderr]).toEqual([0, '']);
    const again = await at.bench.sluice('db backup copy.db --json');
    expect([again.exitCode, again.json<{ error: { code: string } }>().error.code]).toEqual([1, 'store_exists']);
    for (const words of ['db backup nowhere/copy.db', 'log export nowhere/log.jsonl']) {
      const refused = await at.bench.sluice(words);
      const said = expect.stringMatching(/nowhere\/\S+ can't be written: its folder does not exist/);
      expect([words, refused.exitCode, refused.stderr]).toEqual([words, 2, said]);
      expect(refused.stderr).not.toMatch(/store|hold release/i);
      expect(existsSync(at.bench.path('nowhere'))).toBe(false);
    }
    at.panel.addTraffic(502, { in: 50 * GB, out: 0 });
    await at.bench.sluice('override set svc-1 --unlimited');
    await at.pollLater();
    expect(await told()).not.toBe(before);
    // An unpacked backup, and one of a version that did not compress, is taken as well.
    writeFileSync(at.bench.path('plain.db'), gunzipSync(readFileSync(at.bench.path('copy.db'))));
    expect((await at.bench.sluice('db restore plain.db --yes')).exitCode).toBe(0);
    expect(await told()).toBe(before);
    at.bench.clock.advance(1000);
    const restored = await at.bench.sluice('db restore copy.db --yes --json');
    expect(restored.exitCode).toBe(0);
    const { replaced } = restored.json<{ replaced: string }>();
    expect(existsSync(replaced)).toBe(true);
    expect(await told()).toBe(before);
    expect((await at.bench.sluice('db check')).exitCode).toBe(0);
    const next = await at.poll();
    expect([next.exitCode, next.json<RunReport>().totals.held]).toEqual([0, 1]);
    expect(at.panel.port(toIds(1).port(1)).adminState).toBe('down');
  });

  it('refuse what is no backup, and a run at work', async () => {
    const before = await told();
    at.bench.write('text.db', 'no database at all, but long enough to be read as one'.repeat(100));
    at.bench.write('empty.db', '');
    for (const [file, code] of [
      ['gone.db', 'store_missing'],
      ['text.db', 'store_damaged'],
      ['empty.db', 'store_unsupported'],
    ] as const) {
      const refused = await at.bench.sluice(`db restore ${file} --yes --json`);
      expect([file, refused.exitCode, refused.json<{ error: { code: string } }>().error.code]).toEqual([file, 1, code]);
    }
    await at.bench.sluice('db backup copy.db');
    at.panel.server.latencyMs = 20;
    const run = at.poll();
    await at.panel.server.waitForCall();
    const refused = await at.bench.sluice('db restore copy.db --yes --json');
    expect([refused.exitCode, refused.json<{ error: { code: string } }>().error.code]).toEqual([5, 'lease_held']);
    expect((await run).exitCode).toBe(0);
    expect((await told()).length).toBeGreaterThan(before.length);
  });
});

describe('a backup by itself', () => {
  it('is made once, before the first run that may change a panel', async () => {
    at.bench.write('sluice.yaml', configText(at.panel.url, 'enforce: observe'));
    at.use(1, 200);
    await at.poll();
    await at.bench.sluice('plan');
    expect(backups()).toEqual([]);
    at.bench.write('sluice.yaml', configText(at.panel.url));
    await at.poll();
    expect(backups()).toEqual(['before-first-enforcing.db.gz']);
    const holds = await within(`${FOLDER}/before-first-enforcing.db.gz`, async (store) => ({
      holds: await store.holds.all(),
      samples: (await store.samples.list({ service: 'svc-1' })).length,
    }));
    expect(holds).toEqual({ holds: [], samples: 1 });
    at.use(2, 200);
    await at.poll();
    expect(backups()).toEqual(['before-first-enforcing.db.gz']);
  });

  it('of a day to come, made while the clock was ahead, is the first to go', async () => {
    const ahead = ['daily-2027-01-01.db.gz', 'daily-2027-01-02.db.gz'];
    await at.bench.sluice('reconcile');
    for (const name of ahead) at.bench.write(`${FOLDER}/${name}`, 'ahead');
    for (let day = 0; day < 5; day++) {
      at.bench.clock.advance(DAY);
      await at.bench.sluice('reconcile');
    }
    const daily = () => backups().filter((name) => name.startsWith('daily-'));
    expect([daily().length, daily().includes(ahead[0] ?? ''), daily().includes(ahead[1] ?? '')]).toEqual([
      7,
      false,
      true,
    ]);
    at.bench.clock.advance(DAY);
    await at.bench.sluice('reconcile');
    expect([daily().length, daily().at(-1)]).toEqual([7, 'daily-2026-11-26.db.gz']);
  });

  it('is made each day by reconcile, and seven are kept', async () => {
    for (let day = 0; day < 10; day++) {
      await at.bench.sluice('reconcile');
      at.bench.clock.advance(HOUR);
      await at.bench.sluice('reconcile');
      at.bench.clock.advance(DAY - HOUR);
    }
    const daily = backups().filter((name) => name.startsWith('daily-'));
    const dates = Array.from({ length: 7 }, (_, index) => `daily-2026-11-${23 + index}.db.gz`);
    expect(daily).toEqual(dates);
    for (const name of daily) {
      expect((statSync(at.bench.path(`${FOLDER}/${name}`)).mode & 0o777).toString(8)).toBe('600');
      const checks = await within(`${FOLDER}/${name}`, (store) => store.maintenance.check());
      expect(checks.filter((check) => check.status !== 'ok')).toEqual([]);
    }
    const samples = async (name: string): Promise<number> =>
      within(`${FOLDER}/${name}`, async (store) => (await store.samples.list({ service: 'svc-1' })).length);
    // Of each day its first run's.
    expect(await samples(dates[6] ?? '')).toBe((await samples(dates[0] ?? '')) + 12);
  });

  it('is made once before readings are thinned', async () => {
    at.bench.write('sluice.yaml', configText(at.panel.url, 'retention: { samples: 1d }'));
    const readings = (): Promise<number> =>
      withStore({ location: at.bench.path('sluice.db'), clock: at.bench.clock, readOnly: true }, async (store) => {
        const samples = await store.samples.list({ service: 'svc-1' });
        return samples.length;
      });
    for (let poll = 0; poll < 8; poll++) {
      at.panel.addTraffic(501, { in: GB, out: 0 });
      at.bench.clock.advance(HOUR / 6);
      await at.poll();
    }
    await at.bench.sluice('reconcile');
    expect(backups()).not.toContain('before-first-thinning.db.gz');
    at.bench.clock.advance(3 * DAY);
    await at.poll();
    const before = await readings();
    await at.bench.sluice('reconcile');
    expect(await readings()).toBeLessThan(before);
    expect(backups()).toContain('before-first-thinning.db.gz');
    const kept = await within(`${FOLDER}/before-first-thinning.db.gz`, (store) =>
      store.samples.list({ service: 'svc-1' }),
    );
    expect(kept.length).toBeGreaterThanOrEqual(before);
  });

  it('is made before a migration, from every earlier schema, and can be put back', async () => {
    const { exec } = handleOn(at.bench.path('sluice.db'));
    exec('delete from schema_migrations where version > 1');
    exec('drop index if exists usage_samples_open');
    exec('alter table switches drop column actor');
    for (const name of ['panel', 'confirmed_from', 'confirmed_until']) {
      exec(`alter table usage_samples drop column ${name}`);
    }
    const tables = [
      ...['agents', 'agent_users', 'agent_snapshots', 'agent_reservations'],
      ...['graph_cache', 'service_resources', 'clock', 'refreshes', 'confirmations'],
    ];
    for (const table of tables) exec(`drop table if exists ${table}`);
    exec('alter table holds drop column restriction');
    exec('drop index if exists runs_service');
    for (const name of ['decisions_not_calm', 'decisions_errors', 'services_ended']) exec(`drop index ${name}`);
    for (const name of ['allowed_bytes', 'drifts', 'calm']) exec(`alter table decisions drop column ${name}`);
    for (const name of ['service', 'actor', 'note', 'scope', 'process_start'])
      exec(`alter table runs drop column ${name}`);
    exec('alter table actions drop column given_up_at');
    exec('alter table service_overrides drop column note');
    for (const name of [
      'quota_released_until',
      'client_since',
      'name',
      'client_name',
      'client_email',
      'language',
      'search_text',
    ])
      exec(`alter table services drop column ${name}`);
    exec('alter table notices drop column data');
    for (const name of ['client', 'billing', 'taxed', 'charged', 'refunded_at', 'refund_sent_at', 'run', 'note'])
      exec(`alter table purchases drop column ${name}`);
    for (const name of [
      'ledger_entries',
      'ledger_bookings',
      'invoice_lines',
      'invoices',
      'auto_buy_preferences',
      'pushed_usage',
      'write_backs',
      'call_bills',
      'ownership',
      'api_tokens',
      'sessions',
      'requests',
      'deliveries',
      'conditions',
      'api_call_blocks',
      'alarms',
      'next_readings',
      'compliant_services',
      'undecided',
      'client_notices',
      'client_addresses',
      'agent_periods',
    ])
      exec(`drop table ${name}`);
    expect(await storeVersion(at.bench.path('sluice.db'))).toBe(1);
    const polled = await at.poll();
    expect(polled.exitCode).toBe(0);
    expect(await storeVersion(at.bench.path('sluice.db'))).toBe(LATEST_SCHEMA_VERSION);
    const [file] = backups().filter((name) => name.startsWith('before-schema-'));
    expect(file).toMatch(new RegExp(`^before-schema-${LATEST_SCHEMA_VERSION}-from-1-2026-11-20T`));
    expect(await storeVersion(unpack(`${FOLDER}/${file}`))).toBe(1);
    expect((await at.bench.sluice(`db restore ${FOLDER}/${file} --yes`)).exitCode).toBe(0);
    expect((await at.bench.sluice('db check')).exitCode).toBe(0);
    const next = await at.poll();
    expect([next.exitCode, next.json<RunReport>().totals.services]).toEqual([0, 2]);
  });
});
