import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Sluice } from '@sluice/engine';
import type { Fault } from '@sluice/fake-panels';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { findSubjectUser } from '@sluice/quota-core';
import { type HiddifyBench, startHiddifyBench } from '../bench/hiddify-bench.js';
import { intercept } from '../bench/intercept.js';

const faults = fc.constantFrom<{ when: 'before' | 'after'; fault: Fault }>(
  { when: 'before', fault: { kind: 'cut' } },
  { when: 'after', fault: { kind: 'cut' } },
  { when: 'after', fault: { kind: 'status', status: 500, body: { msg: 'boom' } } },
  { when: 'before', fault: { kind: 'status', status: 500, body: { msg: 'boom' } } },
  { when: 'after', fault: { kind: 'truncated' } },
  { when: 'before', fault: { kind: 'html', status: 502 } },
);

const NAMES = ['anna', 'bela', 'cora'];

/** What a reseller does, or what happens to its users meanwhile. */
const action = fc.oneof(
  fc.record({
    do: fc.constant('create' as const),
    name: fc.constantFrom(...NAMES),
    gb: fc.integer({ min: 1, max: 8 }),
  }),
  fc.record({
    do: fc.constant('extend' as const),
    name: fc.constantFrom(...NAMES),
    gb: fc.integer({ min: 0, max: 6 }),
    days: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({ do: fc.constantFrom('disable' as const, 'enable' as const), name: fc.constantFrom(...NAMES) }),
  fc.record({
    do: fc.constant('use' as const),
    name: fc.constantFrom(...NAMES),
    share: fc.integer({ min: 1, max: 100 }),
  }),
  fc.record({ do: fc.constant('check' as const) }),
  fc.record({ do: fc.constant('delete' as const), name: fc.constantFrom(...NAMES) }),
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

const step = fc.record({
  /** One, or two at once in two processes. */
  actions: fc.array(action, { minLength: 1, maxLength: 2 }),
  /** Which call to the panel fails, counted from the beginning of the step, and how. */
  fails: fc.option(fc.record({ skip: fc.nat({ max: 6 }), what: faults }), { nil: null }),
  /** Before which of its writes the first process is killed. */
  killed: fc.option(fc.integer({ min: 1, max: 8 }), { nil: null }),
  /** How much later the next step is; `month`: in the next period. */
  later: fc.constantFrom(0, 1, 11, 'month' as const),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const LIMIT = 20 * GB;

/** Carries out what a reseller asks; a refusal or a failure has a code. */
async function perform(at: HiddifyBench, sluice: Sluice, asked: Action): Promise<void> {
  const { agents } = sluice;
  if (asked.do === 'create') await agents.createUser({ agent: 'north', name: asked.name, limitBytes: asked.gb * GB });
  if (asked.do === 'extend')
    await agents.extendUser('north', asked.name, { bytes: asked.gb * GB, days: asked.days, waitMs: 0 });
  if (asked.do === 'disable') await agents.disableUser('north', asked.name, { waitMs: 0 });
  if (asked.do === 'enable') await agents.enableUser('north', asked.name, { waitMs: 0 });
  if (asked.do === 'check') await agents.check({ allowMass: true });
  if (asked.do === 'use') {
    const user = at.panel.listUsers(at.north).find(({ name }) => name === asked.name);
    const left = user === undefined ? 0 : user.usageLimit - user.currentUsage;
    // The panel serves whom it shows as active, up to the limit.
    if (user !== undefined && at.panel.isServed(user.uuid))
      at.panel.use(user.uuid, Math.floor((left * asked.share) / 100));
  }
}

/** What was sold of the budget, by what the panel has or had. */
class Sales {
  /** What the users were sold before the present period, by uuid. */
  #before = new Map<string, number>();
  /** What users had used that were deleted since it began, as Sluice has read it. */
  #deletedBytes = 0;

  constructor(
    private readonly at: HiddifyBench,
    private readonly hasPeriods: boolean,
  ) {}

  /** What is sold in the present period: what its users may use by now, and have used. */
  sum(): number {
    const own = this.at.panel.listUsers(this.at.north);
    const sold = own.map((user) => toSold(user) - (this.#before.get(user.uuid) ?? 0));
    return sold.reduce((sum, bytes) => sum + Math.max(0, bytes), this.#deletedBytes);
  }

  /** Someone deletes the users of a name at the panel, once their usage was read. */
  async delete(sluice: Sluice, name: string, accounting: string): Promise<void> {
    const { users } = await sluice.agents.users('north');
    for (const { uuid, usedBytes } of users.filter((user) => user.name === name)) {
      if (!this.at.panel.hasUser(uuid)) continue;
      this.at.panel.deleteUser(uuid);
      if (accounting !== 'allocated') this.#deletedBytes += Math.max(0, usedBytes - (this.#before.get(uuid) ?? 0));
    }
  }

  advance(later: Step['later']): void {
    const { clock } = this.at.bench;
    if (later !== 'month') {
      clock.advance(later * MINUTE);
      return;
    }
    const now = new Date(clock.now());
    clock.set(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1, 0, 1));
    if (!this.hasPeriods) return;
    this.#deletedBytes = 0;
    this.#before = new Map(this.at.panel.listUsers(this.at.north).map((user) => [user.uuid, toSold(user)]));
  }
}

const toSold = ({ usageLimit, currentUsage }: { usageLimit: number; currentUsage: number }): number =>
  Math.max(usageLimit, currentUsage);

async function play({ at, sales, accounting }: Played, { actions, fails, killed, later }: Step): Promise<void> {
  const { bench, panel } = at;
  const remove =
    fails === null ? null : panel.server.inject({ endpoint: /\/user\//, skip: fails.skip, times: 1, ...fails.what });
  let left = killed ?? Infinity;
  const store = intercept(bench.store, () => (left <= 0 ? Promise.reject(new Error('killed')) : null));
  const dying = new Proxy(store, {
    get(target, name) {
      if (name === 'write') left -= 1;
      return Reflect.get(target, name) as unknown;
    },
  });
  const run = (asked: Action, parts: object): Promise<void> =>
    bench
      .inAnother(
        (sluice) => (asked.do === 'delete' ? sales.delete(sluice, asked.name, accounting) : perform(at, sluice, asked)),
        parts,
      )
      .catch((error: unknown) => {
        if (killed === null) expect(error).toHaveProperty('code');
      });
  await Promise.all(actions.map((asked, index) => run(asked, index === 0 && killed !== null ? { store: dying } : {})));
  remove?.();
  expect(sales.sum()).toBeLessThanOrEqual(LIMIT);
  sales.advance(later);
}

interface Played {
  at: HiddifyBench;
  sales: Sales;
  accounting: string;
}

it.each(['allocated', 'consumed', 'consumed, period: monthly'])(
  'a reseller exceeds its budget by no order of what it does, with failing calls, two processes and kills (%s)',
  async (accounting) => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 8 }), async (steps) => {
      const at = await startHiddifyBench({ agents: `{ accounting: ${accounting} }` });
      try {
        const south = at.panel.addAgent(undefined, { name: 'south' });
        const foreign = at.panel.addUser({ agent: south, name: 'anna', usageLimit: 10 * GB });
        const before = JSON.stringify(at.panel.user(foreign));
        await at.limit('north', 20);
        const sales = new Sales(at, accounting.includes('monthly'));
        for (const each of steps) await play({ at, sales, accounting }, each);

        // What is left open is found out, what is left of the budget can be sold, and no more.
        at.bench.clock.advance(11 * MINUTE);
        await at.check({ allowMass: true });
        at.bench.clock.advance(11 * MINUTE);
        await at.check({ allowMass: true });
        const { reservedBytes } = await at.sluice.agents.show('north');
        if (accounting === 'allocated') expect(reservedBytes).toBe(0);
        expect(JSON.stringify(at.panel.user(foreign))).toBe(before);

        // Who the reseller disabled stays so; enabled, nothing of it is left.
        for (const { uuid, enable } of at.panel.listUsers(at.north)) {
          const { user } = await at.sluice.agents.enableUser('north', uuid);
          if (user.disabledFor.length === 0) expect([enable, at.panel.user(uuid).enable].at(-1)).toBe(true);
          else expect(user.disabledFor).toEqual(['limit']);
        }
        const open = await at.bench.store.holds.open({ agentsOf: 'vpn', reason: 'reseller' });
        // Of a user that was deleted it stays, in case that one comes back.
        expect(open.filter(({ service }) => at.panel.hasUser(findSubjectUser(service) ?? ''))).toEqual([]);
        expect(sales.sum()).toBeLessThanOrEqual(LIMIT);
      } finally {
        await at.close();
      }
    });
    await fc.assert(property, { numRuns: process.env['SLUICE_LONG'] === '1' ? 60 : 3 });
  },
);
