import type { BillingSystem } from '@sluice/contract/ports';
import type { CallEvent } from '@sluice/panel-http';
import { newId, type Panel, type PanelKind, type PanelSettings } from '@sluice/panel-kind';
import type { ApiCallRecord, HeldLease, StateStore, StoreTables, WriteOptions } from '@sluice/state-store';
import { findEntry } from '../base/config/find-entry.js';
import { removedPanel } from '../base/config/find-panel.js';
import type { Config } from '../base/config/schema.js';
import type { MovedError } from '../base/errors.js';
import { type Interruption, toInterruption } from '../base/interruption.js';
import { ApiLog } from './api-log.js';
import type { Dependencies } from './dependencies.js';
import { HoldsFileWriter, watchHolds } from './holds-file.js';
import { type Moment, moment, PanelAnswers } from './panel-answers.js';
import type { Rename } from './panel-addresses.js';
import type { Ports } from './ports.js';
import { sharedPace } from './shared-pace.js';

/** Parts of a context. */
export interface ContextParts {
  deps: Dependencies;
  config: Config;
  store: StateStore;
  ports: Ports<Context>;
  /** Panels that have their stored names in `config`, and other ones in the file; default none. */
  renames?: readonly Rename[];
}

/** State of one call of the engine: config, store, what is opened on demand, the API log. `end` stores what is buffered. */
export class Context {
  readonly deps: Dependencies;
  readonly config: Config;
  readonly store: StateStore;
  readonly ports: Ports<Context>;
  /** Panels that have their stored names in `config`, and other ones in the file. */
  readonly renames: readonly Rename[];
  /** When it started. */
  readonly since: string;
  /** The same moment, to notice a clock that was set since. */
  readonly start: Moment;
  /** Whether this store may change each panel, asked before the first change in the context. */
  readonly changing = new Map<string, Promise<MovedError | null>>();
  /** Runs that are under way in it: one, and those that it makes. */
  openRuns = 0;
  readonly #panels: OpenPanels;
  readonly #answers: PanelAnswers;
  readonly #apiLog: ApiLog;
  readonly #holdsFile: HoldsFileWriter;
  readonly #interruption: Interruption;
  #billing: Promise<BillingSystem> | null = null;
  #lastMs: number | null = null;
  #lastNow = '';

