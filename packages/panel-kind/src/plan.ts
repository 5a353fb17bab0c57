import type { ActionRecord, ActionState, EvidenceRecord, HoldRecord, Mode, ServiceRecord } from '@sluice/quota-core';
import type { AgentBudget, RaiseRequest } from './budget.js';
import type { ItemError } from './errors.js';
import type { ProductSettings } from './settings.js';

/** A hold with the restriction that it requires. Adapters never read its reason. */
export type HoldInForce = HoldRecord & { restriction: string };

/** The state that a service should have on the panel. */
export interface TargetState {
  service: ServiceRecord;
  product: ProductSettings;
  /** Holds that restrict it now, oldest first. */
  holds: HoldInForce[];
  /** Open evidence of this service. */
  evidence: EvidenceRecord[];
  /** Whether a hold of its agent, not yet passed to the service, has disabled its account. Absent: false. */
  disabledForAgent?: boolean;
  /** What its account counts where the limits of agents count what is sold. Absent or null: not known, or they count otherwise. */
  countedBytes?: number | null;
  /** The restriction of the quota, from the product or an override. */
  action: string;
  /** The directions that count. */
  mode: Mode;
  /** Null where the quota on the panel stays as it is: none is configured, or the run could use no reading of the cycle. */
  allowance: {
    unlimited: boolean;
    allowedBytes: number | null;
    /** An operator has lifted it: by a release until a date, or by an unlimited override. */
    lifted?: boolean;
    /** What is sold while it is lifted; null or absent where that is not known. */
    soldBytes?: number | null;
  } | null;
  /**
   * The service has ended, and a limit that Sluice has lifted on the panel is set to `allowance` again; nothing else is changed. Absent:
   * false.
   */
  endsLift?: boolean;
  /**
   * Everything is given back to the panel: the limits of other tools that Sluice had overwritten count again, and none of Sluice may
   * stop the service. Absent: false.
   */
  givesBack?: boolean;
  /** Other services that use the same server, port, order or account. */
  sharers: Sharer[];
  /**
   * Services that may share with this one and could not be read. Null until those that were never read are read, which a plan
   * requests with `needsSharers`.
   */
  unread: string[] | null;
  /** What may be changed: `hold` the restrictions, `poll` the quota too, the others everything. */
  scope: 'hold' | 'poll' | 'reconcile' | 'command';
  /** The command about the account itself; null otherwise. */
  command: AccountCommand | null;
  /**
   * The open cycle; null where the service has none. The plan resets a counter that was not reset in it yet. `id` is another one
   * once its start has moved later, since usage counts from there.
   */
  cycle: { id: string; start: string; end: string; isNew: boolean; readAt: string | null } | null;
  /** Last reading of the account's counter, and its part in the open cycle; null before the first. */
  counted: { counterBytes: number; usedBytes: number } | null;
  timeZone: string;
  now: string;
  /** The checkpoint of the last run; null before the first. */
  checkpoint: unknown;
  /** What is known from the service that had the account before; null or absent once `checkpoint` describes the account. */
  former?: FormerHistory | null;
  /** The service's journal since then, including this run, oldest first. */
  recent: ActionRecord[];
}

/** What is known of an account from the service that had it before. */
export interface FormerHistory {
  /** Its last checkpoint. */
  checkpoint: unknown;
  /** Its journal since then, oldest first. */
  recent: ActionRecord[];
}

/** Another service that uses the same resource. */
export interface Sharer {
  service: ServiceRecord;
  /** The restriction of its quota. */
  action: string;
  /** Whether its product permits holds to restrict shared resources. */
  allowSharedPorts: boolean;
  /** Its open holds. */
  holds: HoldInForce[];
  /** Ids of the objects whose restrictions for it this run undoes. */
  restricted?: readonly string[];
  /** The shared resources, as `resources` returns them. */
  shared: string[];
}

/** Returns the ids of the sharers. */
export function sharerIds({ sharers }: Pick<TargetState, 'sharers'>): string[] {
  return sharers.map(({ service }) => service.id);
}

/**
 * Returns the local date at which a panel that counts down a term by itself ends an account: the due date, or the later end of the
 * service's protection. Null without a due date.
 */
export function findTermEnd({
  nextDueDate,
  protectedUntil,
}: Pick<ServiceRecord, 'nextDueDate' | 'protectedUntil'>): string | null {
  if (nextDueDate === null || protectedUntil === null) return nextDueDate;
  return nextDueDate < protectedUntil ? protectedUntil : nextDueDate;
}

