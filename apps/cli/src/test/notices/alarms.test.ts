import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AlarmView } from '@sluice/engine';
import type { FakeServer } from '@sluice/fake-panels';
import type { ActionRecord, CallBillRecord, PurchaseRecord } from '@sluice/state-store';
import { closeAfterTest, startForEachTest } from '../each-test.js';
import { DAY, GB, hiddifyConfig, startHiddifyBench } from '../hiddify-bench.js';
import { handleOn } from '../sqlite.js';
import { received, startReceiver } from './receiver.js';

const SINCE = '2026-11-20T12:00:00.000Z';
const BILL: CallBillRecord = {
  ...{
    id: 'cb-1',
    service: 'svc-1',
    key: 'k',
    panel: 'voice',
    subscriber: '9',
    start: '2026-10-01T00:00:00.000Z',
    state: 'unknown',
  },
  ...{ end: '2026-11-01T00:00:00.000Z', client: null, billing: 'whmcs', invoice: null, description: 'Calls' },
  ...{ amount: '7.52', charged: '7.5163', currency: 'EUR', calls: 12, digest: 'd', file: null, note: null },
  ...{ at: SINCE, sentAt: SINCE, endedAt: null, run: null },
};
const REFUND: PurchaseRecord = {
  ...{ id: 'p-1', service: 'svc-1', package: 'extra', bytes: GB, price: '5.00', currency: 'EUR', status: 'refunded' },
  ...{ actor: 'manual', cycle: 'c', client: null, billing: 'ledger', invoice: '1001', taxed: false, charged: null },
  ...{ key: 'p-1', at: SINCE, paidAt: SINCE, refundedAt: null, refundSentAt: SINCE, run: null, note: null },
};
const CHANGE: ActionRecord = {
  ...{ id: 'act-1', run: 'run-1', panel: 'vpn', service: null, type: 'disable-user', target: 'u-1', key: 'k' },
  ...{ state: 'planned', hold: null, prior: {}, payload: null, observed: null, errorCode: null, errorMessage: null },
  ...{ plannedAt: SINCE, calledAt: SINCE, givenUpAt: null, endedAt: null, attempts: 1 },
};

const at = startForEachTest(startHiddifyBench);
let receiver: FakeServer;
let uuid: string;
beforeEach(async () => {
  receiver = closeAfterTest(await startReceiver());
  const hook = `notify: [{ webhook: "${receiver.url}/hook", secret: x, events: [drift, attention] }]`;
  at.bench.write('sluice.yaml', hiddifyConfig(at.panel.url, at.north, '', hook));
  uuid = await at.create(1);
  await at.poll();
  receiver.clearCalls();
});

/** What is open and how many are acknowledged, by the list of alarms. */
async function listAlarms(words = ''): Promise<{ alarms: AlarmView[]; acknowledged: number }> {
  return (await at.sluice(`notice list ${words}`.trim())).json();
}

async function acknowledgeAll(): Promise<AlarmView[]> {
  const { alarms } = await listAlarms();
  for (const { id } of alarms) {
    const done = await at.sluice(['notice', 'ack', id, '--note', 'the client knows']);
    expect(done.exitCode).toBe(0);
  }
  return alarms;
}

/** The codes of the notices that a run sends. */
async function sentBy(words: string, ms = 0): Promise<string[]> {
  at.bench.clock.advance(ms);
  receiver.clearCalls();
  await at.sluice(words);
  return received(receiver.calls).map(({ code }) => code);
}

