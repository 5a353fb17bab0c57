import type { AccountCommand, HoldInForce, Observation, Plan, ProductSettings, TargetState } from '@sluice/panel-kind';
import type { ActionRecord, EvidenceRecord, ServiceRecord } from '@sluice/quota-core';
import type { LineSystem } from '../account/system.js';
import { planService } from '../panel/plan.js';
import type { LineState } from '../panel/state.js';
import { line, nothing, systems } from './lines.js';

export const AT = '2026-11-02T12:00:00.000Z';

/** The service of `line`, whose line Sluice made. */
export const service = (changes: Partial<ServiceRecord> = {}): ServiceRecord => ({
  ...{ id: 'svc-1', panel: 'voice', product: 'line', client: '77', clientSince: null, billingCycle: null },
  ...{ name: null, clientName: null, clientEmail: null, language: null },
  ...{ nextDueDate: null, status: 'active', trafficMode: null, baseQuotaOverrideGb: null },
  refs: { astbilling_subscriber_id: '9001', whmcs_service_id: '311', order_id: '1042' },
  ownRefs: ['astbilling_subscriber_id'],
  fields: { first_name: 'João', last_name: 'da Silva', document: '123.456.789-09', ddd: '11', channels: '2' },
  ...{ protectedUntil: null, quotaReleasedUntil: null, createdAt: AT, updatedAt: AT, ...changes },
});

/** The same before its line is known. */
export const unnamed = (changes: Partial<ServiceRecord> = {}): ServiceRecord =>
  service({ refs: { whmcs_service_id: '311', order_id: '1042' }, ownRefs: [], ...changes });

export const product = (section: object = {}): ProductSettings => ({
  ...{ panel: 'voice', quotaPeriod: 'billing', packages: [], allowSharedPorts: false },
  ...{ provision: 'manual', terminate: 'manual' },
  astbilling: { ...{ planId: '11', billingType: 'postpaid', period: 'previous-month', grace: 0 }, ...section },
});

export const hold = (changes: Partial<HoldInForce> = {}): HoldInForce => ({
  ...{ id: 'hold-1', service: 'svc-1', reason: 'billing', restriction: 'suspend', since: AT, until: null, note: null },
  ...{ cycle: null, usedBytes: null, allowedBytes: null, origin: 'run', ...changes },
});

/** What a hold did to the line; with the kind `did`, to its number. */
export const evidence = (changes: Partial<EvidenceRecord> = {}): EvidenceRecord => ({
  ...{ id: 'ev-line', hold: 'hold-1', service: 'svc-1', panel: 'voice', kind: 'line', target: '9001' },
  ...{ prior: { status: 'active' }, action: null, adopted: false, since: AT, until: null, outcome: null, ...changes },
});

export const didEvidence = (changes: Partial<EvidenceRecord> = {}): EvidenceRecord =>
  evidence({
    ...{ id: 'ev-did', kind: 'did', target: '6001', prior: { status: 'active', number: '+551140001234' } },
    ...changes,
  });

/** A change that was made. */
export const action = (changes: Partial<ActionRecord> = {}): ActionRecord => ({
  ...{ id: 'act-1', run: 'run-1', panel: 'voice', service: 'svc-1', type: 'suspend-did', target: '6001' },
  ...{ state: 'applied', key: 'k', hold: null, prior: null, payload: null, observed: null, errorCode: null },
  ...{ errorMessage: null, plannedAt: AT, calledAt: AT, givenUpAt: null, endedAt: AT, attempts: 1, ...changes },
});

export const create = (
  changes: Partial<Extract<AccountCommand, { verb: 'create' }>> = {},
): Extract<AccountCommand, { verb: 'create' }> => ({
  ...{ verb: 'create', adopt: false, ordered: false, setPassword: false, ...changes },
});

export const target = (changes: Partial<TargetState> = {}): TargetState => ({
  ...{ service: service(), product: product(), holds: [], evidence: [], action: 'suspend', mode: 'TOTAL' },
  ...{ allowance: null, sharers: [], unread: [], scope: 'hold', command: null, cycle: null, counted: null },
  ...{ timeZone: 'America/Sao_Paulo', now: AT, checkpoint: null, recent: [], ...changes },
});

/** A panel that shows the service's line without numbers. */
export const seen = (changes: Partial<LineState> = {}): LineState => ({
  ...{ ...nothing, line: line(), dids: [], left: [], isGone: false, number: [], otherForms: [], carriers: [] },
  ...changes,
});

interface Situation {
  system?: LineSystem;
  error?: Observation['error'];
  country?: string;
}

/** Plans a service from what the panel shows; null: it could not be read. */
export function planOf(
  wanted: Partial<TargetState>,
  shown: Partial<LineState> | null = {},
  { system = systems.default, error = null, country = 'BR' }: Situation = {},
): Plan {
  const state = shown === null ? null : seen(shown);
  return planService({ system, country }, target(wanted), { service: 'svc-1', at: AT, state, error });
}

/** The steps of a plan, as type and target. */
export const stepsOf = ({ steps }: Pick<Plan, 'steps'>): string[] =>
  steps.map(({ type, target: object }) => `${type} ${object}`);

export const codesOf = ({ problems }: Pick<Plan, 'problems'>): string[] => problems.map(({ code }) => code);