/** The error of a service whose account is still restricted for one that has ended. */
export const RESTRICTED_FOR_ENDED = 'restricted_for_ended';

/**
 * Returns why an account can't be changed yet: those that share it have ended, and what restricts it for them ends with the next poll.
 * Null where nobody shares it, or a service that has not ended does.
 */
export function waitsForEnded({ service, sharers }: Pick<TargetState, 'service' | 'sharers'>): ItemError | null {
  const hasEnded = ({ status }: ServiceRecord): boolean => status === 'terminated' || status === 'vanished';
  if (sharers.length === 0 || hasEnded(service) || sharers.some((sharer) => !hasEnded(sharer.service))) return null;
  const message = `the account of "${service.id}" is still restricted for ${sharerIds({ sharers }).join(', ')}, which has ended: nothing was changed on it for "${service.id}" yet`;
  return { code: RESTRICTED_FOR_ENDED, message };
}

/** A command about the account itself. Renewals and changes of package need none: they change the target state. */
export type AccountCommand =
  /**
   * `adopt`: the operator confirms that an existing account belongs to the service. `ordered`: an order or a run asks for it, and no
   * operator, so that what a client may have typed proves nothing. `earlier`: the actions of interrupted
   * creations. `setPassword`: an account that they made gets the command's, since nobody knows for certain which it has.
   * `passwordFile`: the file with the password that it certainly has, of another command.
   */
  | {
      verb: 'create';
      adopt: boolean;
      ordered: boolean;
      setPassword: boolean;
      earlier?: readonly ActionRecord[];
      passwordFile?: string | null;
    }
  | { verb: 'change-password' }
  /** `earlier`: the actions of an interrupted creation, which may have made an account that is not known to be the service's. */
  | { verb: 'terminate'; earlier?: readonly ActionRecord[] }
  /** The account is to be active, although somebody else suspended it. */
  | { verb: 'unsuspend' }
  | ({ verb: 'did' } & DidCommand);

/** A command about one number of a line. */
export interface DidCommand {
  operation: 'link' | 'unlink' | 'set' | 'suspend' | 'unsuspend' | 'release';
  /** In its canonical form. */
  number: string;
  /** Of a number that has to be created: id, name or code. */
  carrier?: string | undefined;
  channels?: number | undefined;
  /** The area code that it was checked against. */
  areaCode?: string | undefined;
  /** The billing system's product addon that the number is for: one with another addon's reference is refused. */
  addon?: string | undefined;
  /** Fields to set, by the names of the record; of a link only `destination`. */
  values?: Readonly<Record<string, unknown>> | undefined;
}

/** One planned change to a panel. */
export interface Step {
  /** Unique within its plan; only steps that others need have one. */
  id?: string;
  /** Ids of steps that must succeed before this one. */
  needs?: string[];
  /** Shown in dry runs only: it is planned again once the steps before it are done (`again`). */
  later?: boolean;
  type: string;
  /** The panel's id of what is changed. */
  target: string;
  /** The hold that it enforces, or whose evidence it undoes. */
  hold: string | null;
  /** The state before the change. */
  prior: unknown;
  /** What the adapter needs to perform it; no secrets. */
  payload: unknown;
  /** Evidence rows that end when this step is done. */
  ends: string[];
  /** Evidence that begins when this step is done. */
  begins: { kind: string; target: string; prior: unknown } | null;
  /** Whether it needs the password of the command. */
  needsPassword?: boolean;
  /** What it needs of the budget of an agent, so that a preview can refuse it as the run would. */
  raises?: RaiseRequest;
}

/** A value on the panel that is not as Sluice left it, or read it last. */
export interface ForeignChange {
  /** The object, with the value where it has several: `port 7001 (eth0)`, `the quota of user "anna"`. */
  object: string;
  /** What it was after the last change of Sluice, or at the last reading: `disabled by Sluice`, `50 GB`. */
  was: string;
  /** What it is now. */
  is: string;
  /**
   * Whether it was different at the last reading. Null where the adapter does not know that: such an object restricts a service that
   * is not held, and counts as changed if an earlier run found the service without a restriction.
   */
  isNew: boolean | null;
  /** What `stops` or a notice say of it, where `isNew` is null. */
  text?: string;
}

