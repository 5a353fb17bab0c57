import type { CallEvent } from '@sluice/panel-http';
import { printable } from '@sluice/panel-http/printable';
import {
  type ApiCallRecord,
  type HeldLease,
  type ServiceRecord,
  type StateStore,
  type StoreTables,
} from '@sluice/state-store';
import { findEntry } from './config/find-entry.js';
import { WRONG_CLOCK_MS } from './clock/trusted-clock.js';
import { openBilling } from './billing/open-billing.js';
import type { Config } from './config/schema.js';
import type { Dependencies } from './dependencies.js';
import { refreshHoldsFile, watchHolds, writeHoldsFile } from './holds/holds-file.js';
import { type Interruption, toInterruption } from './interruption.js';
import { suggestId } from './suggestion.js';
import { type BillingSystem, newId, type Panel, type PanelKind, type PanelSettings } from '@sluice/panel-kind';
import { type MovedError, notFound } from './errors.js';
import { compareIds } from './natural-order.js';
import { unknownPanel } from './services/panels.js';

/** Parts of a session. */
export interface SessionParts {
  deps: Dependencies;
  config: Config;
  store: StateStore;
}

/** Buffered calls are stored with another write once they are this many, or the first of them waits for so long… */
const CALLS_AT_ONCE = 500;
const CALLS_WAIT_MS = 10_000;
/** …and by themselves once they are this many. */
const FLUSH_AT = 2000;

/**
 * State of one call of the engine: config, store, panels opened on demand, the API log. `end` stores what is buffered.
 */
export class Session {
  readonly deps: Dependencies;
  readonly config: Config;
  readonly store: StateStore;
  /** When it started. */
  readonly since: string;
  /** Id of the run that API calls belong to. */
  runId: string | null = null;
  /** Whether this store may change each panel, asked before the first change in the session. */
  readonly changing = new Map<string, Promise<MovedError | null>>();
  readonly #panels = new Map<string, Promise<Panel>>();
  #billing: Promise<BillingSystem> | null = null;
  readonly #clockDifferences = new Map<string, number>();
  #agreedAt: string | null = null;
  #answered = false;
  /** By panel: null once a call succeeded, before that the last failure. */
  readonly #failures = new Map<string, string | null>();
  #calls: ApiCallRecord[] = [];
  /** Blocks of calls that were stored. */
  #blocks = 0;
  #flushing: Promise<void> = Promise.resolve();
  /** The current write of the holds file; changes meanwhile cause one more. */
  #holdsFile: Promise<void> = Promise.resolve();
  #holdsStale = false;
  readonly #interruption: Interruption;
  #lastMs: number | null = null;
  #lastNow = '';

  constructor({ deps, config, store }: SessionParts) {
    this.#interruption = toInterruption(deps.signal);
    this.deps = { ...deps, signal: this.#interruption.signal };
    this.config = config;
    this.store = store;
    this.since = this.now();
  }

  now(): string {
    const ms = this.deps.clock.now();
    if (ms !== this.#lastMs) {
      this.#lastMs = ms;
      this.#lastNow = new Date(ms).toISOString();
    }
    return this.#lastNow;
  }

  id(prefix: string): string {
    return newId(this.deps, prefix);
  }

  /** Opens the billing system once; resolves its secrets. */
  billing(): Promise<BillingSystem> {
    this.#billing ??= openBilling(this);
    return this.#billing;
  }

  /** Opens a panel once; resolves its secrets. */
  panel(name: string): Promise<Panel> {
    let panel = this.#panels.get(name);
    if (!panel) {
      const config = findEntry(this.config.panels, name);
      if (!config) {
        return Promise.reject(unknownPanel(name, Object.keys(this.config.panels)));
      }
      panel = this.#openPanel(name, config);
      this.#panels.set(name, panel);
    }
    return panel;
  }

  async #openPanel(name: string, settings: PanelSettings): Promise<Panel> {
    const kind = this.deps.kinds.find((known) => known.kind === settings.kind);
    if (kind === undefined) throw new Error(`no kind ${settings.kind}`);
    const { timeZone, currency = null, products } = this.config;
    const own = Object.entries(products).filter(([, product]) => product.panel === name);
    return kind.open(
      { name, settings, timeZone: settings.timeZone ?? timeZone, currency, products: Object.fromEntries(own) },
      {
        ...this.deps,
        onCall: this.onCall,
        journal: this.store.actions,
      },
    );
  }

  /** Returns the kind of a configured panel. */
  findKind(name: string): PanelKind | undefined {
    const kind = findEntry(this.config.panels, name)?.kind;
    return this.deps.kinds.find((known) => known.kind === kind);
  }

  /** Adds a call to the API log. */
  readonly onCall = (event: CallEvent): void => {
    this.#takeClock(event);
    this.#noteFailure(event);
    this.#log(event);
  };

  /** Adds a call to a billing system to the API log; its clock confirms none of a panel. */
  readonly onBillingCall = (event: CallEvent): void => {
    this.#log(event);
  };

  /** Returns a panel's clock minus the local clock in milliseconds, by its last answer; null where unknown. */
  clockDifference(panel: string): number | null {
    return this.#clockDifferences.get(panel) ?? null;
  }

  /** Returns the last instant at which the local clock agreed with a panel's; null before the first. */
  agreedAt(): string | null {
    return this.#agreedAt;
  }

  /** Returns whether any panel has returned its time. */
  sawPanelClock(): boolean {
    return this.#clockDifferences.size > 0;
  }

