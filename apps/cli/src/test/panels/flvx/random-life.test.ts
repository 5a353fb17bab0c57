import type { FaultRule } from '@sluice/fake-panels';
import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { GB, HOUR, startFlvxBench, type FlvxBench } from '../../flvx-bench.js';
import { seeds, underSeed, type SeededRandom } from '../../seeded-random.js';

/** Lives of eight steps: 300 with SLUICE_LONG=1. */
const LIVES = seeds(process.env['SLUICE_LONG'] === '1' ? 300 : 1);
const STEPS = 8;
const AT_ONCE = 4;
const MOST_REPEATS = 5;

const USER = 3;
const FORWARDS = [2, 3, 4];
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
const FAULTS: readonly FaultRule['fault'][] = [
  { kind: 'cut' },
  { kind: 'truncated' },
  { kind: 'html', status: 504 },
  body(-2, 'database is locked (5) (SQLITE_BUSY)'),
  body(403, '权限不足，仅管理员可操作'),
];

function drawTrouble(random: SeededRandom): FaultRule | null {
  if (random.chance(0.4)) return null;
  return {
    skip: random.whole(0, 14),
    times: random.whole(1, 4),
    when: random.pick(['before', 'after'] as const),
    fault: random.pick(FAULTS),
  };
}

/** One customer with two running forwards and one that he has paused himself, and what his account should be like. */
class Life {
  readonly #at: FlvxBench;
  readonly #random: SeededRandom;
  readonly #wanted = new Set([2, 3]);
  readonly #told: string[] = [];
  #product: Product = 'relay';
  #manual = false;
  #overQuota = false;

  constructor(at: FlvxBench, random: SeededRandom) {
    this.#at = at;
    this.#random = random;
  }

  async begin(): Promise<void> {
    const { panel, tunnels } = this.#at;
    await this.#at.create(1, { product: this.#product });
    for (const name of ['web', 'game']) panel.addForward(USER, tunnels.hk, { name, remoteAddr: '198.51.100.20:443' });
    panel.addForward(USER, tunnels.hk, { name: 'own', remoteAddr: '198.51.100.20:443', paused: true });
    await this.#poll();
    this.check();
  }

  async step(): Promise<void> {
    const acts = ['hold', 'release', 'use up', 'allow more', 'product', 'password', 'renew', 'customer', 'restart'];
    const act = this.#random.pick(acts);
    this.#told.push(act);
    switch (act) {
      case 'hold':
        await this.#command('hold add svc-1');
        this.#manual = true;
        break;
      case 'release':
        if (!this.#manual) return;
        await this.#command('hold release svc-1');
        this.#manual = false;
        break;
      case 'use up':
        await this.#command('override clear svc-1');
        // More than Sluice allows, and less than what the panel itself would stop.
        Object.assign(this.#at.panel.world.users.get(USER)!, { inFlow: 120 * GB });
        this.#overQuota = true;
        break;
      case 'allow more':
        await this.#command('override set svc-1 --quota 900GB');
        this.#overQuota = false;
        break;
      case 'product':
        this.#product = this.#random.pick(Object.keys(PRODUCTS) as Product[]);
        this.#told.push(this.#product);
        await this.#command(`provision change-package svc-1 ${this.#product}`);
        break;
      case 'password':
        await this.#command('provision change-password svc-1');
        break;
      case 'renew':
        await this.#command('provision renew svc-1 --until 2027-01-15');
        break;
      case 'customer':
        await this.#customer();
        break;
      default:
        await this.#restart();
    }
    await this.#poll(drawTrouble(this.#random));
    this.check();
  }

  /** What he does himself; while he is held, the panel may let him, and the next poll stops it. */
  async #customer(): Promise<void> {
    const act = this.#random.pick(['pause', 'resume', 'redeploy'] as const);
    const forward = this.#random.pick(FORWARDS);
    this.#told.push(`${act} ${forward}`);
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
  async #command(words: string): Promise<void> {
    const trouble = drawTrouble(this.#random);
    if (trouble) this.#at.panel.server.inject(trouble);
    let { exitCode, stdout, stderr } = await this.#at.run(words);
    this.#at.panel.server.clearFaults();
    for (let repeats = 0; exitCode !== 0; repeats++) {
      if (repeats === MOST_REPEATS) throw this.#wrong(`${words} ended with ${exitCode}: ${stdout}${stderr}`);
      this.#at.bench.clock.advance(60_000);
      ({ exitCode, stdout, stderr } = await this.#at.run(words));
    }
  }

  async #poll(trouble: FaultRule | null = null): Promise<void> {
    this.#at.bench.clock.advance(HOUR);
    if (trouble) {
      this.#at.panel.server.inject(trouble);
      await this.#at.run('poll');
      this.#at.panel.server.clearFaults();
      this.#at.bench.clock.advance(HOUR);
    }
    const polled = await this.#at.run('poll');
    const [service] = polled.json<RunReport>().services;
    if (polled.exitCode !== 0) throw this.#wrong(`poll ended with ${polled.exitCode}: ${JSON.stringify(service)}`);
  }

  check(): void {
    const { panel } = this.#at;
    const { action, speed } = PRODUCTS[this.#product];
    const running = panel.runningForwards().filter((id) => id !== 1);
    this.#expect('running', running, this.#isClosed ? [] : [...this.#wanted].sort());
    this.#expect('permission', panel.permissionStatus(USER, 1), this.#isClosed ? 0 : 1);
    this.#expect('user', panel.user(USER)?.status, this.#manual ? 0 : 1);
    const isAway = this.#isClosed && action === 'redirect';
    const addresses = FORWARDS.map((id) => panel.forward(id)?.remoteAddr);
    this.#expect('addresses', new Set(addresses), new Set([isAway ? '127.0.0.1:9' : '198.51.100.20:443']));
    const isSlow = this.#overQuota && action === 'throttle';
    this.#expect(
      'speeds',
      FORWARDS.map((id) => panel.findSpeed(id)),
      FORWARDS.map(() => (isSlow ? THROTTLED : speed)),
    );
    this.#expect('neighbour', panel.isRunning(1), true);
  }

  #expect(what: string, is: unknown, should: unknown): void {
    try {
      expect(is).toEqual(should);
    } catch (error) {
      throw this.#wrong(`${what}: ${(error as Error).message}`);
    }
  }

  #wrong(message: string): Error {
    return new Error(`after ${this.#told.join(', ')}: ${message}`);
  }
}

async function live(random: SeededRandom): Promise<void> {
  const at = await startFlvxBench('', ', concurrency: 1');
  try {
    const life = new Life(at, random);
    await life.begin();
    for (let step = 0; step < STEPS; step++) await life.step();
    expect((await at.run('plan')).exitCode).toBe(0);
    expect(await at.bench.store((store) => store.actions.unresolved())).toEqual([]);
    expect(at.panel.server.failures).toEqual([]);
  } finally {
    await at.close();
  }
}

describe('a random life with a customer who has an old token, and a panel that fails', () => {
  const batches = Array.from({ length: Math.ceil(LIVES.length / AT_ONCE) }, (_, at) =>
    LIVES.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
  );
  it.each(batches.map((batch) => [batch[0], batch] as const))(
    'is after every poll as it should be, and the neighbour notices nothing (from seed %i on)',
    async (_first, batch) => {
      const outcomes = await Promise.allSettled(batch.map((seed) => underSeed(seed, live)));
      const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
      if (failed.length > 0) throw new Error(failed.map(({ reason }) => (reason as Error).message).join('\n\n'));
    },
    120_000,
  );
});
