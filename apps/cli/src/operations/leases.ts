import type { HeldLease, LeaseRecord } from '@sluice/state-store';
import { ExitCode, SluiceError } from '../errors.js';
import type { Session } from './session.js';

const TTL_MS = 60_000;
const RENEW_MS = 15_000;
const RETRY_MS = 100;

/** Leases of one run, renewed while it works. */
export class Leases {
  readonly #session: Session;
  readonly #run: string;
  readonly #held = new Map<string, HeldLease>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(session: Session, run: string) {
    this.#session = session;
    this.#run = run;
    this.#timer = setInterval(() => {
      for (const lease of this.#held.values()) {
        // A renewal that fails shows at the next fenced write, which refuses.
        this.#session.store.leases.renew(lease, session.now(), TTL_MS).catch(() => false);
      }
    }, RENEW_MS);
    this.#timer.unref();
  }

  /** Those that are held, as proof for fenced writes. */
  get held(): HeldLease[] {
    return [...this.#held.values()];
  }

  /** Those of these names that are held; work side by side may not rest on each other's leases. */
  heldOf(names: string[]): HeldLease[] {
    return names.map((name) => this.#held.get(name)).filter((lease) => lease !== undefined);
  }

  /** The lease, or who holds it. */
  async tryTake(name: string): Promise<{ lease: HeldLease } | { heldBy: LeaseRecord }> {
    const { deps, store } = this.#session;
    const result = await store.leases.acquire({
      name,
      owner: deps.owner,
      run: this.#run,
      now: this.#session.now(),
      ttlMs: TTL_MS,
      isAlive: deps.isAlive,
    });
    if (!result.acquired) return { heldBy: result.heldBy };
    this.#held.set(name, result.lease);
    return { lease: result.lease };
  }

  /** Waits for the lease up to `waitMs`, then fails with exit code 5. */
  async take(name: string, waitMs: number): Promise<HeldLease> {
    const { clock, signal } = this.#session.deps;
    // Counted by its own sleeps: a clock that is set meanwhile makes it neither endless nor short.
    for (let leftMs = waitMs; ; leftMs -= RETRY_MS) {
      const result = await this.tryTake(name);
      if ('lease' in result) return result.lease;
      if (leftMs <= 0 || signal.aborted) throw leaseHeld(name, [result.heldBy]);
      await clock.sleep(Math.min(RETRY_MS, leftMs), signal);
    }
  }

  async release(name: string): Promise<void> {
    const lease = this.#held.get(name);
    if (!lease) return;
    this.#held.delete(name);
    await this.#session.store.leases.release(lease);
  }

  async releaseAll(): Promise<void> {
    clearInterval(this.#timer);
    for (const name of [...this.#held.keys()]) await this.release(name);
  }
}

/** Another run is at it: exit code 5. */
export function leaseHeld(name: string, holders: LeaseRecord[]): SluiceError {
  const who = holders.map((holder) => `${holder.run} (process ${holder.owner.pid} on ${holder.owner.host})`).join(', ');
  return new SluiceError('lease_held', `${name} is being worked on by another run: ${who}. Try again when it is done`, {
    exitCode: ExitCode.leaseHeld,
    details: { lease: name, holders: holders.map((holder) => holder.run) },
  });
}

export const panelLease = (panel: string): string => `panel:${panel}`;
export const serviceLease = (service: string): string => `service:${service}`;
