import { afterEach, describe, expect, it } from '@jest/globals';
import type { Check, RunReport } from '@sluice/engine';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { type EngineBench, HOUR, on } from '../bench/engine-bench.js';
import { addServices, useEach } from './polls.js';
import { useOpened } from '../bench/each-test.js';
import { onFiles } from '../bench/on-files.js';

const [at, open] = useOpened(startEasyDcimBench);
const others: EngineBench[] = [];
afterEach(async () => {
  for (const other of others.splice(0)) await other.close();
});

const port = (number = 1) => at.panel.port(toIds(number).port(1));
const poll = (): Promise<RunReport> => at.poll({ allowMass: true });
const outcome = async (): Promise<string> => (await poll()).run.outcome;
const takeOver = async (): Promise<Check[]> =>
  (await at.sluice.panels.doctor({ takeOver: true })).checks.filter(({ name }) => name === 'take-over');
const failedChecks = async (): Promise<Check[]> =>
  (await at.sluice.panels.doctor()).checks.filter(({ status }) => status === 'failed');

async function start(services: number, over: number): Promise<void> {
  await open('poll: { doubt: { jump: off }, brake: { share: 50% } }', { owner: on('first') });
  const numbers = await addServices(at, services);
  useEach(at, numbers.slice(0, over), 200);
  expect(await outcome()).toBe('done');
}

/** A standby gets a copy of the store, and releases by a config of its own. */
async function standby(): Promise<void> {
  at.bench.clock.advance(HOUR);
  const other = await at.bench.copy('second', (config) => config.replaceAll('100GB', '1TB'));
  others.push(other);
  await other.sluice.poll({ allowMass: true });
  at.bench.clock.advance(HOUR);
}

describe('two copies of a store on a panel without a mark', () => {
  onFiles('stop at the third reversal of a target within 24 hours, until it is taken over', async () => {
    await start(12, 1);
    for (let time = 0; time < 2; time++) {
      await standby();
      expect(port().adminState).toBe('up');
      expect(await outcome()).toBe('done');
      expect(port().adminState).toBe('down');
    }
    await standby();
    at.panel.server.clearCalls();
    const report = await poll();
    expect([report.run.outcome, report.error]).toEqual(['partial', null]);
    expect(report.notices.map(({ code }) => code)).toContain('change_reversed');
    const holds = [{ reason: 'quota', restricting: true }];
    const stopped = { status: 'failed', error: { code: 'change_reversed' }, holds };
    expect(report.services.find(({ id }) => id === 'svc-1')).toMatchObject({ ...stopped, actions: [] });
    expect(at.panel.server.changingCalls()).toEqual([]);
    // The port is enabled, and the service is shown so everywhere.
    const { services: list, overview } = at.sluice;
    expect(await list.show('svc-1')).toMatchObject(stopped);
    expect((await list.list({ status: 'failed' })).services.map(({ id }) => id)).toEqual(['svc-1']);
    const { totals, services: rows } = await overview({ status: 'failed' });
    expect(totals).toMatchObject({ failing: 1, held: 1, byStatus: { failed: 1, ok: 11 } });
    expect(rows.items).toMatchObject([{ id: 'svc-1', status: 'failed', restricting: ['quota'] }]);
    const { service, decision } = await at.sluice.explain('svc-1');
    expect(service.error?.code).toBe('change_reversed');
    expect(JSON.stringify(decision?.inputs)).toContain('is enabled and should be disabled');
    expect(await failedChecks()).not.toEqual([]);

    // Days later it still stands.
    at.bench.clock.advance(48 * HOUR);
    await poll();
    expect(port().adminState).toBe('up');
    // Under observe nothing is left alone.
    await at.sluice.panels.observe('dcim');
    expect(await outcome()).toBe('done');
    expect(await failedChecks()).toEqual([]);
    await at.sluice.panels.enforce('dcim');
    expect(await outcome()).toBe('partial');
    expect(await takeOver()).toMatchObject([{ message: expect.stringContaining('2 stopped targets') as unknown }]);
    expect(await outcome()).toBe('done');
    expect(port().adminState).toBe('down');
    expect((await poll()).notices).toEqual([]);
    const after = await list.show('svc-1');
    expect([after.status, after.holds.map(({ restricting }) => restricting)]).toEqual(['held', [undefined]]);
  });

  onFiles('stop the panel only at the share of the brake', async () => {
    await start(12, 10);
    for (let time = 0; time < 3; time++) {
      await standby();
      await poll();
    }
    expect(port(12).adminState).toBe('up');
    at.use(12, 200);
    at.panel.server.clearCalls();
    const report = await poll();
    expect([report.run.outcome, report.error?.code]).toEqual(['brake', 'store_moved']);
    expect(at.panel.server.changingCalls()).toEqual([]);
    expect((await at.sluice.panels.list()).panels).toMatchObject([{ brake: { subjects: 'store' } }]);
  });

  onFiles('count no reversal of more than a day ago, and none by a change of the decision', async () => {
    await start(12, 1);
    for (let time = 0; time < 4; time++) {
      await standby();
      at.bench.clock.advance(12 * HOUR);
      expect(await outcome()).toBe('done');
      expect(port().adminState).toBe('down');
    }
    at.bench.clock.advance(24 * HOUR);
    for (let time = 0; time < 4; time++) {
      await at.sluice.overrides.set('svc-1', { unlimited: true });
      await poll();
      expect(port().adminState).toBe('up');
      await at.sluice.overrides.clear('svc-1');
      await poll();
      expect(port().adminState).toBe('down');
      at.bench.clock.advance(HOUR);
    }
    expect((await poll()).notices.map(({ code }) => code)).not.toContain('change_reversed');
  });
});

it('a hold of which something else reverses a part again and again is on the panel in part', async () => {
  await start(12, 1);
  const [first, second] = [toIds(1).port(1), toIds(1).port(2)];
  for (let time = 0; time < 3; time++) {
    at.bench.clock.advance(HOUR);
    at.panel.staffEnablePort(first);
    await poll();
  }
  expect([first, second].map((id) => at.panel.port(id).adminState)).toEqual(['up', 'down']);
  const { holds, status } = await at.sluice.services.show('svc-1');
  expect([status, holds]).toMatchObject(['held', [{ reason: 'quota', partly: true }]]);
});
