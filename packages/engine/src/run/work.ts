import { printable } from '@sluice/panel-http/printable';
import type { Desired, ItemError, Observation, Panel, ProductSettings, Sharer, UsageAnswer } from '@sluice/panel-kind';
import type { Allowance, Decision, Mode, UsageBytes, WantedHold } from '@sluice/quota-core';
import type {
  ActionRecord,
  CycleRecord,
  EvidenceRecord,
  HeldLease,
  HoldRecord,
  OverrideRecord,
  PurchaseRecord,
  ServiceRecord,
} from '@sluice/state-store';
import type { Enforcement } from '../enforcement.js';
import type { Termination } from '../provision/termination.js';
import type { Session } from '../session.js';
import type { Remembered } from './checkpoint.js';

/** What all the work of one run on one panel shares. */
export interface RunOnPanel {
  session: Session;
  panel: Panel;
  /** Id of the run. */
  run: string;
  /** What of the panel the run may bring in line. */
  scope: Desired['scope'];
}

/** A run on one panel, with the leases that its writes are checked against. */
export interface FencedRun extends RunOnPanel {
  fences: HeldLease[];
}

/** One service on its way through a run: what is known of it, what was decided, what was done. */
export interface Work {
  service: ServiceRecord;
  product: ProductSettings;
  enforcement: Enforcement;
  override: OverrideRecord | null;
  mode: Mode;
  action: string;
  /** Newest recorded cycle before this run. */
  recorded: CycleRecord | null;
  /** The cycle in force; null when the service has none. */
  cycle: CycleRecord | null;
  /** A cycle that this run closes because a new one opens. */
  closing: CycleRecord | null;
  cycleIsNew: boolean;
  /** Recorded cycles that are forgotten: a run by a clock that was ahead opened them. */
  wrongCycles: CycleRecord[];
  purchases: PurchaseRecord[];
  allowance: Allowance | null;
  answer: UsageAnswer | null;
  /** Known usage inside the cycle, null when it was not readable. */
  usage: (UsageBytes & { at: string }) | null;
  decision: Decision | null;
  /** Open holds, kept up to date as the run opens and ends them. */
  holds: HoldRecord[];
  evidence: EvidenceRecord[];
  unsettled: ActionRecord[];
  /** Holds that this run begins and ends; under `observe` or in a dry run they are only shown. */
  opens: WantedHold[];
  closes: HoldRecord[];
  observation: Observation | null;
  /** Other services that stand on the same thing. */
  sharers: Sharer[];
  /** Services that may share with this one and could not be read; null as long as nobody has looked. */
  unread: string[] | null;
  /** Actions of this run, as journaled or (dry run) as they would be. */
  actions: ActionRecord[];
  drift: string[];
  /** What the panel's last look left behind, and what was journaled for the service since. */
  remembered: Remembered;
  /** A termination that was ordered and is not finished. */
  termination: Termination | null;
  /** A password was set, or may have been. */
  passwordSet: boolean;
  /** A command changed it since it was read: the run leaves it as it is. */
  changedMeanwhile: boolean;
  /** Why it is left out: its status, its due date, or `LEASED`. */
  skipped: string | null;
  error: ItemError | null;
  warnings: ItemError[];
  held: boolean;
  released: boolean;
}

/** Why a service is skipped that another run works on: the only reason that makes this run an incomplete one. */
export const LEASED = 'leased';

/** Keeps the first error of a service, its message as one line: the later ones mostly follow from it. */
export function fail(work: Pick<Work, 'error'>, error: ItemError): void {
  work.error ??= { code: error.code, message: printable(error.message) };
}

/** Types of journal rows that stand for a whole order (`provision:renew`), not for a change to the panel. */
export const ORDER_PREFIX = 'provision:';

export function isOrderRow(action: Pick<ActionRecord, 'type'>): boolean {
  return action.type.startsWith(ORDER_PREFIX);
}
