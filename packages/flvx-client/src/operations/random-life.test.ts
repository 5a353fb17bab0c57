import type { FaultRule } from '@sluice/fake-panels';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FlvxClient } from '../client.js';
import type { FlvxEvidence, FlvxHold } from '../plan/evidence.js';
import { execute } from '../run/execute.js';
import type { FlvxExecution } from '../run/outcome.js';
import { customerAndNeighbour, journalling, nothingKept, type Kept } from '../test/scenarios.js';
import { name, startWorld, type World } from '../test/world.js';
import { gigabytes, megabits } from '../units/units.js';
import { changePackage, changePassword, resume, setQuota, suspend } from './run-operations.js';
import { planPauseForwards } from './small-plans.js';

const scope = { userId: 2, name };
const runs = process.env.SLUICE_LONG === '1' ? 400 : 40;

type Act =
  | { do: 'suspend'; mode: 'pause' | 'redirect'; closeUser: boolean }
  | { do: 'resume' }
  | { do: 'quota'; gb: number }
  | { do: 'speed'; mbit: number }
  | { do: 'password' }
  | { do: 'restart node' }
  | { do: 'customer'; act: 'pause' | 'resume' | 'redeploy'; forward: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    do: fc.constant('suspend' as const),
    mode: fc.constantFrom('pause' as const, 'redirect' as const),
    closeUser: fc.boolean(),
  }),
  fc.record({ do: fc.constant('resume' as const) }),
  fc.record({ do: fc.constant('quota' as const), gb: fc.integer({ min: 1, max: 900 }) }),
  fc.record({ do: fc.constant('speed' as const), mbit: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant('password' as const) }),
  fc.record({ do: fc.constant('restart node' as const) }),
  fc.record({
    do: fc.constant('customer' as const),
    act: fc.constantFrom('pause' as const, 'resume' as const, 'redeploy' as const),
    forward: fc.integer({ min: 1, max: 4 }),
  }),
);

const trouble: fc.Arbitrary<FaultRule | null> = fc.option(
  fc.record({
    skip: fc.integer({ min: 0, max: 14 }),
    times: fc.integer({ min: 1, max: 4 }),
    when: fc.constantFrom('before' as const, 'after' as const),
    fault: fc.constantFrom<FaultRule['fault']>(
      { kind: 'cut' },
      { kind: 'truncated' },
      { kind: 'html', status: 504 },
      { kind: 'body', body: { code: -2, msg: 'database is locked (5) (SQLITE_BUSY)', ts: 1_795_156_811_072 } },
      { kind: 'body', body: { code: 403, msg: '权限不足，仅管理员可操作', ts: 1_795_156_811_072 } },
    ),
  }),
);

/** What the customer's account should be, apart from the panel. */
class Life {
  /** Forwards that the customer wants to run. */
  readonly wanted = new Set([1, 3]);
  hold: FlvxHold | null = null;
  evidence: FlvxEvidence | null = null;
  quota = 100;
  mbit: number | null = null;
  password = 'Unguessable-1';

  constructor(private readonly world: World) {}

  running(): number[] {
    return this.world.flvx.runningForwards().filter((id) => id <= 4);
  }

  /** With trouble, then without, as a next run would. */
  async done(
    rule: FaultRule | null,
    run: (client: FlvxClient, kept: Kept, again: boolean) => Promise<FlvxExecution>,
  ): Promise<FlvxExecution> {
    const { flvx, client, connect } = this.world;
    const kept = { ...nothingKept(), evidence: this.evidence };
    if (rule !== null) {
      flvx.server.inject(rule);
      await run(client, kept, false).catch((error: unknown) => {
        expect(error).toHaveProperty('code');
      });
      flvx.server.clearFaults();
    }
    const result = await run(connect(), kept, true);
    expect(result).toMatchObject({ done: true, error: null });
    return result;
  }