  /** Returns whether any panel has answered. */
  wasAnswered(): boolean {
    return this.#answered;
  }

  /** Returns the panels that were called: null where a call succeeded, else the last failure. */
  panelFailures(): ReadonlyMap<string, string | null> {
    return this.#failures;
  }

  #noteFailure({ panel, ok, code, message }: CallEvent): void {
    if (ok) this.#failures.set(panel, null);
    else if (this.#failures.get(panel) !== null) this.#failures.set(panel, `${code ?? ''}: ${message ?? ''}`);
  }

  #takeClock({ panel, serverTime, status }: CallEvent): void {
    this.#answered ||= status !== null;
    if (serverTime === null) return;
    const difference = serverTime - this.deps.clock.now();
    this.#clockDifferences.set(panel, difference);
    if (Math.abs(difference) <= WRONG_CLOCK_MS) this.#agreedAt = this.now();
  }

  #log(event: CallEvent): void {
    const { at, panel, tag: service, endpoint, method, path, status, attempt, ok, code, message, changing } = event;
    const durationMs = Math.round(event.durationMs);
    this.logCall({
      at,
      panel,
      service,
      endpoint,
      method,
      path,
      durationMs,
      status,
      attempt,
      ok,
      code,
      message,
      changing,
    });
  }

  /** Adds a call to the API log. */
  logCall(call: Omit<ApiCallRecord, 'run'>): void {
    const message = call.message === null ? null : printable(call.message);
    this.#calls.push({ ...call, path: printable(call.path), message, run: this.runId });
    if (this.#calls.length < FLUSH_AT) return;
    this.#flushing = this.#flushing.then(() => this.#flush());
    // `flush` throws its error.
    this.#flushing.catch(() => undefined);
  }

  async #flush(): Promise<void> {
    const calls = this.#calls;
    this.#calls = [];
    if (calls.length === 0) return;
    await this.store.write((tables) => tables.apiCalls.add(calls));
    this.#blocks += 1;
  }

  /** Returns the buffered calls that are stored with another write. */
  #takeCalls(): ApiCallRecord[] {
    const [first] = this.#calls;
    const hasWaited = first !== undefined && this.deps.clock.now() - Date.parse(first.at) >= CALLS_WAIT_MS;
    return this.#calls.length >= CALLS_AT_ONCE || hasWaited ? this.#calls.splice(0) : [];
  }

  /**
   * Writes in a transaction, which fails if one of the leases was lost. Changes of holds and evidence also reach the file of open
   * holds; buffered calls may be stored along with it.
   */
  async write<T>(leases: HeldLease[], work: (tables: StoreTables) => Promise<T>): Promise<T> {
    const changes = { holds: false };
    const calls = this.#takeCalls();
    const result = await this.store
      .write(
        async (tables) => {
          if (calls.length > 0) await tables.apiCalls.add(calls);
          return work(
            watchHolds(tables, () => {
              changes.holds = true;
            }),
          );
        },
        { fences: leases },
      )
      .catch((error: unknown) => {
        this.#calls = [...calls, ...this.#calls];
        throw error;
      });
    if (calls.length > 0) this.#blocks += 1;
    if (changes.holds) this.#writeHoldsFile();
    return result;
  }

  #writeHoldsFile(): void {
    if (this.#holdsStale) return;
    this.#holdsStale = true;
    this.#afterHoldsFile(async () => {
      this.#holdsStale = false;
      await writeHoldsFile(this.store, this.deps.files, this.now());
    });
  }

  /** Updates the file of open holds, which may be out of date after a killed run. */
  refreshHoldsFile(): void {
    this.#afterHoldsFile(() => refreshHoldsFile(this.store, this.deps.files, this.now()));
  }

  #afterHoldsFile(work: () => Promise<void>): void {
    this.#holdsFile = this.#holdsFile.then(work);
    // `flush` throws its error.
    this.#holdsFile.catch(() => undefined);
  }

  /** Writes buffered calls and the file of open holds; throws the first error. */
  async flush(): Promise<void> {
    const pending = [this.#flushing.then(() => this.#flush()), this.#holdsFile];
    this.#flushing = Promise.resolve();
    this.#holdsFile = Promise.resolve();
    const results = await Promise.allSettled(pending);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /** Writes what is buffered and closes the panels and the billing system. The store stays open. */
  async end(): Promise<void> {
    try {
      await this.flush();
      const { runId } = this;
      if (runId !== null && this.#blocks > 1) await this.store.write((tables) => tables.apiCalls.join(runId));
    } finally {
      this.#interruption.end();
      const opened: (Promise<{ close: () => void }> | null)[] = [...this.#panels.values(), this.#billing];
      for (const each of opened) {
        void each?.then(
          (one) => {
            one.close();
          },
          () => undefined,
        );
      }
    }
  }
}

/** Returns a service; the error for an unknown one names the most similar id. */
export async function requireService(session: Session, id: string) {
  const service = await session.store.services.get(id);
  if (service) return service;
  const ids = await session.store.services.ids();
  const hint = suggestId(id, ids.slice(0, 2000).sort(compareIds));
  throw notFound('unknown_service', `There is no service "${id}"${hint}`, { service: id });
}

/** Refuses a service that is not this client's, as one that does not exist; undefined: any client's. */
export function refuseOtherClient(service: ServiceRecord, client: string | null | undefined): void {
  if (client === undefined || service.client === client) return;
  throw notFound('unknown_service', `There is no service "${service.id}"`, { service: service.id });
}