describe('an alarm', () => {
  it('is one for what stops a service on its panel, and is sent once', async () => {
    at.panel.disable(uuid);
    expect(await sentBy('poll')).toEqual(expect.arrayContaining(['stopped_by_panel']));
    const { alarms } = await listAlarms();
    expect(alarms).toMatchObject([
      { service: 'svc-1', panel: 'vpn', code: 'stopped_by_panel', event: 'attention', acknowledged: null },
    ]);
    expect(alarms[0]?.message).toMatch(/is within its allowance, but the panel stops it/);
    expect((await at.bench.sluice('notice list')).stdout).toContain(alarms[0]?.id);
    await at.poll();
    expect((await listAlarms()).alarms).toEqual(alarms);
  });

  it('is among what explain says of its service while nobody has acknowledged it', async () => {
    const explain = async () => (await at.bench.sluice('explain svc-1')).stdout;
    at.panel.changeUser(uuid, { mode: 'daily' });
    await at.sluice('reconcile');
    expect(await explain()).toMatch(/\nAlarms\n {2}since 20 Nov 2026 \d\d:\d\d: .*the reset mode of the user is daily/);
    await acknowledgeAll();
    expect(await explain()).not.toContain('Alarms');
    // The state of the service says it already.
    at.panel.disable(uuid);
    await at.poll();
    const stopped = await explain();
    expect(stopped).toContain('but the panel stops it');
    expect(stopped).not.toContain('Alarms');
  });

  it('is sent with its times in the zone of its panel', async () => {
    const zoned = readFileSync(at.bench.path('sluice.yaml'), 'utf8').replace(
      'retries: 0',
      'retries: 0, timeZone: Asia/Tehran',
    );
    at.bench.write('sluice.yaml', zoned);
    at.panel.disable(uuid);
    await at.poll();
    const [sent] = received(receiver.calls).filter(({ code }) => code === 'stopped_by_panel');
    expect(sent?.text).toMatch(/2026-11-20 15:30 Asia\/Tehran$/);
  });

  it('that is acknowledged is folded and counted apart, and no notice of it is sent again', async () => {
    at.panel.disable(uuid);
    await at.poll();
    const [alarm] = await acknowledgeAll();
    expect(await listAlarms()).toMatchObject({ alarms: [], acknowledged: 1 });
    expect((await at.bench.sluice('notice list')).stdout).toContain('1 acknowledged');
    const known = (await listAlarms('--status acknowledged')).alarms;
    expect(known).toMatchObject([{ id: alarm?.id, acknowledged: { note: 'the client knows', by: 'alice' } }]);
    // In the next cycle the notice has another key.
    expect(await sentBy('poll', 26 * DAY)).not.toContain('stopped_by_panel');
    expect(await sentBy('reconcile')).toEqual([]);
    expect(await listAlarms()).toMatchObject({ alarms: [], acknowledged: 1 });
    const metrics = (await at.bench.sluice('metrics')).stdout;
    expect(metrics).toContain('sluice_alarms{panel="vpn",code="stopped_by_panel",acknowledged="yes"} 1');
    expect(metrics).toContain('sluice_alarms{panel="vpn",code="stopped_by_panel",acknowledged="no"} 0');
    const { checks } = (await at.sluice('doctor')).json<{
      checks: { name: string; message: string; status: string }[];
    }>();
    expect(checks.find(({ name }) => name === 'alarms')).toMatchObject({ status: 'ok', message: '1 (1 acknowledged)' });
  });

  it('ends with what is wrong, and is not acknowledged when that returns', async () => {
    at.panel.disable(uuid);
    await at.poll();
    await acknowledgeAll();
    at.panel.changeUser(uuid, { enable: true });
    await at.poll();
    expect(await listAlarms()).toMatchObject({ alarms: [], acknowledged: 0 });
    at.panel.disable(uuid);
    await at.poll();
    expect(await listAlarms()).toMatchObject({ alarms: [{ acknowledged: null }], acknowledged: 0 });
  });

  it('about a difference is not acknowledged when the difference changes, and a poll does not end what a reconcile found', async () => {
    at.panel.changeUser(uuid, { mode: 'weekly' });
    expect(await sentBy('reconcile')).toEqual(['drift']);
    const [alarm] = await acknowledgeAll();
    expect(alarm).toMatchObject({
      code: 'drift',
      message: expect.stringContaining('the reset mode of the user is weekly'),
    });
    await at.poll();
    expect(await sentBy('reconcile')).toEqual([]);
    expect(await listAlarms()).toMatchObject({ alarms: [], acknowledged: 1 });
    at.panel.changeUser(uuid, { mode: 'daily' });
    expect(await sentBy('reconcile')).toEqual(['drift']);
    expect(await listAlarms()).toMatchObject({
      alarms: [{ message: expect.stringContaining('daily') }],
      acknowledged: 0,
    });
  });

  it('is open again once its acknowledgement is taken back, and both are in the log', async () => {
    at.panel.disable(uuid);
    await at.poll();
    const [alarm] = await acknowledgeAll();
    const undone = await at.bench.sluice(`notice ack ${alarm?.id ?? ''} --undo`);
    expect([undone.exitCode, undone.stdout]).toEqual([0, expect.stringContaining('Not acknowledged any more: svc-1')]);
    expect(await listAlarms()).toMatchObject({ alarms: [{ id: alarm?.id, acknowledged: null }], acknowledged: 0 });
    const twice = await at.bench.sluice(`notice ack ${alarm?.id ?? ''} --undo`);
    expect([twice.exitCode, twice.stderr]).toEqual([1, expect.stringContaining('Nobody has acknowledged')]);
    const { entries } = (await at.sluice('log list --runs')).json<{ entries: Record<string, unknown>[] }>();
    const acknowledging = entries.filter(({ command }) => String(command).startsWith('notice ack'));
    // What was refused is no run.
    expect(acknowledging).toHaveLength(2);
    expect(acknowledging).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ command: 'notice ack, undone', service: 'svc-1', actor: 'alice', exitCode: 0 }),
        expect.objectContaining({ command: 'notice ack', service: 'svc-1', actor: 'alice', note: 'the client knows' }),
      ]),
    );
  });

  it('is said without an object where it is about none', async () => {
    await at.bench.store((store) => store.conditions.put({ key: 'no-worker', since: SINCE, runs: 1, details: null }));
    const { stdout } = await at.bench.sluice('notice ack no-worker');
    expect(stdout).toMatch(/^Acknowledged until it ends or changes: No worker begins jobs since /);
  });

  it('stays acknowledged by the first of two who do it at the same time', async () => {
    at.panel.disable(uuid);
    await at.poll();
    const [alarm] = (await listAlarms()).alarms;
    const store = handleOn(at.bench.path('sluice.db'));
    let made = 0;
    const outcome = await at.bench.sluice(['notice', 'ack', alarm?.id ?? '', '--note', 'mine', '--json'], {
      // The id of the run: the alarm has been read, and nothing is written yet.
      randomBytes(count) {
        made += 1;
        store.exec(`update alarms set acknowledged_at = '${SINCE}', acknowledged_by = 'bob'`);
        return randomBytes(count);
      },
    });
    expect([made, outcome.exitCode]).toEqual([1, 0]);
    const { alarms } = await listAlarms('--status acknowledged');
    expect(alarms).toMatchObject([{ acknowledged: { at: SINCE, by: 'bob', note: 'mine' } }]);
  });

  it('is also an agent with a limit that its panel lacks, a bill, a refund and a change in doubt, each until it changes', async () => {
    await at.sluice(`agent limit ${at.north} --gb 10`);
    await at.check();
    at.panel.deleteAgent(at.north);
    await at.check();
    await at.bench.store(async (store) => {
      await store.callBills.add(BILL);
      await store.purchases.add(REFUND);
      await store.actions.plan([CHANGE]);
      await store.actions.end(CHANGE.id, { state: 'in-doubt', endedAt: null });
    });
    const codes = async (words = ''): Promise<string[]> =>
      (await listAlarms(words)).alarms.map(({ code }) => code).sort();
    const all = ['agent_missing', 'bill_in_doubt', 'outcome_unknown', 'refund_in_doubt'];
    expect(await codes()).toEqual(all);
    await acknowledgeAll();
    expect([await codes(), await codes('--status acknowledged')]).toEqual([[], all]);
    await at.check();
    expect((await listAlarms()).acknowledged).toBe(all.length);
    // A refund that is sent again is another doubt.
    await at.bench.store((store) => store.purchases.update(REFUND.id, { refundSentAt: '2026-11-21T12:00:00.000Z' }));
    await at.bench.store((store) => store.callBills.update(BILL.id, { state: 'confirmed' }));
    expect([await codes(), await codes('--status acknowledged')]).toEqual([
      ['refund_in_doubt'],
      ['agent_missing', 'outcome_unknown'],
    ]);
  });

  it('ends with its service', async () => {
    at.panel.disable(uuid);
    await at.poll();
    await at.bench.store((store) => store.services.remove('svc-1', new Date(at.bench.clock.now()).toISOString()));
    expect(await listAlarms()).toMatchObject({ alarms: [], acknowledged: 0 });
  });
});
