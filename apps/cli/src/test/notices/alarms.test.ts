import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AlarmView } from '@sluice/engine';
import type { FakeServer } from '@sluice/fake-panels';
import { DAY, hiddifyConfig, type HiddifyBench, startHiddifyBench } from '../hiddify-bench.js';
import { received, startReceiver } from './receiver.js';

let at: HiddifyBench;
let receiver: FakeServer;
let uuid: string;
beforeEach(async () => {
  receiver = await startReceiver();
  at = await startHiddifyBench();
  const hook = `notify: [{ webhook: "${receiver.url}/hook", secret: x, events: [drift, attention] }]`;
  at.bench.write('sluice.yaml', hiddifyConfig(at.panel.url, at.north, '', hook));
  uuid = await at.create(1);
  await at.poll();
  receiver.clearCalls();
});
afterEach(async () => {
  await Promise.all([at.close(), receiver.close()]);
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

  it('that is not known is refused with what to do', async () => {
    const refused = await at.bench.sluice('notice ack alarm-none');
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('sluice notice list')]);
  });

  it('ends with its service', async () => {
    at.panel.disable(uuid);
    await at.poll();
    await at.bench.store((store) => store.services.remove('svc-1', new Date(at.bench.clock.now()).toISOString()));
    expect(await listAlarms()).toMatchObject({ alarms: [], acknowledged: 0 });
  });
});
