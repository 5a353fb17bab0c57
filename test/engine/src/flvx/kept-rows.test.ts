import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { pollLater } from '../loop/polls.js';
import { addCustomer, USER } from './customer.js';
import { type List, shorten } from './short-lists.js';

const at = useFlvxBench();

/** Adds other accounts with forwards: the rows of one account are few of all. */
async function addOthers(): Promise<void> {
  for (let number = 2; number <= 5; number++) {
    const user = await at.create(number);
    for (const name of ['a', 'b']) at.panel.addForward(user, at.tunnels.hk, { name });
  }
  await pollLater(at);
}

/** Adds a customer whose third forward is one too many, so that Sluice has paused it. */
async function addSurplus(): Promise<number> {
  await addCustomer(at, 'counted');
  await addOthers();
  const third = at.panel.addForward(USER, at.tunnels.hk, { name: 'third' });
  await pollLater(at);
  expect(at.panel.isRunning(third)).toBe(false);
  return third;
}

/** Lets the paid time of the customer end: the panel's daily job closes the account. */
async function expire(): Promise<void> {
  await addCustomer(at);
  await addOthers();
  at.bench.clock.set('2026-12-16T00:00:10Z');
  at.panel.midnight();
  await pollLater(at);
}

/** Has a list lack all rows of the customer while something reads it. */
async function withoutRows<T>(list: List, work: () => Promise<T>): Promise<T> {
  const restore = shorten(at, list, ({ userId }) => userId === USER);
  try {
    return await work();
  } finally {
    restore();
  }
}

/** Lets a run read a list that lacks the rows of the customer: only he can't be read. */
async function runShort(list: List, run: 'poll' | 'reconcile'): Promise<void> {
  const report = await withoutRows(list, async () =>
    run === 'poll' ? (await pollLater(at)).report : at.sluice.reconcile(),
  );
  const failed = report.services.filter(({ error }) => error !== null);
  expect(failed.map(({ id, error }) => [id, error?.code])).toEqual([['svc-1', 'PANEL_UNREADABLE']]);
}

async function expectStarted(third: number): Promise<void> {
  await pollLater(at);
  await at.panel.customer(USER).deleteForward(2);
  await pollLater(at);
  expect(at.panel.isRunning(third)).toBe(true);
  await expectSettled(at);
}

describe('a forward that Sluice has paused as one too many, and that a list lacks once', () => {
  it.each(['poll', 'reconcile'] as const)('runs when there is room: %s', async (run) => {
    const third = await addSurplus();
    await runShort('forwards', run);
    await expectStarted(third);
  });

  it('runs when there is room after a command', async () => {
    const third = await addSurplus();
    const others = [2, 3];
    const restore = shorten(at, 'forwards', ({ id, userId }) => userId === USER && !others.includes(id));
    const refused = await at.sluice.provision.renew('svc-1');
    expect(refused.service.error?.code).toBe('PANEL_UNREADABLE');
    restore();
    await done(at.sluice.provision.renew('svc-1'));
    await expectStarted(third);
  });

  it('is forgotten where it is gone, after one second reading', async () => {
    const third = await addSurplus();
    await at.panel.customer(USER).deleteForward(third);
    const readings = async (): Promise<number> => {
      at.panel.server.clearCalls();
      expect((await pollLater(at)).outcome).toBe('done');
      return at.panel.server.calls.filter(({ path }) => path.endsWith('backup/export')).length;
    };
    const [first, second] = [await readings(), await readings()];
    expect(first - second).toBe(1);
    await expectSettled(at);
  });
});

describe('what the panel closed because it expired, and a list lacks once', () => {
  it.each(['forwards', 'permissions'] as const)('is opened by a renewal: %s', async (list) => {
    await expire();
    await runShort(list, 'poll');
    await done(at.sluice.provision.renew('svc-1', { until: '2027-01-15' }));
    await pollLater(at);
    const { tunnels, panel } = at;
    expect([panel.permissionStatus(USER, tunnels.hk), panel.isRunning(2), panel.isRunning(3)]).toEqual([1, true, true]);
    await expectSettled(at);
  });
});

/** The service that has the account ends. */
async function endFirst(): Promise<void> {
  const service = await at.bench.store.services.get('svc-1');
  await at.bench.store.services.put([{ ...service!, status: 'vanished' }]);
}

async function addNext(): Promise<void> {
  const values = { flvx_user_id: String(USER), client: '43' };
  await at.addService(9, { product: 'relay', values, allowDuplicateRefs: true });
}

/** What comes first about the next service; then it has the account for itself. */
const BEGINNINGS: Record<string, () => Promise<void>> = {
  'added after the end': async () => {
    await endFirst();
    await addNext();
  },
  'polled while the account was shared': async () => {
    await addNext();
    await pollLater(at);
    await endFirst();
  },
  'polled without an account': async () => {
    await at.addService(9, { product: 'relay', values: { client: '43' } });
    await pollLater(at);
    await endFirst();
    await at.sluice.services.set('svc-9', { flvx_user_id: String(USER) });
  },
};

describe('a surplus forward, for the next service of its account, whose first list lacked it', () => {
  const RUNS: Record<string, () => Promise<unknown>> = {
    poll: () => pollLater(at),
    renew: () => at.sluice.provision.renew('svc-9', { until: '2027-01-15' }),
  };
  const cases = Object.keys(BEGINNINGS).flatMap((how) => Object.keys(RUNS).map((run) => [how, run] as const));

  it.each(few(cases, 2))('runs: %s, %s', async (how, run) => {
    const third = await addSurplus();
    await BEGINNINGS[how]?.();
    const restore = shorten(at, 'forwards', ({ id }) => id === third);
    await RUNS[run]?.();
    restore();
    for (let times = 0; times < 2; times++) await pollLater(at);
    await at.sluice.reconcile();
    expect(at.panel.isRunning(third)).toBe(true);
  });
});
