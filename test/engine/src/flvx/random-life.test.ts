import { describe, expect, it } from '@jest/globals';
import type { Sluice } from '@sluice/engine';
import type { FaultRule } from '@sluice/fake-panels';
import * as fc from 'fast-check';
import { GB, HOUR, MINUTE } from '../bench/engine-bench.js';
import { type FlvxBench, startFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { USER } from './customer.js';

/** Lives of eight steps: 300 with SLUICE_LONG=1. */
const LIVES = process.env['SLUICE_LONG'] === '1' ? 300 : 1;
const STEPS = 8;
const MOST_REPEATS = 5;

const FORWARDS = [2, 3, 4] as const;
/** Products on one tunnel: what each makes of a service that has used up its quota, and its speed in MB/s. */
const PRODUCTS = {
  relay: { action: 'pause', speed: null },
  slow: { action: 'throttle', speed: 6.2 },
  nowhere: { action: 'redirect', speed: null },
} as const;
type Product = keyof typeof PRODUCTS;
const THROTTLED = 0.2;

const body = (code: number, msg: string): FaultRule['fault'] => ({
  kind: 'body',
  body: { code, msg, ts: 1_795_156_811_072 },
});
const trouble = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  {
    weight: 3,
    arbitrary: fc.record<FaultRule>({
      skip: fc.integer({ min: 0, max: 14 }),
      times: fc.integer({ min: 1, max: 4 }),
      when: fc.constantFrom('before', 'after'),
      fault: fc.constantFrom<FaultRule['fault'][]>(
        { kind: 'cut' },
        { kind: 'truncated' },
        { kind: 'html', status: 504 },
        body(-2, 'database is locked (5) (SQLITE_BUSY)'),
        body(403, '权限不足，仅管理员可操作'),
      ),
    }),
  },
);

const COMMANDS = {
  hold: ({ holds }: Sluice) => done(holds.add('svc-1')),
  release: ({ holds }: Sluice) => done(holds.release('svc-1')),
  'use up': ({ overrides }: Sluice) => overrides.clear('svc-1'),
  'allow more': ({ overrides }: Sluice) => overrides.set('svc-1', { quota: '900GB' }),
  product: ({ provision }: Sluice, product: Product) => done(provision.changePackage('svc-1', product)),
  password: ({ provision }: Sluice) => done(provision.changePassword('svc-1')),
  renew: ({ provision }: Sluice) => done(provision.renew('svc-1', { until: '2027-01-15' })),
};

