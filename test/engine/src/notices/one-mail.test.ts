import { beforeEach, describe, expect, it } from '@jest/globals';
import { keepMessages, TO_CLIENTS } from '../bench/client-channel.js';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { useOpened } from '../bench/each-test.js';
import { HOUR } from '../bench/engine-bench.js';
import { addUnknownLine, SECOND, TB } from '../loop/doubts.js';

const channel = keepMessages();
const [at, open] = useOpened((more: string) => startEasyDcimBench(more, { channels: [channel.kind] }));
const TO_OPERATORS = 'notify: [{ hook: x }]';

/** Codes of what was sent since the last call. */
const toSent = (): string[] => channel.sent.splice(0).map(({ code }) => code);

describe('a reading that is doubted', () => {
  it('is one message, where it would begin a hold', async () => {
    await open(`poll: { interval: 15m }\n${TO_OPERATORS}`);
    await addUnknownLine(at);
    await at.poll();
    at.panel.addTraffic(501, { in: 9 * TB, out: 0 });
    await at.pollAfter(5 * SECOND);
    expect(toSent()).toEqual(['impossible_jump']);
    await at.pollAfter(5 * SECOND);
    expect(toSent()).toEqual([]);
  });

  it('is one message, where a hold began by one like it', async () => {
    await open(`poll: { interval: 15m }\n${TO_OPERATORS}`);
    const down = await addUnknownLine(at);
    await at.poll();
    at.panel.addTraffic(501, { in: 9 * TB, out: 0 });
    await at.pollAfter(5 * SECOND);
    await at.pollAfter(HOUR / 4);
    at.panel.staffEnablePort(down);
    await at.sluice.reconcile();
    toSent();
    await at.pollAfter(HOUR / 4);
    expect(toSent()).toEqual(['hold_doubted']);
    await at.pollAfter(HOUR / 4);
    expect(toSent()).toEqual([]);
  });

  it('is one message, where the usage fell', async () => {
    await open(TO_OPERATORS);
    await at.addService(1);
    at.use(1, 150);
    await at.poll();
    toSent();
    at.panel.resetTraffic(toIds(1).service);
    await at.pollAfter(HOUR);
    expect(toSent()).toEqual(['usage_fell']);
    await at.pollAfter(HOUR);
    expect(toSent()).toEqual([]);
  });
});

describe('several holds of a service', () => {
  beforeEach(async () => {
    await open(TO_CLIENTS);
    await at.addService(1, { product: 'order', values: { client: '42' } });
    at.use(1, 120);
    await at.poll();
    await at.sluice.services.set('svc-1', { status: 'suspended' });
    await at.pollAfter(HOUR);
    toSent();
  });

  it('that one run ends are one message', async () => {
    await at.sluice.services.set('svc-1', { status: 'active' });
    await at.sluice.overrides.set('svc-1', { quota: '500GB' });
    const report = await at.pollAfter(HOUR);
    expect(channel.sent.map(({ text }) => text)).toEqual(['Service svc-1 is no longer restricted.']);
    expect(report.notices).toEqual([
      {
        code: 'release',
        service: 'svc-1',
        message: 'svc-1 is released (billing: no longer due; quota: usage is below the allowance)',
      },
    ]);
  });
});
