import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import type { Sluice } from '@sluice/engine';
import type { FakeCall, Fault, FlvxState } from '@sluice/fake-panels';
import { GB, HOUR, MINUTE } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { arrive, kill, landAt } from '../bench/killed-call.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { addPausingCustomer, USER } from './customer.js';

const at = useFlvxBench();

const customer = (product = 'relay'): Promise<void> => addPausingCustomer(at, product);

async function poll(): Promise<void> {
  at.bench.clock.advance(HOUR);
  await done(at.poll());
}

const suspend = ({ provision }: Sluice) => provision.suspend('svc-1');
const pollNow = (sluice: Sluice) => sluice.poll();

const ASSIGN = /tunnel\/user\/assign$/;
const again = (call: FakeCall): Promise<unknown> => arrive(at, call);

/** Ends the suspension; nothing of it may be left once the panel has done what it still does. */
async function takeBack(before: FlvxState, landed: () => Promise<void>): Promise<void> {
  await done(at.sluice.provision.unsuspend('svc-1'));
  await landed();
  expect(at.panel.state()).toEqual(before);
}

describe('a suspension that is killed and taken back', () => {
  it.each(
    few(
      [
        [{ endpoint: /user\/update$/ }],
        [{ endpoint: ASSIGN }],
        [{ endpoint: ASSIGN, nth: 2 }],
        [{ endpoint: /forward\/pause$/ }],
      ] as const,
      2,
    ),
  )('leaves nothing closed when the panel does a call of it 10 seconds later: %p', async (point) => {
    await customer();
    const before = at.panel.state();
    await takeBack(before, await kill(at, suspend, { ...point, land: again }));
  });

  it("leaves the customer's own pause when a push of it starts the forward 10 seconds later", async () => {
    await customer();
    const before = at.panel.state();
    const land = (): Promise<unknown> => at.panel.customerRedeploy(4);
    await takeBack(before, await kill(at, suspend, { endpoint: ASSIGN, when: 'after', land }));
  });
});

describe('a suspension that is killed and taken back after traffic', () => {
  /** Ends the suspension a while later; returns what runs after the next poll. */
  async function takeBackLater(ms = MINUTE): Promise<number[]> {
    at.bench.clock.advance(ms);
    await done(at.sluice.provision.unsuspend('svc-1'));
    await poll();
    return at.panel.runningForwards();
  }
  const NEVER = (): Promise<unknown> => Promise.resolve();

  it.each(
    few(
      [
        ['in a change of a permission', ASSIGN, 'before'],
        ['in its first pause', /forward\/pause$/, 'before'],
        ['after it closed the user', /user\/update$/, 'after'],
      ] as const,
      2,
    ),
  )('starts what the panel stopped because the account was closed, when killed %s', async (_what, endpoint, when) => {
    await customer();
    await kill(at, suspend, { endpoint, when, land: NEVER });
    // The panel stops all forwards of a closed account at its next traffic.
    at.panel.traffic(2, { in: 2048, out: 0 });
    expect(at.panel.runningForwards()).not.toContain(3);
    expect(await takeBackLater()).toEqual([1, 2, 3]);
  });

  it('does so after a repeat of the suspension too', async () => {
    await customer();
    await kill(at, suspend, { endpoint: ASSIGN, land: NEVER });
    at.panel.traffic(2, { in: 2048, out: 0 });
    at.bench.clock.advance(MINUTE);
    await done(at.sluice.provision.suspend('svc-1'));
    expect(await takeBackLater(HOUR)).toEqual([1, 2, 3]);
  });

  it.each(
    few(
      [
        ['with', 2048],
        ['without', 0],
      ] as const,
      2,
    ),
  )('leaves what the customer had paused before it, %s traffic', async (_what, bytes) => {
    await customer();
    at.bench.clock.advance(MINUTE);
    await at.panel.customer(USER).pause(3);
    at.bench.clock.advance(MINUTE);
    await kill(at, suspend, { endpoint: ASSIGN, land: NEVER });
    if (bytes > 0) at.panel.traffic(2, { in: bytes, out: 0 });
    expect(await takeBackLater()).toEqual([1, 2]);
  });
});

describe('a renewal that is killed in a call which the panel never does', () => {
  it('is done by its repeat, also when a reading lasts until the wait is over', async () => {
    await customer();
    const { clock } = at.bench;
    const renew = ({ provision }: Sluice) => provision.renew('svc-1', { until: '2027-01-15' });
    const land = (): Promise<void> => {
      clock.advance(4000);
      return Promise.resolve();
    };
    await kill(at, renew, { endpoint: /user\/update$/, land });
    expect((await done(renew(at.sluice))).service.error).toBeNull();
  });
});

