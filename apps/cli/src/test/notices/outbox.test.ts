import { existsSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeServer, type Fault, few } from '@sluice/fake-panels';
import type { RunReport } from '@sluice/engine';
import { closeAfterTest, startForEachTest } from '../each-test.js';
import { DAY, GB, HOUR, startEasyDcimBench } from '../easydcim-bench.js';
import { handleOn } from '../sqlite.js';
import { type Received, received, startReceiver } from './receiver.js';

const SECRET = 'signing-key-very-secret';
const MINUTE = 60_000;

let receiver: FakeServer;
beforeEach(async () => {
  receiver = closeAfterTest(await startReceiver());
});
const at = startForEachTest(() => startEasyDcimBench(notify()));
beforeEach(async () => {
  at.bench.env['HOOK_SECRET'] = SECRET;
  for (const number of [1, 2, 3]) await at.addService(number);
});

function notify(more = '', events = 'events: [hold, release], '): string {
  return `notify:
  - { name: ops, webhook: "${receiver.url}/hook-s3cr3t", secret: "\${env:HOOK_SECRET}", timeout: 300ms, ${events}${more} }
`;
}

/** Lets a service exceed its allowance, and polls. */
async function hold(number: number): Promise<void> {
  at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
  await polled();
}

async function polled(): Promise<RunReport> {
  at.bench.clock.advance(15 * MINUTE);
  const { exitCode, stdout, stderr } = await at.bench.sluice('poll --json --allow-mass');
  expect([exitCode, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as RunReport;
}

const arrived = (): Received[] => received(receiver.calls);
const states = (): Promise<string[]> =>
  at.bench.store(async (store) => (await store.deliveries.list()).map(({ delivery }) => delivery.state).reverse());

describe('the notice of a hold', () => {
  it('is sent once at the end of the run, and a quiet run sends nothing', async () => {
    await hold(1);
    const [message] = arrived();
    expect(message).toMatchObject({ event: 'hold', code: 'hold', service: 'svc-1', for: 'operator' });
    expect(message!.text).toMatch(/^svc-1 is held \(quota: .*\)\n2026-11-20 12:15 UTC$/);
    for (let run = 0; run < 3; run++) await polled();
    expect(receiver.calls).toHaveLength(1);
    expect(await states()).toEqual(['sent']);
  });

  const FAILURES: [string, Fault, 'before' | 'after'][] = [
    ['redirects', { kind: 'status', status: 301, headers: { location: '/other' } }, 'before'],
    ['answers 500', { kind: 'status', status: 500 }, 'before'],
    ['is down', { kind: 'cut' }, 'before'],
    ['answers late', { kind: 'hang' }, 'before'],
    ['answers late, but has it', { kind: 'hang' }, 'after'],
    ['loses its own answer', { kind: 'cut' }, 'after'],
  ];
  it.each(few(FAILURES, 2))(
    'reaches a receiver that %s for an hour, and is not sent again then',
    async (_, fault, when) => {
      const recover = receiver.inject({ fault, when });
      await hold(1);
      for (let run = 0; run < 4; run++) await polled();
      const attempts = receiver.calls.length;
      expect(attempts).toBeGreaterThan(1);
      expect(await states()).toEqual(['pending']);
      recover();
      for (let run = 0; run < 8; run++) await polled();
      expect(receiver.calls).toHaveLength(attempts + 1);
      expect(new Set(arrived().map(({ delivery }) => delivery)).size).toBe(1);
      expect(await states()).toEqual(['sent']);
    },
  );

  it('waits longer after each failure, and is given up after three days, which doctor reports', async () => {
    receiver.inject({ fault: { kind: 'status', status: 500 } });
    await hold(1);
    const first = at.bench.clock.now();
    const times: number[] = [];
    receiver.onCall(() => times.push(at.bench.clock.now() - first));
    while (at.bench.clock.now() - first < 4 * DAY) {
      at.bench.clock.advance(HOUR);
      await at.bench.sluice('notify send');
    }
    const waits = times.slice(1).map((ms, index) => (ms - times[index]!) / HOUR);
    expect(waits.slice(-3).every((hours) => hours >= 6 && hours <= 8)).toBe(true);
    expect(times.length).toBeLessThan(24);
    expect(await states()).toEqual(['given-up']);
    const { stdout } = await at.bench.sluice('doctor');
    expect(stdout).toMatch(/ops.*1 notice was given up[\s\S]*receiver_refused/);
    expect((await at.bench.sluice('notify list --status given-up')).stdout).toMatch(/svc-1 is held/);
  });

  it('is given up after three days for a channel that is gone, and deleted later', async () => {
    receiver.inject({ fault: { kind: 'status', status: 500 } });
    await hold(1);
    at.bench.edit('name: ops', 'name: night');
    const waiting = async () => (await at.bench.sluice('metrics')).stdout.match(/sluice_deliveries_pending\{.*/g);
    at.bench.clock.advance(3 * DAY - HOUR);
    expect((await at.bench.sluice('notify send --json')).json()).toMatchObject({ givenUp: 0 });
    expect(await waiting()).toContain('sluice_deliveries_pending{channel="ops"} 1');
    at.bench.clock.advance(HOUR);
    expect((await at.bench.sluice('notify send --json')).json()).toMatchObject({ givenUp: 1 });
    expect(await waiting()).not.toContain('sluice_deliveries_pending{channel="ops"} 1');
    expect((await at.bench.sluice('notify list --status given-up')).stdout).toContain('channel_removed');
    expect((await at.bench.sluice('doctor')).stdout).toMatch(/ops.*1 notice was meant for a channel/);
    at.bench.clock.advance(28 * DAY);
    await at.bench.sluice('reconcile');
    expect(await states()).not.toContain('given-up');
  });

  it('does not keep the others from a receiver that refuses it, and leaves them where there is no answer', async () => {
    receiver.inject({ fault: { kind: 'status', status: 400 }, match: ({ body }) => body.includes('svc-1 ') });
    for (const number of [1, 2, 3]) at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
    await polled();
    expect((await states()).sort()).toEqual(['pending', 'sent', 'sent']);
    receiver.clearFaults();
    receiver.inject({ fault: { kind: 'cut' } });
    receiver.clearCalls();
    for (const number of [2, 3]) await at.bench.sluice(`override set svc-${number} --unlimited`);
    await polled();
    expect(receiver.calls).toHaveLength(1);
  });

  it.each([
    ['with the decision', 'insert on deliveries'],
    ['before the request', 'update on deliveries when new.attempts > old.attempts'],
    ['between acknowledgement and store', "update on deliveries when new.state = 'sent'"],
    ['after a failed request', 'update on deliveries when new.last_error is not null'],
  ])('is not lost where the store fails %s', async (_, when) => {
    const { exec } = handleOn(at.bench.path('sluice.db'));
    if (when.includes('last_error')) receiver.inject({ fault: { kind: 'status', status: 500 }, times: 2 });
    exec(`create trigger stop before ${when} begin select raise(abort, 'killed'); end`);
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    for (let run = 0; run < 2; run++) {
      at.bench.clock.advance(HOUR);
      await at.bench.sluice('poll --allow-mass');
    }
    expect(await states()).not.toContain('sent');
    exec('drop trigger stop');
    for (let run = 0; run < 2; run++) {
      at.bench.clock.advance(HOUR);
      await polled();
    }
    expect(await states()).toEqual(['sent']);
    expect(arrived().at(-1)).toMatchObject({ event: 'hold', service: 'svc-1' });
    expect(new Set(arrived().map(({ delivery }) => delivery)).size).toBe(1);
    receiver.clearCalls();
    await polled();
    expect(receiver.calls).toEqual([]);
  });

  it('is sent by one of two processes that send at once', async () => {
    receiver.inject({ fault: { kind: 'status', status: 500 }, times: 1 });
    await hold(1);
    at.bench.clock.advance(HOUR);
    receiver.clearCalls();
    receiver.latencyMs = 100;
    const both = await Promise.all([at.bench.sluice('notify send'), at.bench.sluice('notify send')]);
    expect(both.map(({ exitCode }) => exitCode).sort()).toEqual([0, 5]);
    expect(receiver.calls).toHaveLength(1);
  });

  it('has no secret anywhere', async () => {
    receiver.inject({ fault: { kind: 'status', status: 500, body: SECRET }, times: 1 });
    await hold(1);
    await at.bench.sluice('log list --api --json');
    await at.bench.sluice('notify list --json');
    await at.bench.sluice('notify test --json');
    const stored = ['sluice.db', 'sluice.db-wal'].filter((name) => existsSync(at.bench.path(name)));
    for (const text of [at.bench.printed, ...stored.map((name) => at.bench.read(name))])
      expect(text).not.toMatch(/signing-key-very-secret|hook-s3cr3t/);
  });
});
