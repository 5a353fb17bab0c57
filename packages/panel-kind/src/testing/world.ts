import type { SuiteSluice } from './engine.js';

/** A clock that moves only on request; the suite makes one for each world. */
export interface SuiteClock {
  readonly now: () => number;
  advance(ms: number): void;
  set(instant: number | string): void;
}

/** A service of the suite with its refs; where Sluice creates accounts, they are those of its account. */
export interface SuiteService {
  id: string;
  product: string;
  refs: Record<string, string>;
}

/** How the allowance of a limited product is raised or renewed, so that its hold ends. */
export type ReleaseWay =
  /** An override allows 1000 GB. */
  | 'raise'
  /** The next billing cycle begins. */
  | 'cycle'
  /** The next day begins: for limits of a day. */
  | 'day';

/** A product with a limit. */
export interface LimitedProduct {
  /** Its name in the config. */
  name: string;
  releases: readonly ReleaseWay[];
}

/** A way in which a call can fail. */
export interface FailingWay {
  name: string;
  /** Whether the call gets no answer, so that its sender waits until its time-out. */
  hangs?: boolean;
}

/** The connection to the panel. */
export interface CallPort {
  /** Number of calls so far. */
  calls(): number;
  /** Number of calls so far that ask for a change. */
  changes(): number;
  /** Lets the n-th call from now on (the next is 0) fail in this way; all others succeed. */
  fail(way: string, n: number): void;
  /** Cuts the n-th call from now on before or after the panel does its work, and all later ones before. */
  cut(n: number, when: 'before' | 'after'): void;
  /** Ends all failures. */
  readonly heal: () => void;
  /** Calls the listener when a call arrives, before the panel does its work. Returns a function that ends this. */
  onCall(listener: (call: { changing: boolean }) => void): () => void;
}

/** What people can do to the objects of a service on the panel, where that is possible there. */
export type StaffAct =
  /** Removes them. */
  | 'remove'
  /** Their ids become those of another customer's objects, which work. */
  | 'replace'
  /** Sets the figures of its usage to 0. */
  | 'reset-usage'
  /** Changes what a reconcile repairs. */
  | 'damage';

/** A command or run whose calls fail and whose process is killed. */
export interface SuiteOperation<Sluice extends SuiteSluice = SuiteSluice> {
  /** What comes before it, undisturbed. `service` is the first one, with an account unless `withoutAccount`. */
  setUp?(sluice: Sluice, service: SuiteService, world: PanelWorld): Promise<void>;
  readonly run: (sluice: Sluice, service: SuiteService) => Promise<{ run: { outcome: string } }>;
  /** Reverses it, as an operator may do after a process was killed. Absent where nothing does. */
  readonly reverse?: (sluice: Sluice, service: SuiteService) => Promise<{ run: { outcome: string } }>;
  /** Product of the service; the first limited one by default. */
  product?: string;
  withoutAccount?: boolean;
}

/** The worlds of a kind: what they have in common, and how one is opened. The maker of a kind writes them. */
export interface PanelWorlds<Sluice extends SuiteSluice = SuiteSluice> {
  /** Products whose limit `exceed` exceeds; the first is that of most stories. */
  readonly limited: readonly LimitedProduct[];
  /** A product for changes of package. Absent where there is no account to change. */
  readonly package?: string;
  readonly ways: readonly FailingWay[];
  /** Ways in which the usage of a service can't be read, as `spoil` accepts them. */
  readonly unreadable: readonly string[];
  readonly staffActs: readonly StaffAct[];
  /**
   * Until which call of a run Sluice sees what staff stop before it stops the same: its last read before the change, or the change
   * itself. Absent where it can't know.
   */
  readonly stopsMeanwhile?: 'until-read' | 'until-change';
  /** Whether the password of an account stays the one that it was created with. */
  readonly fixedPasswords?: boolean;
  /** Whether customers can free what is restricted: then it is restricted again however often, and never left to staff. */
  readonly customersFree?: boolean;
  /** Whether a run that is killed, or of which a call fails, may leave something harmless until the next reconcile removes it. */
  readonly leavesToReconcile?: boolean;
  /** Commands and runs of this kind alone that are disturbed as the others are. */
  readonly operations?: Readonly<Record<string, SuiteOperation<Sluice>>>;
  /** Opens a new panel by a clock that stands on 20 November 2026, 12:00 UTC; services are billed monthly on the 15th. */
  open(clock: SuiteClock): Promise<PanelWorld>;
}

/**
 * A panel of a kind, real or fake. Sluice has two services on it; somebody else has objects there too. Its members may be called at
 * any time.
 */
export interface PanelWorld {
  /**
   * Returns the values of the config: `panels` with one panel, `products`, and what else they need. `timeout` is that of the panel's
   * calls: it is short where a call gets no answer.
   */
  config(timeout: string): Record<string, unknown> & { panels: Record<string, Record<string, unknown>> };
  /**
   * Returns the columns of the n-th service (1, 2), beside panel, product and due date. Puts its objects on the panel, unless Sluice
   * creates accounts there.
   */
  addService(n: number): Record<string, string>;
  /** Adds what a customer has on a new account. */
  furnish?(service: SuiteService): void;
  /** Uses more than the product allows until its next window. */
  exceed(service: SuiteService): void;
  /** Does what the panel does by itself with time, up to the clock's. Absent where it does nothing. */
  passDays?(): void;
  /** Returns which objects of a service work, comparable. */
  running(service: SuiteService): unknown;
  /** Returns whether the service is restricted as by its holds. */
  isRestricted(service: SuiteService): boolean;
  /** Returns the objects that no service of Sluice has, comparable. */
  foreign(): unknown;
  /** Returns the whole panel, comparable between two worlds: without ids, names and times that differ from run to run. */
  state(): unknown;
  /** Returns changes that the panel was asked for again although they were made. Absent where repeats have no effect at all. */
  repeated?(): string[];
  /** Returns how many changes have taken effect: as many after a failure as without one. Absent where the panel keeps no record. */
  effects?(): number;
  readonly port: CallPort;
  /** Stops an object of the service, as staff do; false where it is stopped already. */
  stop(service: SuiteService): boolean;
  /** Starts everything that Sluice has stopped of the service, as staff do. */
  free(service: SuiteService): void | Promise<void>;
  act(act: StaffAct, service: SuiteService): void;
  /** Makes the usage of the service unreadable until `honest` is called. */
  spoil(service: SuiteService, how: string): void;
  honest(): void;
  close(): Promise<void>;
}
