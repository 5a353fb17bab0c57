import type { HoldInForce, Observation, Plan, ProductSettings, Sharer, TargetState } from '@sluice/panel-kind';
import type { ActionRecord, EvidenceRecord, ServiceRecord } from '@sluice/quota-core';
import { type FlvxAccount, type FlvxHistory, storedHistory } from '../account/history/history.js';
import type { StepPayload } from '../account/history/journaled-step.js';
import type { ServiceObservation } from '../panel/observation.js';
import { planService } from '../panel/plan.js';
import { type FlvxProduct, toFlvxProduct } from '../panel/product.js';
import { GB, permissionOn, someAccount, someHistory, someUser } from './account.js';

const AT = '2026-03-10T12:00:00.000Z';

/** A name that only Sluice can have chosen. */
export const NAME = 'sl-abcdefghjkmnpqrstvwx';

/** Returns imported service "svc-1" of user 2, with changes. */
export function someService(changes: Partial<ServiceRecord> = {}): ServiceRecord {
  return {
    ...{ id: 'svc-1', panel: 'relay', product: 'relay-100', client: null, clientSince: null, billingCycle: null },
    ...{ name: null, clientName: null, clientEmail: null, language: null },
    ...{ nextDueDate: '2026-04-01', status: 'active', trafficMode: null, baseQuotaOverrideGb: null },
    ...{ refs: { flvx_user_id: '2' }, ownRefs: [], fields: {} },
    ...{ protectedUntil: null, quotaReleasedUntil: null, createdAt: AT, updatedAt: AT },
    ...changes,
  };
}

/** Returns "svc-1" with an account that Sluice has created, and that account. */
export function ownService(changes: Partial<ServiceRecord> = {}): ServiceRecord {
  const refs = { flvx_user_id: '2', flvx_username: NAME };
  return someService({ refs, ownRefs: Object.keys(refs), ...changes });
}

/** Returns the account of a service that Sluice has created. */
export function ownAccount(changes: Partial<FlvxAccount> = {}): FlvxAccount {
  const scope = { userId: 2, name: NAME, nameIsOurs: true };
  return someAccount({ scope, user: someUser({ name: NAME }), ...changes });
}

/** Returns a product on tunnel 1. */
export function productWith(flvx: Partial<FlvxProduct> = {}): ProductSettings {
  const product = { packages: [] } as unknown as ProductSettings;
  return { ...product, flvx: { ...toFlvxProduct(product), tunnelId: 1, ...flvx } };
}

/** Returns the allowance of so many GB. */
export function sold(gb: number): NonNullable<TargetState['allowance']> {
  return { unlimited: false, allowedBytes: gb * GB };
}

/** Returns the target of a poll for "svc-1": 100 GB until April, nothing restricted. */
export function someTarget(changes: Partial<TargetState> = {}): TargetState {
  return {
    ...{ service: someService(), product: productWith(), holds: [], evidence: [], sharers: [], unread: [], recent: [] },
    ...{ action: 'suspend', mode: 'TOTAL', allowance: sold(100), scope: 'poll', command: null },
    cycle: {
      id: 'cyc-1',
      start: '2026-03-01T00:00:00.000Z',
      end: '2026-04-01T00:00:00.000Z',
      isNew: false,
      readAt: AT,
    },
    ...{ counted: { counterBytes: 6 * GB, usedBytes: 6 * GB }, timeZone: 'UTC', now: AT, checkpoint: null },
    ...changes,
  };
}

/** Returns what a run has read of an account. */
export function someState(changes: Partial<ServiceObservation> = {}): ServiceObservation {
  return {
    ...{ account: someAccount(), adoptable: null, groups: [], nodes: null, tunnelNodes: null, changes: null },
    ...{ paused: new Set(), oldLimitNames: [], partial: false, listed: null, sharers: [] },
    ...changes,
  };
}

/** Returns the stored checkpoint of an account in which nothing is pending. */
export function storedCheckpoint(changes: Partial<FlvxHistory> = {}): unknown {
  const known = { permissions: { 1: 1 }, tunnels: [1], ownQuota: true, firstCycle: 'cyc-1', resetCycle: 'cyc-1' };
  return { at: AT, account: null, listed: null, history: storedHistory(someHistory({ ...known, ...changes })) };
}

export function someHold(restriction: string, id = 'hold-1'): HoldInForce {
  return {
    ...{ id, service: 'svc-1', reason: 'quota', restriction, since: AT, until: null, note: null },
    ...{ cycle: null, usedBytes: null, allowedBytes: null, origin: 'run' },
  };
}

/** Returns the evidence of a change on the panel. */
export function someEvidence(kind: string, target: string, prior: unknown = {}): EvidenceRecord {
  return {
    ...{ id: `ev-${kind}-${target}`, hold: 'hold-1', service: 'svc-1', panel: 'relay', kind, target, prior },
    ...{ action: null, adopted: false, since: AT, until: null, outcome: null },
  };
}

/** Returns the journal's row of a creation. */
export function creationOf(target: string, changes: Partial<ActionRecord> = {}): ActionRecord {
  return {
    ...{ id: 'act-1', run: 'run-0', panel: 'relay', service: 'svc-1', type: 'create-user', target, state: 'in-doubt' },
    ...{ key: 'k', hold: null, prior: null, payload: null, observed: null, errorCode: null, errorMessage: null },
    ...{ plannedAt: AT, calledAt: AT, givenUpAt: null, endedAt: null, attempts: 1 },
    ...changes,
  };
}

/** Returns another service that names the same user. */
export function someSharer(changes: Partial<ServiceRecord> = {}): Sharer {
  return {
    service: someService({ id: 'svc-2', ...changes }),
    action: 'suspend',
    allowSharedPorts: false,
    holds: [],
    shared: [],
  };
}

export function shows(state: Partial<ServiceObservation> = {}): Observation<ServiceObservation> {
  return { at: AT, state: someState(state), error: null } as Observation<ServiceObservation>;
}

/** Returns the plan for "svc-1". */
export function planFor(target: Partial<TargetState> = {}, state: Partial<ServiceObservation> = {}): Plan {
  return planService({}, someTarget(target), shows(state));
}

export function toIds({ steps }: Pick<Plan, 'steps'>): (string | undefined)[] {
  return steps.map(({ id }) => id);
}

export function toCodes({ problems }: Pick<Plan, 'problems'>): string[] {
  return problems.map(({ code }) => code);
}

/** Returns what a step sends to the panel. */
export function payloadOf({ steps }: Pick<Plan, 'steps'>, id: string): unknown {
  return (steps.find((step) => step.id === id)?.payload as StepPayload | undefined)?.payload;
}

/** Returns an account with permissions for the tunnels 1 and 2. */
export function onTwoTunnels(changes: Partial<FlvxAccount> = {}): FlvxAccount {
  return someAccount({ permissions: [permissionOn(1), permissionOn(2)], ...changes });
}

export const CREATE = { verb: 'create', adopt: false, ordered: false, setPassword: false } as const;
export const TERMINATE = { verb: 'terminate' } as const;
