import { IN_PROGRESS_MS, type NamedAction, type Step } from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/quota-core';
import type { FlvxStep } from '../plan/step.js';
import type { ParkReason } from './history.js';
import type { StepNotes, StepRecord } from './record-step.js';

/** What the journal stores for a step in addition to type, target and prior state. */
export interface StepPayload extends StepNotes {
  id: string;
  payload: FlvxStep['payload'];
  /** Evidence that begins when the step is done. One step may close and throttle at once. */
  begins: NonNullable<Step['begins']>[];
  parks: ParkReason | null;
  cycle: string | null;
  /** Name of the tunnel that the step is about, where it is known. */
  tunnel?: string;
  /** How far the panel's clock was ahead of the local one (ms); absent for less than a second. */
  clockAhead?: number;
}

/** Returns the account step of a planned step. */
export function toFlvxStep(step: Pick<Step, 'type' | 'target' | 'prior' | 'payload'>): FlvxStep {
  const { id, payload } = step.payload as StepPayload;
  // Steps are journaled with exactly these members.
  return { id, type: step.type, target: step.target, payload, prior: step.prior, needs: [] } as unknown as FlvxStep;
}

/** Returns the stored payload of an action; null for a row of another form. */
export function parsePayload(action: Pick<ActionRecord, 'payload'>): StepPayload | null {
  const { payload } = (action.payload ?? {}) as { payload?: Partial<StepPayload> | null };
  return typeof payload?.id === 'string' && payload.payload !== undefined ? (payload as StepPayload) : null;
}

/** Returns the account step of a journaled action; null for a row of another form. */
export function parseStep(action: ActionRecord): FlvxStep | null {
  const payload = parsePayload(action);
  return payload && toFlvxStep({ ...action, payload });
}

/** Returns the account steps that a journal has, oldest first; rows of another form are left out. */
export function toStepRecords(rows: readonly ActionRecord[]): StepRecord[] {
  return rows.flatMap((row) => {
    const step = parseStep(row);
    if (step === null) return [];
    const done = row.state === 'applied' || row.state === 'unneeded';
    return [
      {
        step,
        done,
        sent: row.calledAt !== null,
        notes: parsePayload(row),
        ...toSpan(row),
        ...toZeroed(row),
        ...toMayRun(row),
        ...toRestarted(row),
      },
    ];
  });
}

/** Returns while a call was made. One that was resolved by a reading has an end much later. */
function toSpan(row: ActionRecord): Pick<StepRecord, 'at'> {
  const { calledAt, endedAt } = row;
  if (calledAt === null) return {};
  const { clockAhead = 0 } = parsePayload(row) ?? {};
  const from = Date.parse(calledAt) + clockAhead;
  return { at: { from, until: Math.min(Date.parse(endedAt ?? calledAt) + clockAhead, from + IN_PROGRESS_MS) } };
}

function toZeroed({ type, observed }: ActionRecord): Pick<StepRecord, 'zeroed'> {
  const { zeroed } = (observed ?? {}) as Pick<StepRecord, 'zeroed'>;
  return type !== 'reset-user' || zeroed === undefined ? {} : { zeroed };
}

function toMayRun({ type, observed }: ActionRecord): Pick<StepRecord, 'mayRun'> {
  const { mayRun } = (observed ?? {}) as Pick<StepRecord, 'mayRun'>;
  return type !== 'pause-forward' || mayRun === undefined ? {} : { mayRun };
}

function toRestarted({ type, observed }: ActionRecord): Pick<StepRecord, 'restarted'> {
  const { restarted } = (observed ?? {}) as Pick<StepRecord, 'restarted'>;
  return type !== 'redeploy-forwards' || restarted === undefined ? {} : { restarted };
}

/** Returns the name of a change for operators: `close tunnel 1 (de-1)`, `pause forward web (7)`. */
export function nameAction(action: NamedAction): string {
  const stored = parsePayload({ payload: { payload: action.payload } });
  if (stored === null) return `${action.type.replaceAll('-', ' ')} ${action.target}`;
  const step = toFlvxStep({ ...action, payload: stored });
  return nameStep(step, stored.tunnel === undefined ? '' : ` (${stored.tunnel})`);
}

function nameStep(step: FlvxStep, tunnel: string): string {
  const { target } = step;
  switch (step.type) {
    case 'create-user':
      return `create user ${target}`;
    case 'update-user':
      return `update user ${step.prior.user.name} (${target})${listChanges(step.payload)}`;
    case 'reset-user':
      return `zero the counters of user ${target}`;
    case 'delete-user':
      return `delete user ${step.prior.name} (${target})`;
    case 'assign-tunnel':
      return `${tunnelVerb(step.prior, step.payload.values)} tunnel ${target}${tunnel}`;
    case 'remove-tunnel':
      return `remove tunnel ${target}${tunnel}`;
    case 'redeploy-forwards':
      return `redeploy the forwards of tunnel ${target}${tunnel}`;
    case 'create-speed-limit':
      return `create speed limit ${target}`;
    case 'delete-speed-limit':
      return `delete speed limit ${step.prior.name} (${target})`;
    default:
      return `${step.type.split('-')[0] ?? ''} forward ${step.prior.name} (${target})`;
  }
}

function tunnelVerb(prior: { status: number } | null, { status }: { status?: number }): string {
  if (prior === null) return 'assign';
  if (status === undefined || status === prior.status) return 'change';
  return status === 1 ? 'open' : 'close';
}

const WORDS: Record<string, string> = {
  name: 'name',
  status: 'status',
  quota: 'quota',
  expiresAt: 'expiry',
  maxForwards: 'number of forwards',
  resetDay: 'day of reset',
};

function listChanges({ changes, setsPassword }: { changes: object; setsPassword: boolean }): string {
  const words = [...Object.keys(changes).map((key) => WORDS[key] ?? key), ...(setsPassword ? ['password'] : [])];
  return words.length === 0 ? '' : `: ${words.join(', ')}`;
}
