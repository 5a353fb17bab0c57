import type { RunReport } from '@sluice/contract/documents';
import type { ItemError } from '@sluice/panel-kind';
import type { FingerprintRecord, ServiceRecord } from '@sluice/state-store';
import type { Context } from '../context/context.js';
import type { Enforcements } from '../context/enforcement.js';
import type { Leases, OtherLeases } from '../context/leases.js';
import type { Moment } from '../context/panel-answers.js';
import type { Notice } from '../kernel/run/notice.js';
import type { RunResults, Treatment } from '../kernel/run/report.js';
import type { Advance, RunRequest } from '../kernel/run/run-request.js';
import type { Applied, Decided, GivenAway, Loaded, Planned, RunOnPanel } from '../kernel/subject/stages.js';
import type { ReadingCount } from './plausible.js';
import type { CountedChange } from './brake.js';
import type { DueServices } from './due.js';
import type { NotesUnchanged, Readings } from './repeated.js';

/** State of the run over one panel. */
export interface PanelRun extends RunOnPanel {
  readonly request: RunRequest;
  readonly leases: Leases;
  readonly report: RunReport;
  readonly results: RunResults;
  readonly advance: Advance;
  /** The only service that the run is over; null: all of the panel. */
  readonly only: ServiceRecord | null;
  readonly enforcements: Enforcements;
  /** Services that have ended, with their evidence that ends in this run. */
  ended?: GivenAway;
  /** What services are sold that have ended, and whose lifted limit on the panel ends in this run. */
  lowered?: RunOnPanel['lowered'];
  /** Services that need more than a reading: held, to be held or released, in doubt, or to be observed. */
  readonly open: Decided[];
  /** Services that a command has changed while the run read them. */
  readonly left: Applied[];
  /** What operators are notified of at the end, besides what follows from the decisions. */
  readonly notices: Notice[];
  /** Active services of the panel, and those that a part has work for, for the brake. */
  active: number;
  /** Services with a reading, and those whose reading failed. */
  read: number;
  unread: number;
  /** Why the list that services are read from was ignored; null where it was not. */
  ignored: ItemError | null;
  /** Services that a reading would hold that is too high to be used; they count for the brake. */
  readonly doubted: Set<string>;
  observing: boolean;
  /** Cycles whose readings had fallen before, as an operator knows who allows mass changes. */
  readonly fallen: ReadonlySet<string>;
  /** What is due, where only that is read; null where all services are. */
  readonly due: DueServices | null;
  /** What runs that read only what is due have changed within the time between two polls. */
  earlier: readonly CountedChange[];
  readonly fingerprint: FingerprintRecord | null;
  readonly count: ReadingCount;
  /** Null where each reading is written: of a single service, and in a dry run. */
  readonly readings: Readings | null;
  /** Those that are left as they were; null where the run decides on each. */
  compliant: NotesUnchanged | null;
  readonly start: Moment;
  /** Services with alarms at the start. */
  readonly alarmed: ReadonlySet<string>;
  /** Those that are stopped without a hold of their own, and observed until that ends. */
  readonly stoppedByPanel: ReadonlySet<string>;
  /** Services that other runs worked on at the start. */
  readonly leasesAtStart: OtherLeases;
}

/** How the run treats each service: what is only previewed, and what is under `observe`. */
export type ToTreatment = (work: Pick<Applied, 'enforcement'>) => Treatment;