describe('a suspension whose pause was lost and taken back', () => {
  it.each<[string, Fault]>([
    ['the node did not answer', { kind: 'body', body: { code: -1, msg: '等待节点响应超时', ts: 0 } }],
    ['it had too many calls', { kind: 'body', status: 429, body: {} }],
  ])('leaves nothing closed when the panel refuses the repeat, because %s, and pauses later', async (_why, fault) => {
    await customer();
    const before = at.panel.state();
    const { server } = at.panel;
    const endpoint = /forward\/pause$/;
    const pauses: FakeCall[] = [];
    const ignore = server.onCall((call) => {
      if (endpoint.test(call.endpoint)) pauses.push(call);
    });
    server.inject({ endpoint, times: 1, fault: { kind: 'cut' } });
    server.inject({ endpoint, times: 1, fault });
    const suspended = await at.sluice.provision.suspend('svc-1');
    ignore();
    expect(suspended.service.error).toMatchObject({ code: 'outcome_unknown' });
    await takeBack(
      before,
      landAt(at, at.bench.clock.now() + 10_000, () => again(pauses[0]!)),
    );
  });
});

describe('a poll that is killed when it pauses a forward, which the panel stops itself', () => {
  it('leaves nothing closed when more quota follows, and the panel does the call 10 seconds later', async () => {
    await customer();
    at.panel.traffic(2, { in: 30 * GB, out: 20 * GB });
    await at.sluice.overrides.set('svc-1', { quota: '40GB' });
    const landed = await kill(at, pollNow, { endpoint: /forward\/pause$/, land: again });
    at.panel.traffic(2, { in: GB, out: 0 });
    expect([2, 3].map((id) => at.panel.isRunning(id))).toEqual([false, false]);
    await at.sluice.overrides.set('svc-1', { quota: '400GB' });
    await done(at.poll());
    await landed();
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
  });
});

describe('a poll that is killed when it throttles', () => {
  it.each([/speed-limit\/create$/, /forward\/batch-redeploy$/])(
    'is completed by the next when the panel does a call of it 10 seconds later: %s',
    async (endpoint) => {
      await customer('slow');
      at.panel.traffic(2, { in: 30 * GB, out: 20 * GB });
      await at.sluice.overrides.set('svc-1', { quota: '40GB' });
      const landed = await kill(at, pollNow, { endpoint, land: again });
      await done(at.poll());
      await landed();
      expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
      expect([2, 3, 4].map((id) => at.panel.findSpeed(id))).toEqual([0.2, 0.2, 0.2]);
      await expectSettled(at);
    },
  );
});

describe('a poll that is killed when it zeroes the counters', () => {
  const used = async (): Promise<unknown> => (await at.sluice.services.show('svc-1')).usage?.totalBytes;

  /** Uses a paid service, and lets its cycle end. */
  async function endCycle(bytes: { in: number; out: number }): Promise<void> {
    await customer();
    await at.sluice.provision.renew('svc-1', { until: '2027-01-15' });
    at.panel.traffic(2, bytes);
    await poll();
    at.bench.clock.set('2026-12-16T00:10:00Z');
  }

  it.each(
    few(
      [
        ['more', 9 * GB],
        ['less', 2 * GB],
      ] as const,
      2,
    ),
  )(
    'leaves the next ones able to read, when the customer uses %s after the panel zeroes later',
    async (_what, after) => {
      await endCycle({ in: 6 * GB, out: GB });
      const landed = await kill(at, pollNow, { endpoint: /user\/reset$/, land: again });
      // It reads the counters as they were, waits for the call of the killed one, and finds them zeroed.
      await done(at.poll());
      await landed();
      at.panel.traffic(2, { in: after, out: 0 });
      await poll();
      expect(await used()).toBe(after);
      await expectSettled(at);
    },
  );

  it('starts what the panel stopped before it zeroed', async () => {
    await endCycle({ in: 80 * GB, out: 10 * GB });
    const landed = await kill(at, pollNow, { endpoint: /user\/reset$/, land: again });
    at.panel.traffic(2, { in: 11 * GB, out: 0 });
    expect(at.panel.runningForwards()).toEqual([1]);
    await done(at.poll());
    await landed();
    await poll();
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
  });

  it('leaves a pause that the customer makes while the next one waits', async () => {
    await endCycle({ in: 101 * GB, out: 10 * GB });
    // It has resumed 2 and 3 by then.
    const landed = await kill(at, pollNow, { endpoint: /forward\/pause$/, land: again });
    const paused = landAt(at, at.bench.clock.now() + 3000, () => at.panel.customer(USER).pause(2));
    await done(at.poll());
    await Promise.all([landed(), paused()]);
    await poll();
    expect(at.panel.runningForwards()).toEqual([1, 3]);
  });
});