  constructor({ deps, config, store, ports, renames = [] }: ContextParts) {
    this.#interruption = toInterruption(deps.signal);
    this.deps = { ...deps, signal: this.#interruption.signal };
    this.config = config;
    this.store = store;
    this.ports = ports;
    this.renames = renames;
    this.#apiLog = new ApiLog(store, () => deps.clock.now());
    this.#answers = new PanelAnswers(deps.clock);
    this.#holdsFile = new HoldsFileWriter(store, { files: deps.files, folder: config.stateFolder }, () => this.now());
    this.#panels = new OpenPanels({ deps: this.deps, config, store, onCall: this.onCall });
    this.since = this.now();
    this.start = moment(this);
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

  /** Id of the run that requests belong to. */
  get runId(): string | null {
    return this.#apiLog.runId;
  }

  set runId(id: string | null) {
    this.#apiLog.runId = id;
  }

  /** Opens the billing system once; resolves its secrets. */
  billing(): Promise<BillingSystem> {
    this.#billing ??= this.ports.openBilling(this);
    return this.#billing;
  }

  /** Opens a panel once; resolves its secrets. */
  panel(name: string): Promise<Panel> {
    return this.#panels.open(name);
  }

  /** Returns the kind of a configured panel. */
  findKind(name: string): PanelKind | undefined {
    return this.#panels.findKind(name);
  }

  /** Adds a request to a panel to the API log. */
  readonly onCall = (event: CallEvent): void => {
    this.#answers.add(event);
    this.#apiLog.addEvent(event);
  };

  /** Adds a request to a billing system to the API log; its clock confirms none of a panel. */
  readonly onBillingCall = (event: CallEvent): void => {
    this.#apiLog.addEvent(event);
  };

  /** Adds a request to the API log. */
  logCall(request: Omit<ApiCallRecord, 'run'>): void {
    this.#apiLog.add(request);
  }

  /** Returns a panel's clock minus the local clock in milliseconds, by its last answer; null where unknown. */
  clockDifference(panel: string): number | null {
    return this.#answers.clockDifference(panel);
  }

  /** Returns the last instant at which the local clock agreed with a panel's; null before the first. */
  agreedAt(): string | null {
    return this.#answers.agreedAt();
  }

  /** Returns whether any panel has returned its time. */
  sawPanelClock(): boolean {
    return this.#answers.sawClock();
  }

  /** Returns whether any panel has answered. */
  wasAnswered(): boolean {
    return this.#answers.wasAnswered();
  }

  /** Returns the panels that were called: null where a request succeeded, else the last failure. */
  panelFailures(): ReadonlyMap<string, string | null> {
    return this.#answers.failures();
  }

  /**
   * Writes in a transaction, which fails if one of the leases was lost. Changes of holds and evidence also reach the file of open
   * holds; buffered requests may be stored along with it. One that is not `durable` is so with the next one that is.
   */
  async write<T>(
    leases: HeldLease[],
    work: (tables: StoreTables) => Promise<T>,
    { durable = true }: Pick<WriteOptions, 'durable'> = {},
  ): Promise<T> {
    const changes = { holds: false };
    const onChange = (): void => {
      changes.holds = true;
    };
    const result = await this.#apiLog.writeAlong((addRequests) =>
      this.store.write(
        async (tables) => {
          await addRequests(tables);
          return work(watchHolds(tables, onChange));
        },
        { fences: leases, durable },
      ),
    );
    if (changes.holds) this.#holdsFile.write();
    return result;
  }

  /** Updates the file of open holds, which may be out of date after a killed run. */
  refreshHoldsFile(): void {
    this.#holdsFile.refresh();
  }

  /** Writes buffered requests and the file of open holds; throws the first error. */
  async flush(): Promise<void> {
    const results = await Promise.allSettled([this.#apiLog.flush(), this.#holdsFile.flush()]);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /** Writes what is buffered and closes the panels and the billing system. The store stays open. */
  async end(): Promise<void> {
    try {
      await this.flush();
      await this.#apiLog.join();
    } finally {
      this.#interruption.end();
      const opened: (Promise<{ close: () => void }> | null)[] = [...this.#panels.list(), this.#billing];
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

/** What panels are opened with. */
interface PanelParts {
  deps: Dependencies;
  config: Config;
  store: StateStore;
  onCall: (event: CallEvent) => void;
}

/** The panels of one context, each opened on demand and once. */
class OpenPanels {
  readonly #parts: PanelParts;
  readonly #opened = new Map<string, Promise<Panel>>();

  constructor(parts: PanelParts) {
    this.#parts = parts;
  }

  /** Opens a panel; resolves its secrets. */
  open(name: string): Promise<Panel> {
    const known = this.#opened.get(name);
    if (known !== undefined) return known;
    const { panels } = this.#parts.config;
    const settings = findEntry(panels, name);
    if (settings === undefined) return Promise.reject(removedPanel(name, Object.keys(panels)));
    const panel = this.#open(name, settings);
    this.#opened.set(name, panel);
    return panel;
  }

  async #open(name: string, settings: PanelSettings): Promise<Panel> {
    const { deps, config, store, onCall } = this.#parts;
    const kind = this.findKind(name);
    if (kind === undefined) throw new Error(`no kind ${settings.kind}`);
    const { timeZone, currency = null, products } = config;
    const own = Object.entries(products).filter(([, product]) => product.panel === name);
    return kind.open(
      { name, settings, timeZone: settings.timeZone ?? timeZone, currency, products: Object.fromEntries(own) },
      {
        ...deps,
        onCall,
        journal: store.actions,
        admit: sharedPace(store, { panel: name, settings, clock: deps.clock }),
      },
    );
  }

  /** Returns the kind of a configured panel. */
  findKind(name: string): PanelKind | undefined {
    const { deps, config } = this.#parts;
    const kind = findEntry(config.panels, name)?.kind;
    return deps.kinds.find((known) => known.kind === kind);
  }

  /** Returns what was opened, to be closed. */
  list(): Promise<Panel>[] {
    return [...this.#opened.values()];
  }
}