  async act(step: Act, rule: FaultRule | null): Promise<void> {
    const options = (kept: Kept): { hooks: ReturnType<typeof journalling> } => ({ hooks: journalling(kept) });
    const { flvx } = this.world;
    switch (step.do) {
      case 'suspend': {
        this.hold ??= { mode: step.mode, closeUser: step.closeUser };
        const { hold } = this;
        const result = await this.done(rule, (client, kept) =>
          suspend(client, scope, { hold, evidence: kept.evidence, keep: kept.keep }, options(kept)),
        );
        this.evidence = result.evidence;
        return;
      }
      case 'resume': {
        const { evidence } = this;
        if (evidence === null) return;
        await this.done(rule, (client, kept) => resume(client, scope, { evidence, keep: kept.keep }, options(kept)));
        this.hold = null;
        this.evidence = null;
        return;
      }
      case 'quota':
        this.quota = step.gb;
        await this.done(rule, (client, kept, again) =>
          setQuota(
            client,
            scope,
            {
              quota: gigabytes(step.gb),
              tunnels: [1],
              keep: kept.keep,
              repause: again && rule !== null ? 'all' : 'pushed',
            },
            options(kept),
          ),
        );
        return;
      case 'speed':
        this.mbit = step.mbit;
        await this.done(rule, (client, kept) =>
          changePackage(
            client,
            scope,
            {
              quota: gigabytes(this.quota),
              maxForwards: 10,
              resetDay: 0,
              tunnels: [1],
              previousTunnels: [1],
              speed: { kind: 'own', key: name, speed: megabits(step.mbit) },
              hold: this.hold,
              keep: kept.keep,
            },
            options(kept),
          ),
        );
        return;
      case 'password':
        this.password += 'x';
        await this.done(rule, (client, kept) =>
          changePassword(
            client,
            scope,
            { keep: kept.keep, repause: 'all' },
            { ...options(kept), password: this.password },
          ),
        );
        return;
      case 'restart node':
        flvx.restartNode(1);
        await this.stopAgain();
        return;
      case 'customer':
        await this.customer(step);
    }
  }

  private async customer(step: Extract<Act, { do: 'customer' }>): Promise<void> {
    const customer = this.world.flvx.customer(2);
    const answer = await customer[step.act](step.forward);
    if (this.hold !== null) {
      await this.stopAgain();
    } else if (answer.code === 0 && step.act !== 'redeploy') {
      this.wanted[step.act === 'resume' ? 'add' : 'delete'](step.forward);
    } else {
      await this.stopAgain();
    }
  }

  /** What a poll does when it finds a forward running that should not. */
  private async stopAgain(): Promise<void> {
    const { hold, evidence } = this;
    if (hold !== null) {
      await this.done(null, (client) => suspend(client, scope, { hold, evidence }));
      return;
    }
    const paused = [1, 2, 3, 4].filter((id) => !this.wanted.has(id));
    await this.done(null, (client) =>
      execute(client, { scope, plan: (observed) => planPauseForwards(observed, { forwardIds: paused }) }),
    );
  }

  check(): void {
    const { flvx } = this.world;
    expect(this.running()).toEqual(this.hold === null ? [...this.wanted].sort() : []);
    expect(flvx.permission(2, 1)).toMatchObject({ flow: this.quota, num: 10, status: this.hold === null ? 1 : 0 });
    expect(flvx.permission(2, 2)).toMatchObject({ flow: 7, num: 3, status: this.hold === null ? 1 : 0, speedId: null });
    expect(flvx.user(2)).toMatchObject({ flow: this.quota, status: this.hold?.closeUser === true ? 0 : 1 });
    const own = [...flvx.world.limits.values()].filter((row) => row.name.startsWith('sluice:')).map((row) => row.speed);
    expect(own).toEqual(this.mbit === null ? [] : [this.mbit]);
    const addresses = [1, 2, 3, 4].map((id) => flvx.forward(id)?.remoteAddr);
    const expected = this.hold?.mode === 'redirect' ? '127.0.0.1:9' : '198.51.100.20:443';
    expect(new Set(addresses)).toEqual(new Set([expected]));
  }
}

describe('a random life with a customer who has an old token, and a panel that fails', () => {
  it('is at every moment as it should be, and the neighbour notices nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(act, trouble), { minLength: 1, maxLength: 8 }), async (steps) => {
        const world = await startWorld({ retry: { baseDelayMs: 1 } });
        try {
          customerAndNeighbour(world.flvx);
          const neighbour = [
            world.flvx.user(3),
            world.flvx.permission(3, 1),
            world.flvx.forward(5),
            world.flvx.forward(6),
          ];
          const life = new Life(world);
          for (const [step, rule] of steps) {
            await life.act(step, rule);
            life.check();
          }
          expect(await world.client.passwordOpens(name, life.password)).toBe(true);
          expect([
            world.flvx.user(3),
            world.flvx.permission(3, 1),
            world.flvx.forward(5),
            world.flvx.forward(6),
          ]).toEqual(neighbour);
        } finally {
          await world.close();
        }
      }),
      { numRuns: runs },
    );
  }, 600_000);
});
