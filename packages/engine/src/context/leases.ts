import {
  type HeldLease,
  hasOwnerEnded,
  LEASE_MS,
  LEASE_RENEW_MS,
  type LeaseRecord,
  type LeaseRequest,
} from '@sluice/state-store';
import { SluiceError } from '@sluice/panel-kind';
import type { Context } from './context.js';

const RETRY_MS = 100;

/** Leases of one run, renewed until they are released. */
export class Leases {
  readonly #session: Context;
  readonly #run: string;
  /** Refuses, by throwing, what has waited for a lease. */
  readonly #onWaited: (() => Promise<void>) | undefined;
  readonly #held = new Map<string, HeldLease>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(context: Context, run: string, onWaited?: () => Promise<void>) {
    this.#onWaited = onWaited;
    this.#session = context;
    this.#run = run;
    this.#timer = setInterval(() => {
      if (this.#held.size === 0) return;
      // After a failed renewal the next fenced write fails.
      this.#session.store.leases.renewAll(this.held, context.now(), LEASE_MS).catch(() => false);
    }, LEASE_RENEW_MS);
    this.#timer.unref();
  }

  /** The held leases, for fenced writes. */
  get held(): HeldLease[] {
    return [...this.#held.values()];
  }

  /** Returns the held leases of these names, since concurrent work may not rely on each other's leases. */
  toHeld(names: string[]): HeldLease[] {
    return names.map((name) => this.#held.get(name)).filter((lease) => lease !== undefined);
  }

  /** Acquires a lease, or returns its holder. */
  async tryTake(name: string): Promise<{ lease: HeldLease } | { heldBy: LeaseRecord }> {
    const result = await this.#session.store.leases.acquire({ name, ...this.#request([name]) });
    if (!result.acquired) return { heldBy: result.heldBy };
    this.#held.set(name, result.lease);
    return { lease: result.lease };
  }

  /** Waits up to `waitMs` for a lease; then throws `lease_held`. */
  async take(name: string, waitMs: number): Promise<HeldLease> {
    const lease = await this.takeBegun(name, waitMs);
    await this.#onWaited?.();
    return lease;
  }

  /** Does what `take` does for what has begun, which is finished whatever became of who asked for it. */
  async takeBegun(name: string, waitMs: number): Promise<HeldLease> {
    return this.#waited(waitMs, async () => {
      const result = await this.tryTake(name);
      return 'lease' in result ? { had: result.lease } : { refusal: leaseHeld(name, [result.heldBy]) };
    });
  }

  /** Waits up to `waitMs` for all leases at once; then throws `lease_held` and holds none. */
  async takeAll(names: string[], waitMs: number): Promise<void> {
    await this.#waited(waitMs, async () => {
      const result = await this.#session.store.leases.acquireAll({ names, ...this.#request(names) });
      if (!result.acquired) return { refusal: leasesHeld(result.heldBy) };
      for (const lease of result.leases) this.#held.set(lease.name, lease);
      return { had: result.leases };
    });
    await this.#onWaited?.();
  }

  #request(names: readonly string[]): LeaseRequest {
    const { owner, isAlive } = this.#session.deps;
    const unless = names.filter((name) => name.startsWith(SERVICE) || name.startsWith(PANEL)).map(turnLease);
    return { owner, run: this.#run, now: this.#session.now(), ttlMs: LEASE_MS, isAlive, unless };
  }

  async #waited<T>(waitMs: number, attempt: () => Promise<{ had: T } | { refusal: SluiceError }>): Promise<T> {
    const { clock, signal } = this.#session.deps;
    // Counts its own sleeps, so that setting the clock does not affect it.
    for (let leftMs = waitMs; ; leftMs -= RETRY_MS) {
      const result = await attempt();
      if ('had' in result) return result.had;
      if (leftMs <= 0 || signal.aborted) throw result.refusal;
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
    const { held } = this;
    this.#held.clear();
    if (held.length > 0) await this.#session.store.leases.releaseAll(held);
  }
}