/** The steps to the target state, and what can't be or needs not be changed. */
export interface Plan {
  steps: Step[];
  problems: ItemError[];
  /** Evidence that ends without a call, and its outcome. */
  endedEvidence: { evidence: string; outcome: 'undone' | 'dropped' }[];
  /** Evidence that moves to another open hold, of this service or of one that shares the target. */
  moves: { evidence: string; hold: string }[];
  /** Descriptions of the differences between target state and observation. */
  drift: string[];
  /** What others have changed, other than by the panel's own rules; absent for nothing. */
  byOthers?: ForeignChange[];
  /** Descriptions of what else stops the service on the panel after these steps, other than our holds. A release may fail by one. */
  stops?: string[];
  /** Whether they stop only a part of it. */
  stopsPart?: true;
  /** The same before these steps, for a run that does not carry them out; absent where they change nothing of it. */
  stopsNow?: string[];
  /** Whether more steps follow after these steps and another observation. */
  again?: boolean;
  /** A step restricts something that services that were never read might share: read those first, then plan again. */
  needsSharers?: boolean;
  /**
   * Counts for the brake without a hold that starts or ends: quota, speed, channels or expiry falls, a line's plan changes, or an
   * account is created or removed.
   */
  counts?: boolean;
  /** Refs to store as Sluice's own (null: removed), without a call. */
  refs?: Record<string, string | null>;
  /** Whether the object that `refs` name has the service's own reference: another one that names it by username has no claim. */
  hasReference?: boolean;
  /** Notices for the operator, each reported once per key; `hold`: the open hold of another service that it is about. */
  notices?: { code: string; key: string; message: string; hold?: string }[];
  /** Notices of earlier plans of which this observation does not show whether they still hold: their alarms do not end. */
  unseen?: { code: string; message: string }[];
}

/** How one step ended, after the panel was read again. */
export interface StepOutcome {
  state: ActionState;
  observed: unknown;
  error: ItemError | null;
  /** Refs that the step found or created (null: removed), stored with the outcome. */
  refs?: Record<string, string | null>;
  /** Evidence known only after the step; replaces the step's own `begins`. */
  begins?: { kind: string; target: string; prior: unknown }[];
  /**
   * The account's counters were zeroed; the values directly before, null where unknown. `shown`, where the outcome was found by
   * reading: what they show since.
   */
  zeroed?: {
    at: string;
    inBytes: number | null;
    outBytes: number | null;
    shown?: { inBytes: number; outBytes: number };
  };
  /**
   * Others have changed meanwhile what the step was planned from: it was left out, or more is to be done than was planned. The service is
   * observed and planned again; steps that need this one wait for that plan.
   */
  again?: true;
  /** A number that the service has since the step, or does not have any more. */
  number?: PassedNumber;
}

/** A number that a line got, or gave up. */
export interface PassedNumber {
  /** E.164. */
  number: string;
  has: boolean;
}

/** Hooks around a changing call. */
export interface ApplyContext {
  signal: AbortSignal;
  /**
   * Awaited directly before the panel is called. `begins`: the evidence by what was read before the call; it replaces the step's own,
   * also where the outcome is found out later.
   */
  calling: (begins?: Step['begins']) => Promise<void>;
  /** Journals a change that the panel accepted and does not show yet. */
  accepted: (observed: unknown) => Promise<void>;
  /** Reads the service's earlier actions on the target of the step, oldest first. */
  earlier: () => Promise<ActionRecord[]>;
  /** The new password; never journaled. */
  password: string | null;
  /** Budget of the panel's agents; absent on panels without agents. */
  budget?: AgentBudget;
  known?: ListKnown;
}

/** Lists all services of a panel that have not ended, from which an adapter sees whether an object is gone or only hidden. */
export type ListKnown = () => Promise<readonly ServiceRecord[]>;

/** What a panel shows of one service; `error` where it could not be read or understood. */
export interface Observation<State = unknown> {
  service: string;
  at: string;
  state: State | null;
  error: ItemError | null;
  /** Shows only whether something has to be done: before any change, observe again with `refresh`. */
  partial?: boolean;
}

/** What may have to be undone for a service. */
export interface OpenRows {
  evidence: readonly EvidenceRecord[];
  unresolved: readonly ActionRecord[];
}

/** How services are observed. */
export interface ObserveOptions {
  scope: TargetState['scope'];
  /** Read again instead of using the snapshot. */
  refresh: boolean;
  /** The command that the observation is for. */
  command?: AccountCommand | null | undefined;
  /** Open evidence and unresolved actions, by service: their targets are observed although the service may have others now. */
  open?: ReadonlyMap<string, OpenRows>;
  /** The checkpoint of the only service, where it is read again: what it knows of must not count as gone. */
  checkpoint?: unknown;
  known?: ListKnown;
}
