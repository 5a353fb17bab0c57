import { beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout } from 'node:timers/promises';
import { during } from '../bench/during.js';
import { useBench } from '../bench/each-test.js';
import { codeOf } from '../bench/engine-bench.js';
import { LINE, startTelephonyBench } from '../bench/telephony-bench.js';
import { type Command, useHammer } from '../loop/hammer.js';

const at = useBench(startTelephonyBench);
const hammer = useHammer(at);

let changes = 0;
const callerId = (): string => `+55113333000${(changes++ % 4) + 1}`;
const setCallerId: Command = (sluice) =>
  sluice.telephony.set('subscribers', LINE, {
    service: 'svc-1',
    reader: '42',
    waitMs: 500,
    values: { caller_id: callerId() },
  });
const setNumber: Command = (sluice) =>
  sluice.dids.set(
    '+551140001234',
    { values: { destination: callerId() } },
    { service: 'svc-1', reader: '42', waitMs: 500 },
  );

/** The clock of a run that waits while the panel answers the commands of the client. */
const waiting = {
  now: () => at.bench.clock.now(),
  sleep: (ms: number) => setTimeout(Math.min(ms, 50)),
};

const SPEND = '{ id: spend, window: day, allowance: "20.00", action: suspend }';

beforeEach(async () => {
  await at.bench.edit('line: {', `line: { limits: [${SPEND}],`);
  await at.addService();
});

describe('a line over its limit in money whose client changes it without a break', () => {
  beforeEach(() => {
    at.addCall('2026-11-05T10:00:00Z', '25.0000');
  });

  it.each([
    ['its caller id', [setCallerId]],
    ['its caller id and where its number goes', [setCallerId, setNumber]],
  ])('is suspended by the first poll (%s)', async (_what, commands) => {
    await at.bench.restart({ clock: waiting });
    let next = 0;
    const codes = await hammer.send((sluice) => (commands[next++ % commands.length] ?? setCallerId)(sluice), 2);
    const { run, services } = await at.sluice.poll();
    await hammer.stop();
    expect(codes().get('done')).toBeGreaterThan(0);
    expect(services).toMatchObject([{ id: 'svc-1', holds: [{ reason: 'spend' }], error: null }]);
    expect([run.outcome, at.panel.subscriber(LINE).status]).toEqual(['done', 'suspended']);
  });
});

it('a client changes the caller id of its line while a run has the panel', async () => {
  const release = await at.bench.takeLease('panel:voice');
  const change = (service?: string) =>
    at.sluice.telephony.set('subscribers', LINE, { service, waitMs: 0, values: { caller_id: callerId() } });
  expect((await change('svc-1')).changed).toEqual(['caller_id']);
  expect(await codeOf(change())).toBe('lease_held');
  await release();
  const releaseService = await at.bench.takeLease('service:svc-1');
  expect(await codeOf(change('svc-1'))).toBe('lease_held');
  await releaseService();
});

it('an operator changes no line whose client’s change, for which the command has waited, is in doubt', async () => {
  let wait = (): void => undefined;
  const waits = new Promise<void>((resolve) => (wait = resolve));
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const sleep = (): Promise<void> => {
    wait();
    return ended;
  };
  const operator = await at.bench.start({ clock: { now: () => at.bench.clock.now(), sleep } });
  let change: Promise<string | null> = Promise.resolve(null);
  const ofClient = await during(
    at.panel.server,
    ({ changing }) => changing,
    () => {
      at.panel.server.inject({ endpoint: /^P/, times: 1, when: 'before', fault: { kind: 'cut' } });
      return codeOf(setCallerId(at.sluice)).finally(end);
    },
    () => {
      change = codeOf(operator.telephony.set('subscribers', LINE, { waitMs: 500, values: { caller_id: callerId() } }));
      return Promise.race([waits, change]);
    },
  );
  expect([ofClient, await change]).toEqual(['outcome_unknown', 'outcome_unknown']);
  expect(at.panel.server.changingCalls()).toHaveLength(1);
});

it('the log of a service has the changes of its caller id', async () => {
  await setCallerId(at.sluice);
  const { entries } = await at.sluice.log.list({ service: 'svc-1', kinds: ['run'] });
  expect(entries).toMatchObject([{ command: 'subscriber set' }, { command: 'service add' }]);
});