/** Returns the run and the process that hold a lease. */
export const whoHolds = ({ run, owner }: LeaseRecord): string => `${run} (process ${owner.pid} on ${owner.host})`;

/** Returns the name of the machine in the host of an owner, which says besides when it was started. */
export const toHostName = (host: string): string => host.replace(/ \([^()]*\)$/, '');

/** Returns the error for a lease that other runs hold. */
export function leaseHeld(name: string, holders: LeaseRecord[]): SluiceError {
  const who = [...new Set(holders.map(whoHolds))].join(', ');
  return new SluiceError('lease_held', `${name} is in use by another run: ${who}. Try again when that run has ended`, {
    kind: 'busy',
    details: { lease: name, holders: holders.map((holder) => holder.run) },
  });
}

/** Returns the error for leases that other runs hold. */
export function leasesInUse(held: LeaseRecord[]): SluiceError {
  return leaseHeld(held.map((lease) => lease.name.replace(':', ' ')).join(', '), held);
}

/** Most services named in a message; its details have all. */
const NAMED = 10;

/** Returns the error for several services that other runs work on. */
function leasesHeld(held: LeaseRecord[]): SluiceError {
  const holders = new Map(
    held.map((lease) => [lease.name.replace(TURN, '').replace(SERVICE, '').replace(CALLS, ''), lease]),
  );
  const services = [...holders.keys()];
  const named = [...holders].slice(0, NAMED).map(([service, lease]) => `${service} by ${whoHolds(lease)}`);
  const more = holders.size > NAMED ? [`and ${holders.size - NAMED} more`] : [];
  return new SluiceError(
    'lease_held',
    `Services are in use by other runs: ${[...named, ...more].join(', ')}. Nothing was stored; try again when those runs have ended`,
    {
      kind: 'busy',
      details: { services, holders: [...new Set(held.map(({ run }) => run))] },
    },
  );
}

const PANEL = 'panel:';
const SERVICE = 'service:';
const CALLS = 'calls:';
/** Names the lease of a panel. It is always acquired before those of services. */
export const panelLease = (panel: string): string => `${PANEL}${panel}`;
export const serviceLease = (service: string): string => `${SERVICE}${service}`;
/** Names the lease under which the calls of a service are billed, beside the service's own. */
export const callsLease = (service: string): string => `${CALLS}${service}`;

const TURN = 'turn:';
/** Names the lease by which a run is the next to have that of a panel or service: while it is held, no other run can take that one. */
export const turnLease = (lease: string): string => `${TURN}${lease}`;
/** How long a run waits for commands about what it works on, in milliseconds: as long as they wait for it. */
export const COMMANDS_MS = 30_000;

/** Returns the leases of panels that live processes hold now, by panel. */
export async function readTakenPanels({
  deps,
  store,
}: Pick<Context, 'deps' | 'store'>): Promise<ReadonlyMap<string, LeaseRecord>> {
  const now = deps.clock.now();
  const taken = (await store.leases.list()).filter(
    ({ name, expiresAt, owner }) =>
      name.startsWith(PANEL) && Date.parse(expiresAt) > now && !hasOwnerEnded(deps, owner),
  );
  return new Map(taken.map((lease) => [lease.name.slice(PANEL.length), lease]));
}

/** Leases of services held by other runs, by name. */
export type OtherLeases = Map<string, LeaseRecord>;

/** Reads which services other live runs work on. */
export async function otherLeases(context: Context, run: string): Promise<OtherLeases> {
  const { deps, store } = context;
  const now = context.now();
  const leases = await store.leases.list();
  const others = leases.filter(
    (lease) =>
      lease.run !== run && lease.name.startsWith(SERVICE) && lease.expiresAt > now && !hasOwnerEnded(deps, lease.owner),
  );
  return new Map(others.map((lease) => [lease.name, lease]));
}
