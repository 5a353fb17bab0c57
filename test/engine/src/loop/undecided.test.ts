import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type FakeEasyDcim, startFakeEasyDcim } from '@sluice/fake-panels';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { useBench } from '../bench/each-test.js';
import { GB, MINUTE } from '../bench/engine-bench.js';

const at = useBench(() => startEasyDcimBench());
const OTHER = 'token-of-the-other';

/** A second panel, and how far its clock is ahead. */
let other: FakeEasyDcim;
const ahead = { ms: 0 };

beforeEach(async () => {
  ahead.ms = 0;
  other = await startFakeEasyDcim({ token: OTHER, now: () => at.bench.clock.now() + ahead.ms, timeZone: 'UTC' });
  const settings = `kind: easydcim, url: "${other.url}", allowHttp: true, token: ${OTHER}, retries: 0`;
  await at.bench.edit('panels:\n', `panels:\n  another: { ${settings} }\n`);
  await at.bench.edit('products:\n', 'products:\n  beside: { panel: another, quota: { total: 100GB } }\n');
  other.addService({ id: 601, orderId: 701, serverId: 801, user: 9, ports: [{ id: 9001, name: 'eth0' }] });
  const cycle = { billing_cycle: 'monthly', next_due_date: '2026-12-15' };
  await at.sluice.services.add('a-1', { panel: 'another', product: 'beside', ...cycle, easydcim_service_id: '601' });
  await at.addService(1);
  await poll();
  other.addTraffic(601, { in: 500 * GB, out: 0 });
});
afterEach(() => other.close());

async function poll(): Promise<string[]> {
  at.bench.clock.advance(15 * MINUTE);
  const { panels } = await at.poll();
  return panels.map(({ panel, error }) => `${panel} ${error.code}`);
}

async function metric(name: string, labels: Readonly<Record<string, string>>): Promise<number | undefined> {
  const { samples = [] } = (await at.sluice.metrics()).metrics.find((family) => family.name === name) ?? {};
  return samples.find((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))?.value;
}

const success = () => metric('sluice_run_last_success_timestamp_seconds', { command: 'poll' });
const undecided = () => metric('sluice_panel_undecided', { panel: 'another' });
const told = async () =>
  (await at.bench.store.notices.list({}))
    .filter(({ code }) => code === 'panel_undecided' || code === 'panel_decided')
    .map(({ code, panel }) => `${code} ${panel ?? ''}`);

it('a panel whose clock is wrong is an alarm, told once, and no run succeeds before it is right', async () => {
  const before = [await success(), await undecided()];
  expect(before).toEqual([at.bench.clock.now() / 1000, 0]);
  ahead.ms = 45 * MINUTE;
  const since = new Date(at.bench.clock.now() + 15 * MINUTE).toISOString();
  for (let run = 0; run < 2; run++) expect(await poll()).toEqual(['another clock_wrong']);
  expect([await success(), await undecided()]).toEqual([before[0], 1]);
  expect(await metric('sluice_panel_undecided', { panel: 'dcim' })).toBe(0);
  const { alarms } = await at.sluice.notices.alarms();
  expect(alarms.map(({ code, panel, since: from }) => [code, panel, from])).toEqual([
    ['panel_undecided', 'another', since],
  ]);
  expect(alarms[0]?.message).toMatch(
    /^No run has read, held or released anything on panel another since .*: the clock of panel "another" is 45 min ahead of/,
  );
  expect(await told()).toEqual(['panel_undecided another']);
  const { panels } = await at.sluice.panels.list();
  expect(panels.map(({ name, undecided: state }) => [name, state?.since, state?.code])).toEqual([
    ['another', since, 'clock_wrong'],
    ['dcim', undefined, undefined],
  ]);
  ahead.ms = 0;
  expect(await poll()).toEqual([]);
  expect([await success(), await undecided()]).toEqual([at.bench.clock.now() / 1000, 0]);
  expect((await at.sluice.notices.alarms()).alarms).toEqual([]);
  expect((await told()).sort()).toEqual(['panel_decided another', 'panel_undecided another']);
});

it('a run over another panel, one service or none leaves it, and one without services any more ends it', async () => {
  ahead.ms = 45 * MINUTE;
  await poll();
  ahead.ms = 0;
  await at.sluice.poll({ panel: 'dcim' });
  await at.sluice.poll({ dryRun: true });
  expect(await undecided()).toBe(1);
  await at.sluice.services.remove('a-1');
  await poll();
  expect([await undecided(), await told()]).toEqual([0, ['panel_undecided another']]);
});

it('a run that does not get its lease leaves it', async () => {
  ahead.ms = 45 * MINUTE;
  await poll();
  const before = [await success(), (await at.sluice.notices.alarms()).alarms];
  await at.bench.takeLease('panel:another');
  expect(await poll()).toEqual(['another lease_held']);
  expect([await undecided(), await told()]).toEqual([1, ['panel_undecided another']]);
  expect([await success(), (await at.sluice.notices.alarms()).alarms]).toEqual(before);
});

it('a panel that is down is not called undecided', async () => {
  ahead.ms = 45 * MINUTE;
  await poll();
  other.server.inject({ fault: { kind: 'status', status: 503 } });
  await poll();
  const [panel] = (await at.sluice.panels.list()).panels;
  expect([panel?.downSince !== null, panel?.undecided]).toEqual([true, undefined]);
  other.server.clearFaults();
  expect(await poll()).toEqual(['another clock_wrong']);
  expect(await undecided()).toBe(1);
  expect(await told()).toEqual(['panel_undecided another']);
});

it('a client reads since when, and not the words that name the panel', async () => {
  await at.sluice.services.set('a-1', { client: '42' });
  ahead.ms = 45 * MINUTE;
  await poll();
  const { panelUndecided: all } = await at.sluice.services.show('a-1');
  const { panelUndecided: own } = await at.sluice.services.show('a-1', { reader: '42' });
  expect(all?.message).toContain('the clock of panel "another" is 45 min ahead of');
  expect(own).toEqual({ ...all, message: null });
});
