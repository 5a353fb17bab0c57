import { expect } from '@jest/globals';
import type { CheckReport, RestoreReport, RunView, Sluice } from '@sluice/engine';
import { MINUTE } from '../bench/engine-bench.js';
import type { HiddifyBench } from '../bench/hiddify-bench.js';

type Agents = Sluice['agents'];

/** Calls about the suspension of agents on a bench. */
export interface Suspension {
  /** Makes a call a minute later, which has to end well. */
  run: <T extends object>(call: () => Promise<T>) => Promise<T>;
  suspend: (...args: Parameters<Agents['suspend']>) => Promise<RestoreReport>;
  unsuspend: (...args: Parameters<Agents['unsuspend']>) => Promise<RestoreReport>;
  sweep: () => Promise<CheckReport>;
  /** Open holds: whose, the reason, and how much evidence they have. */
  openHolds: () => Promise<string[]>;
}

export function suspensionOn(at: HiddifyBench): Suspension {
  const run: Suspension['run'] = async (call) => {
    at.bench.clock.advance(MINUTE);
    const done = await call();
    if ('run' in done) expect((done.run as RunView).outcome).toBe('done');
    return done;
  };
  return {
    run,
    suspend: (...args) => run(() => at.sluice.agents.suspend(...args)),
    unsuspend: (...args) => run(() => at.sluice.agents.unsuspend(...args)),
    sweep: () => run(() => at.sluice.agents.check()),
    async openHolds() {
      const { holds } = await at.sluice.holds.list({ open: true });
      return holds
        .map(({ service, agent, reason, evidence }) => `${service ?? agent?.name ?? ''} ${reason} ${evidence.length}`)
        .sort();
    },
  };
}

export const states = ({ actions }: Pick<RestoreReport, 'actions'>): string[][] =>
  actions.map(({ type, target, state }) => [type, target, state]);
