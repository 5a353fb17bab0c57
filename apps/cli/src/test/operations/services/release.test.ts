import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { configText, GB, HOUR, idsOf, startEasyDcimBench, type EasyDcimBench } from '../../easydcim-bench.js';

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench();
});
afterEach(async () => {
  expect(at.panel.server.failures).toEqual([]);
  await at.close();
});

/** Adds svc-1 with twice its quota used, and has a poll hold it. */
async function holdByQuota(): Promise<void> {
  await at.addService(1);
  at.panel.addTraffic(idsOf(1).service, { in: 200 * GB, out: 0 });
  at.bench.clock.advance(HOUR);
  await at.poll();
}

describe('hold release', () => {
  it('of a hold that it can’t end fails and says what ends it', async () => {
    await holdByQuota();
    at.panel.server.clearCalls();
    const refused = await at.bench.sluice('hold release svc-1');
    expect([refused.exitCode, at.panel.server.changingCalls()]).toEqual([1, []]);
    expect(refused.stderr).toMatch(/svc-1.*quota.*override set svc-1.*protected_until.*hold release svc-1 --until/s);
    const document = (await at.bench.sluice('hold release svc-1 --json')).json<{ error: { code: string } }>();
    expect(document.error.code).toBe('hold_not_released');
    // With a manual hold beside it, that one is released.
    await at.bench.sluice('hold add svc-1');
    const released = await at.bench.sluice('hold release svc-1 --json');
    expect([released.exitCode, released.json<{ stillHeld: string[] }>().stillHeld]).toEqual([0, ['quota']]);
    await at.bench.sluice('provision suspend svc-1');
    expect((await at.bench.sluice('hold release svc-1')).exitCode).toBe(1);
  });
});

describe('a run over a service', () => {
  it('is refused for another panel, before anything is called', async () => {
    const other = `  other: { kind: easydcim, url: "${at.panel.url}", allowHttp: true, token: x }\nproducts:`;
    at.bench.write('sluice.yaml', configText(at.panel.url).replace('products:', other));
    await at.addService(1);
    at.panel.server.clearCalls();
    for (const command of ['poll', 'reconcile']) {
      const refused = await at.bench.sluice(`${command} --panel other --service svc-1`);
      expect([command, refused.exitCode]).toEqual([command, 2]);
      expect(refused.stderr).toContain('"svc-1" is on panel "dcim"');
    }
    expect(at.panel.server.calls).toEqual([]);
    expect((await at.bench.sluice('poll --panel dcim --service svc-1')).exitCode).toBe(0);
  });
});