/** What a feature does in the run over one panel. Each hook returns the services as the run goes on with them. */
export interface PartHooks {
  /** Called with each page of services, before they are read. */
  afterLoad?(loaded: readonly Loaded[]): Promise<readonly Loaded[]>;
  /** Returns whether a client would be charged by a reading: like one that begins a hold, it waits to be confirmed if it is a jump. */
  wouldCharge?(decided: Decided): boolean;
  /** Called with each service once its holds are decided; `more` keeps it for the rest of the run. */
  afterDecide?(decided: Decided): Decided;
  /** Called once all pages are read, before it is stored which services later runs leave as they are. */
  afterPages?(): Promise<void>;
  /** Called once, with the services that need more than a reading. */
  beforePlan?(open: readonly Decided[]): Promise<readonly Decided[]>;
  afterPlan?(planned: readonly Planned[]): Promise<readonly Planned[]>;
  /** Called before the first change; `stopped`: nothing will be changed. */
  afterBrake?(planned: readonly Planned[], verdict: { readonly stopped: boolean }): Promise<readonly Planned[]>;
  afterApply?(applied: readonly Applied[], treatment: ToTreatment): Promise<readonly Applied[]>;
  /** Called with services that the run has finished, page by page and at the end. */
  finished?(subjects: readonly Applied[]): void;
  /** Called once everything about the services is stored. */
  end?(verdict: { readonly stopped: boolean }): Promise<void>;
}

/** The part of a feature in runs over panels. One that has nothing to do in a run is not loaded. */
export interface RunPart {
  /** Whether it does nothing for services that need no more than a reading, and that a run before decided on. */
  readonly isQuiet?: true;
  /** Returns whether it may have something to do in the run over a panel, by what is cheap to know. */
  wants(run: PanelRun): boolean | Promise<boolean>;
  /** Loads it, and does what comes before the services are loaded. */
  begin(run: PanelRun): Promise<PartHooks>;
  /** Returns the panels that a run is over although no service is on them. */
  panels?(context: Context, request: RunRequest): Promise<readonly string[]>;
}

/** A run over panels that is done with them, with its document. */
export interface EndedRun {
  readonly context: Context;
  readonly request: RunRequest;
  readonly report: RunReport;
}

/** What a feature does after the panels of each run. An error in it fails the run; its services are still reported. */
export interface RunDuty {
  wants(run: EndedRun): boolean | Promise<boolean>;
  end(run: EndedRun): Promise<void>;
}

/** What features do in runs and after them, in this order. */
export interface RunParts {
  readonly parts: readonly RunPart[];
  readonly duties: readonly RunDuty[];
  /** Called once the run and its outcome are stored. Nothing in it fails the run. */
  news(run: EndedRun): Promise<void>;
}

/** The hooks of all parts of a run over one panel. */
export type RunHooks = Required<PartHooks> & { /** Whether all of them are quiet. */ readonly areQuiet: boolean };

/** Begins the parts that have something to do in the run over one panel, and returns their hooks as one, in their order. */
export async function beginParts(run: PanelRun, parts: readonly RunPart[]): Promise<RunHooks> {
  const started: PartHooks[] = [];
  let areQuiet = true;
  for (const part of parts) {
    if (!(await part.wants(run))) continue;
    started.push(await part.begin(run));
    areQuiet &&= part.isQuiet === true;
  }
  return {
    areQuiet,
    async afterLoad(loaded) {
      let current = loaded;
      for (const part of started) current = (await part.afterLoad?.(current)) ?? current;
      return current;
    },
    wouldCharge: (decided) => started.some((part) => part.wouldCharge?.(decided) === true),
    afterDecide: (decided) => started.reduce((work, part) => part.afterDecide?.(work) ?? work, decided),
    async afterPages() {
      for (const part of started) await part.afterPages?.();
    },
    async beforePlan(open) {
      let current = open;
      for (const part of started) current = (await part.beforePlan?.(current)) ?? current;
      return current;
    },
    async afterPlan(planned) {
      let current = planned;
      for (const part of started) current = (await part.afterPlan?.(current)) ?? current;
      return current;
    },
    async afterBrake(planned, verdict) {
      let current = planned;
      for (const part of started) current = (await part.afterBrake?.(current, verdict)) ?? current;
      return current;
    },
    async afterApply(applied, treatment) {
      let current = applied;
      for (const part of started) current = (await part.afterApply?.(current, treatment)) ?? current;
      return current;
    },
    finished(subjects) {
      for (const part of started) part.finished?.(subjects);
    },
    async end(verdict) {
      for (const part of started) await part.end?.(verdict);
    },
  };
}
