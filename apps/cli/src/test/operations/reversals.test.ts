import { afterEach, describe, expect, it } from '@jest/globals';
import type { Explanation, PanelView, RunReport } from '@sluice/engine';
import { type EasyDcimBench, GB, HOUR, startEasyDcimBench, toIds } from '../easydcim-bench.js';
import { Bench } from '../harness.js';
import { copyTo, on } from './copied-store.js';

let closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

describe('two copies of a store on a panel without a mark', () => {
  let at: EasyDcimBench;
  let other: Bench;
  const port = (number = 1) => at.panel.port(toIds(number).port(1));
  const poll = (bench: Bench) => bench.sluice('poll --json --allow-mass', on(bench === at.bench ? 'first' : 'second'));

  async function start(services: number, over: number): Promise<void> {
    at = await startEasyDcimBench('poll: { doubt: { jump: off }, brake: { share: 50% } }');
    other = new Bench(at.bench.clock);
    closing.push(
      () => at.close(),
      () => {
        other.close();
      },
    );
    for (let number = 1; number <= services; number++) await at.addService(number);
    for (let number = 1; number <= over; number++) at.panel.addTraffic(toIds(number).service, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    expect((await poll(at.bench)).exitCode).toBe(0);
  }

  /** A standby gets a copy of the store, and releases by a config of its own. */
  async function standby(): Promise<void> {
    at.bench.clock.advance(HOUR);
    copyTo(other, at.bench, (config) => config.replaceAll('100GB', '1TB'));
    await poll(other);
    at.bench.clock.advance(HOUR);
  }

  it('stop at the third reversal of a target within 24 hours, until it is taken over', async () => {
    await start(12, 1);
    for (const exit of [0, 0]) {
      await standby();
      expect(port().adminState).toBe('up');
      expect((await poll(at.bench)).exitCode).toBe(exit);
      expect(port().adminState).toBe('down');
    }
    await standby();
    at.panel.server.clearCalls();
    const third = await poll(at.bench);
    const report = third.json<RunReport>();
    expect([third.exitCode, report.error]).toEqual([3, null]);
    expect(report.notices.map(({ code }) => code)).toContain('change_reversed');
    expect(report.services.find(({ id }) => id === 'svc-1')).toMatchObject({
      status: 'failed',
      error: { code: 'change_reversed' },
      actions: [],
    });
    expect(at.panel.server.changingCalls()).toEqual([]);
    // The port is enabled, and the service is shown so.
    const { service, decision } = (await at.bench.sluice('explain svc-1 --json')).json<Explanation>();
    expect(service.error?.code).toBe('change_reversed');
    expect(JSON.stringify(decision?.inputs)).toContain('is enabled and should be disabled');
    expect((await at.bench.sluice('doctor')).stdout).toContain('sluice doctor --take-over');

    // Days later it still stands.
    at.bench.clock.advance(48 * HOUR);
    await poll(at.bench);
    expect(port().adminState).toBe('up');
    // Under observe nothing is left alone.
    await at.bench.sluice('observe dcim');
    expect((await poll(at.bench)).exitCode).toBe(0);
    expect((await at.bench.sluice('doctor')).stdout).not.toContain('--take-over');
    await at.bench.sluice('enforce dcim --yes');
    expect((await poll(at.bench)).exitCode).toBe(3);
    expect((await at.bench.sluice('doctor --take-over --json')).stdout).toContain('2 stopped targets');
    expect((await poll(at.bench)).exitCode).toBe(0);
    expect(port().adminState).toBe('down');
    expect((await poll(at.bench)).json<RunReport>().notices).toEqual([]);
  });

  it('stop the panel only at the share of the brake', async () => {
    await start(12, 10);
    for (let time = 0; time < 3; time++) {
      await standby();
      await poll(at.bench);
    }
    expect(port(12).adminState).toBe('up');
    at.panel.addTraffic(toIds(12).service, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    at.panel.server.clearCalls();
    const report = (await poll(at.bench)).json<RunReport>();
    expect([report.run.outcome, report.error?.code]).toEqual(['brake', 'store_moved']);
    expect(at.panel.server.changingCalls()).toEqual([]);
    const { panels } = (await at.bench.sluice('panel list --json')).json<{ panels: PanelView[] }>();
    expect(panels).toMatchObject([{ brake: { subjects: 'store' } }]);
  });

  it('count no reversal of more than a day ago, and none by a change of the decision', async () => {
    await start(12, 1);
    for (let time = 0; time < 4; time++) {
      await standby();
      at.bench.clock.advance(12 * HOUR);
      expect((await poll(at.bench)).exitCode).toBe(0);
      expect(port().adminState).toBe('down');
    }
    at.bench.clock.advance(24 * HOUR);
    for (let time = 0; time < 4; time++) {
      await at.bench.sluice('override set svc-1 --unlimited');
      await poll(at.bench);
      expect(port().adminState).toBe('up');
      await at.bench.sluice('override clear svc-1');
      await poll(at.bench);
      expect(port().adminState).toBe('down');
      at.bench.clock.advance(HOUR);
    }
    expect((await poll(at.bench)).json<RunReport>().notices.map(({ code }) => code)).not.toContain('change_reversed');
  });
});
