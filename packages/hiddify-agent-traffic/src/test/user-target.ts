import type { HoldInForce, Observation, Plan, ProductSettings, Sharer, TargetState } from '@sluice/panel-kind';
import type { EvidenceRecord, ServiceRecord } from '@sluice/quota-core';
import { type HiddifyUser, SELF } from '../client/records.js';
import type { HiddifyUserChange } from '../client/types.js';
import type { UpdatePayload } from '../account/user-actions.js';
import type { UserCheckpoint } from '../panel/checkpoint.js';
import type { HiddifyState } from '../panel/lists.js';
import { planUser } from '../panel/plan.js';
import { USER_REF } from '../panel/settings.js';
import { listedUser } from './records.js';

export const GB = 1024 ** 3;
export const UUID = '0b0f9bd5-3b53-4a58-9d4f-0d8a5b3a3a01';
const AT = '2026-03-10T12:00:00.000Z';

/** Returns service "svc-1", whose user Sluice has created, with changes. */
export function someService(changes: Partial<ServiceRecord> = {}): ServiceRecord {
  return {
    ...{ id: 'svc-1', panel: 'vpn', product: 'vpn-100', client: null, clientSince: null, billingCycle: null },
    ...{ name: null, clientName: null, clientEmail: null, language: null },
    ...{ nextDueDate: null, status: 'active', trafficMode: null, baseQuotaOverrideGb: null },
    ...{ refs: { [USER_REF]: UUID }, ownRefs: [USER_REF], fields: {} },
    ...{ protectedUntil: null, quotaReleasedUntil: null, createdAt: AT, updatedAt: AT },
    ...changes,
  };
}

/** Returns the target of a poll for "svc-1": 100 GB, nothing restricted, in a cycle in which nothing is to be zeroed. */
export function someTarget(changes: Partial<TargetState> = {}): TargetState {
  return {
    ...{ service: someService(), product: { packages: [] } as unknown as ProductSettings },
    ...{ holds: [], evidence: [], sharers: [], unread: [], recent: [] },
    ...{ action: 'disable', mode: 'TOTAL', allowance: sold(100), scope: 'poll', command: null },
    cycle: {
      id: 'cyc-1',
      start: '2026-03-01T00:00:00.000Z',
      end: '2026-04-01T00:00:00.000Z',
      isNew: false,
      readAt: AT,
    },
    ...{ counted: null, timeZone: 'UTC', now: AT, checkpoint: storedCheckpoint() },
    ...changes,
  };
}

/** Returns the user of "svc-1" as it should be: 100 GB, a tenth of it used. */
export function someUser(changes: Partial<HiddifyUser> = {}): HiddifyUser {
  return listedUser({
    ...{ uuid: UUID, name: 'svc-1', owner: SELF, limitBytes: 100 * GB, usedBytes: 10 * GB, packageDays: 90 },
    ...changes,
  });
}

/** Returns the allowance of so many GB. */
export function sold(gb: number): NonNullable<TargetState['allowance']> {
  return { unlimited: false, allowedBytes: gb * GB };
}

/** Returns the stored checkpoint of the user. */
export function storedCheckpoint(changes: Partial<UserCheckpoint> = {}): unknown {
  const memo = { uuid: UUID, ownLimit: true, firstCycle: 'cyc-1', zeroedCycle: 'cyc-1', zeroing: null };
  return { at: AT, account: null, rows: null, memo: { ...memo, ...changes } };
}

export function someHold(id = 'hold-1'): HoldInForce {
  return {
    ...{ id, service: 'svc-1', reason: 'quota', restriction: 'disable', since: AT, until: null, note: null },
    ...{ cycle: null, usedBytes: null, allowedBytes: null, origin: 'run' },
  };
}

/** Returns the evidence that Sluice has disabled the user. */
export function someEvidence(changes: Partial<EvidenceRecord> = {}): EvidenceRecord {
  return {
    ...{ id: 'ev-1', hold: 'hold-1', service: 'svc-1', panel: 'vpn', kind: 'user', target: UUID, prior: {} },
    ...{ action: null, adopted: false, since: AT, until: null, outcome: null },
    ...changes,
  };
}

/** Returns another service that names the same user. */
export function someSharer(changes: Partial<ServiceRecord> = {}): Sharer {
  return {
    service: someService({ id: 'svc-2', ...changes }),
    action: 'disable',
    allowSharedPorts: false,
    holds: [],
    shared: [],
  };
}

export function shows(user: HiddifyUser | null): Observation<HiddifyState> {
  return { at: AT, state: { user, rows: null }, error: null } as Observation<HiddifyState>;
}

/** Returns the plan for the user with these changes of the target. */
export function planFor(target: Partial<TargetState>, user: Partial<HiddifyUser> | null = {}): Plan {
  return planUser(someTarget(target), shows(user === null ? null : someUser(user)));
}

/** Returns what the update steps of a plan write. */
export function listChanges({ steps }: Pick<Plan, 'steps'>): HiddifyUserChange[] {
  return steps.filter(({ type }) => type === 'update-user').map(({ payload }) => (payload as UpdatePayload).change);
}

export function listTypes({ steps }: Pick<Plan, 'steps'>): string[] {
  return steps.map(({ type }) => type);
}

export function listCodes({ problems }: Pick<Plan, 'problems'>): string[] {
  return problems.map(({ code }) => code);
}

export const CREATE = { verb: 'create', adopt: false, ordered: false, setPassword: false } as const;
export const TERMINATE = { verb: 'terminate' } as const;
