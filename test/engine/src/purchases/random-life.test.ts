import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { SluiceError } from '@sluice/panel-kind';
import { FAULTS, openLedgerBooks, openWhmcsBooks, type Trouble } from './books.js';
import { openWorld, type World } from './world.js';

const LONG = process.env['SLUICE_LONG'] === '1';

/** A kill before moment 0 is none. */
interface Mishap {
  kill: number;
  trouble: Trouble | null;
}
type Step =
  | ({ do: 'poll' | 'reconcile' | 'cancel' } & Mishap)
  | ({ do: 'buy'; ref: number | null } & Mishap)
  | { do: 'use'; gigabytes: number }
  | ({ do: 'wait'; days: number } & Mishap)
  | { do: 'due'; day: number }
  | { do: 'credit' | 'pay' | 'void' };

const kill = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 16 }) },
);
const trouble = fc.option(
  fc.record({
    fault: fc.constantFrom(...FAULTS),
    skip: fc.integer({ min: 0, max: 12 }),
    times: fc.constantFrom(1, 1, 4, 1000),
  }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('poll' as const, 'reconcile' as const, 'cancel' as const), kill, trouble }),
  fc.record({ do: fc.constant('buy' as const), ref: fc.option(fc.integer({ min: 1, max: 3 })), kill, trouble }),
  fc.record({ do: fc.constant('use' as const), gigabytes: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ do: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 12 }), kill: fc.constant(0), trouble }),
  fc.record({ do: fc.constant('due' as const), day: fc.integer({ min: 1, max: 28 }) }),
  fc.record({ do: fc.constantFrom('credit' as const, 'pay' as const, 'void' as const) }),
);

/** Does one step; what is refused, and what fails at the billing system, is judged by the books at the end. */
async function take(world: World, each: Step): Promise<void> {
  const { sluice, books } = world;
  const run = async (work: (engine: World['sluice']) => Promise<unknown>, mishap: Mishap): Promise<void> => {
    const off = mishap.trouble === null ? undefined : books.inject(mishap.trouble);
    try {
      await (mishap.kill === 0 ? work(sluice) : world.killedAt(mishap.kill, work));
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
    } finally {
      off?.();
    }
  };
  if (each.do === 'poll') await run((engine) => engine.poll(), each);
  else if (each.do === 'reconcile') await run((engine) => engine.reconcile(), each);
  else if (each.do === 'buy') {
    const ref = each.ref === null ? undefined : `ref-${each.ref}`;
    await run((engine) => engine.purchases.create('svc-1', 'extra', { ref }), each);
  } else if (each.do === 'cancel') {
    const last = (await world.store.purchases.list()).findLast(({ status }) => ['paid', 'pending'].includes(status));
    if (last) await run((engine) => engine.purchases.cancel(last.id, { refund: true }), each);
  } else if (each.do === 'use') world.use(each.gigabytes);
  else if (each.do === 'credit') await books.addCredit('7.50');
  else if (each.do === 'due') {
    const month = new Date(world.clock.now()).toISOString().slice(0, 7);
    await sluice.services.set('svc-1', { next_due_date: `${month}-${String(each.day).padStart(2, '0')}` });
  } else if (each.do === 'wait') await run(() => waitDays(world, each.days), each);
  else books.settle(each.do);
}

/** Polls once a day, as a clock that was never far from a panel's answer. */
async function waitDays({ clock, sluice }: World, days: number): Promise<void> {
  for (let day = 0; day < days; day++) {
    clock.advance(86_400_000);
    await sluice.poll();
  }
}

describe.each([
  { name: 'the ledger', openBooks: openLedgerBooks, lives: 4 },
  { name: 'WHMCS', openBooks: openWhmcsBooks, lives: 3 },
])('any life of purchases with $name', ({ openBooks, lives }) => {
  it('charges what was bought, counts each purchase in one cycle, and none after it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const world = await openWorld({ enabled: true, package: 'extra', thresholdGb: 20, maxPerCycle: 2 }, openBooks);
        try {
          await world.sluice.poll();
          await world.books.addCredit('12.50');
          for (const each of steps) await take(world, each);
          await world.sluice.reconcile();
          expect(await world.problems()).toEqual([]);
          await expectCounted(world);
        } finally {
          await world.close();
        }
      }),
      // A failure is reported as far as it was reduced by then.
      { numRuns: LONG ? 400 : lives, plugins: [fc.interruptAfterTimeLimit(LONG ? 1_200_000 : 45_000)] },
    );
  });
});

/** The allowance has the paid purchases of the current cycle, and automatic ones stay within the maximum of each. */
async function expectCounted({ store, sluice }: World): Promise<void> {
  const [cycle] = await store.cycles.newest(['svc-1']);
  const { services } = await sluice.poll();
  const paid = (await store.purchases.list()).filter(({ status }) => status === 'paid');
  const current = (await store.cycles.newest(['svc-1']))[0] ?? cycle;
  const counted = paid.filter((row) => row.cycle === current?.id).length;
  expect(services[0]?.allowance?.allowedBytes).toBe((100 + 50 * counted) * 1024 ** 3);
  const automatic = paid.filter(({ actor }) => actor === 'auto').map((row) => row.cycle);
  for (const id of new Set(automatic)) expect(automatic.filter((each) => each === id).length).toBeLessThanOrEqual(2);
}