/** What somebody does, and what fails meanwhile and in the poll after it. */
const step = fc.record({
  act: fc.constantFrom(
    ...(Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]),
    'customer' as const,
    'restart' as const,
  ),
  product: fc.constantFrom(...(Object.keys(PRODUCTS) as Product[])),
  customer: fc.constantFrom(...(['pause', 'resume', 'redeploy'] as const)),
  forward: fc.constantFrom(...FORWARDS),
  meanwhile: trouble,
  afterwards: trouble,
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** One customer with two running forwards and one that he has paused himself, and what his account should be like. */
class Life {
  readonly #at: FlvxBench;
  readonly #wanted = new Set<number>([2, 3]);
  #product: Product = 'relay';
  #manual = false;
  #overQuota = false;

  constructor(at: FlvxBench) {
    this.#at = at;
  }

  async begin(): Promise<void> {
    const { panel, tunnels } = this.#at;
    await this.#at.create(1, { product: this.#product });
    for (const name of ['web', 'game']) panel.addForward(USER, tunnels.hk, { name, remoteAddr: '198.51.100.20:443' });
    panel.addForward(USER, tunnels.hk, { name: 'own', remoteAddr: '198.51.100.20:443', paused: true });
    await this.#poll(null);
    this.check();
  }

  async step({ act, product, ...each }: Step): Promise<void> {
    if (act === 'release' && !this.#manual) return;
    if (act === 'customer') await this.#customer(each.customer, each.forward);
    else if (act === 'restart') await this.#restart();
    else await this.#command(each.meanwhile, (sluice) => COMMANDS[act](sluice, product));
    if (act === 'hold' || act === 'release') this.#manual = act === 'hold';
    if (act === 'product') this.#product = product;
    if (act === 'use up' || act === 'allow more') this.#overQuota = act === 'use up';
    // More than Sluice allows, and less than what the panel itself would stop.
    if (act === 'use up') Object.assign(this.#at.panel.world.users.get(USER)!, { inFlow: 120 * GB });
    await this.#poll(each.afterwards);
    this.check();
  }

  /** What he does himself; while he is held, the panel may let him, and the next poll stops it. */
  async #customer(act: Step['customer'], forward: number): Promise<void> {
    const customer = this.#at.panel.customer(USER);
    const { code } = await customer[act](forward);
    if (this.#isClosed || code !== 0) return;
    if (act === 'pause') this.#wanted.delete(forward);
    if (act === 'resume') this.#wanted.add(forward);
    // It runs now although the panel shows it as paused: he sees it, and pauses it again.
    if (act === 'redeploy' && !this.#wanted.has(forward)) await customer.pause(forward);
  }

  /** The agent runs all it knows again: what is held is paused again by the next poll, his own pauses are his. */
  async #restart(): Promise<void> {
    const { panel } = this.#at;
    panel.restartNode(1);
    if (this.#isClosed) return;
    const customer = panel.customer(USER);
    for (const id of FORWARDS) if (!this.#wanted.has(id)) await customer.pause(id);
  }

  get #isClosed(): boolean {
    return this.#manual || (this.#overQuota && PRODUCTS[this.#product].action !== 'throttle');
  }

  /** With trouble, then without, as an operator repeats what has failed. */
  async #command(fault: FaultRule | null, command: (sluice: Sluice) => Promise<unknown>): Promise<void> {
    const { bench, panel } = this.#at;
    if (fault !== null) panel.server.inject(fault);
    let failed = await failureOf(command(bench.sluice));
    panel.server.clearFaults();
    for (let repeats = 0; failed !== null; repeats++) {
      if (repeats === MOST_REPEATS) throw failed;
      bench.clock.advance(MINUTE);
      failed = await failureOf(command(bench.sluice));
    }
  }

  async #poll(fault: FaultRule | null): Promise<void> {
    const { bench, panel } = this.#at;
    bench.clock.advance(HOUR);
    if (fault !== null) {
      panel.server.inject(fault);
      await this.#at.poll();
      panel.server.clearFaults();
      bench.clock.advance(HOUR);
    }
    await done(this.#at.poll());
  }

  check(): void {
    const { panel } = this.#at;
    const { action, speed } = PRODUCTS[this.#product];
    const isAway = this.#isClosed && action === 'redirect';
    const isSlow = this.#overQuota && action === 'throttle';
    expect({
      running: panel.runningForwards(),
      permission: panel.permissionStatus(USER, 1),
      user: panel.user(USER)?.status,
      addresses: new Set(FORWARDS.map((id) => panel.forward(id)?.remoteAddr)),
      speeds: FORWARDS.map((id) => panel.findSpeed(id)),
    }).toEqual({
      running: this.#isClosed ? [1] : [1, ...[...this.#wanted].sort()],
      permission: this.#isClosed ? 0 : 1,
      user: this.#manual ? 0 : 1,
      addresses: new Set([isAway ? '127.0.0.1:9' : '198.51.100.20:443']),
      speeds: FORWARDS.map(() => (isSlow ? THROTTLED : speed)),
    });
  }
}

async function failureOf(call: Promise<unknown>): Promise<Error | null> {
  return call.then(
    () => null,
    (error: unknown) => error as Error,
  );
}

async function live(steps: Step[]): Promise<void> {
  const at = await startFlvxBench('', { panelMore: ', concurrency: 1' });
  try {
    const life = new Life(at);
    await life.begin();
    for (const each of steps) await life.step(each);
    await expectSettled(at);
    expect(await at.bench.store.actions.unresolved()).toEqual([]);
  } finally {
    await at.close();
  }
}

describe('a random life with a customer who has an old token, and a panel that fails', () => {
  it(
    'is after every poll as it should be, and the neighbour notices nothing',
    async () => {
      const steps = fc.array(step, { minLength: STEPS, maxLength: STEPS });
      await fc.assert(fc.asyncProperty(steps, live), { numRuns: LIVES });
    },
    LIVES * 30_000,
  );
});
