import type { HoldInForce, Observation, Plan, ProductSettings, Sharer, TargetState } from '@sluice/panel-kind';
import type { EvidenceRecord, ServiceRecord } from '@sluice/quota-core';
import { planEasyDcim } from '../panel/plan.js';
import { type EasyDcimState, type OrderState, type PortState, unreadState } from '../panel/state.js';

export const AT = '2026-11-02T12:00:00.000Z';

/** A service with an order and a server. */
export const service = (changes: Partial<ServiceRecord> = {}): ServiceRecord => ({
  ...{ id: 'svc-1', panel: 'dcim', product: 'server', client: '77', clientSince: null, billingCycle: null },
  ...{ name: null, clientName: null, clientEmail: null, language: null },
  ...{ nextDueDate: null, status: 'active', trafficMode: null, baseQuotaOverrideGb: null },
  refs: { easydcim_service_id: '501', easydcim_order_id: '88', easydcim_server_id: '301' },
  ...{ ownRefs: [], fields: {}, protectedUntil: null, quotaReleasedUntil: null, createdAt: AT, updatedAt: AT },
  ...changes,
});

export const product = (changes: Partial<ProductSettings> = {}): ProductSettings => ({
  ...{ panel: 'dcim', quotaPeriod: 'billing', packages: [], allowSharedPorts: false },
  ...{ provision: 'manual', terminate: 'manual', ...changes },
});

export const hold = (restriction = 'disable-ports', changes: Partial<HoldInForce> = {}): HoldInForce => ({
  ...{ id: 'hold-1', service: 'svc-1', reason: 'quota', restriction, since: AT, until: null, note: null },
  ...{ cycle: null, usedBytes: null, allowedBytes: null, origin: 'run', ...changes },
});

/** A port that was disabled for a hold. */
export const evidence = (target = '7001', changes: Partial<EvidenceRecord> = {}): EvidenceRecord => ({
  ...{ id: `ev-${target}`, hold: 'hold-1', service: 'svc-1', panel: 'dcim', kind: 'port', target },
  ...{ prior: null, action: null, adopted: false, since: AT, until: null, outcome: null, ...changes },
});

/** An order that was suspended for a hold. */
export const orderEvidence = (target = '88', changes: Partial<EvidenceRecord> = {}): EvidenceRecord =>
  evidence(target, { kind: 'order', prior: { status: 'active', suspended: false }, ...changes });

export const port = (id = '7001', changes: Partial<PortState> = {}): PortState => ({
  ...{ id, name: `Gi${id}`, adminEnabled: true, linkUp: true, management: false, speedBitsPerSecond: 1e9 },
  ...{ itemId: '301', ...changes },
});

export const shut = (id = '7001', changes: Partial<PortState> = {}): PortState =>
  port(id, { adminEnabled: false, ...changes });

export const order = (changes: Partial<OrderState> = {}): OrderState => ({
  ...{ id: '88', serviceId: '501', serverId: '301', status: 'active', suspended: false, locked: false, ...changes },
});

export const suspended = (changes: Partial<OrderState> = {}): OrderState =>
  order({ status: 'suspended', suspended: true, ...changes });

/** Another service with the same server, and a hold if one is stated. */
export const sharer = (shared: string[], changes: Partial<Sharer> = {}): Sharer => ({
  ...{ service: service({ id: 'svc-2' }), action: 'disable-ports', allowSharedPorts: false, holds: [], shared },
  ...changes,
});

/** A service whose ports and order work. */
export const seen = (changes: Partial<EasyDcimState> = {}): EasyDcimState => ({
  ...unreadState(),
  ...{ ports: [port()], order: order(), ...changes },
});

export const target = (changes: Partial<TargetState> = {}): TargetState => ({
  ...{ service: service(), product: product(), holds: [], evidence: [], action: 'disable-ports', mode: 'TOTAL' },
  ...{ allowance: null, sharers: [], unread: [], scope: 'poll', command: null, cycle: null, counted: null },
  ...{ timeZone: 'UTC', now: AT, checkpoint: null, recent: [], ...changes },
});

/** Plans a service from what the panel shows; null: it could not be read. */
export function planOf(
  wanted: Partial<TargetState>,
  shown: Partial<EasyDcimState> | null = {},
  error: Observation['error'] = null,
): Plan {
  const state = shown === null ? null : seen(shown);
  return planEasyDcim(target(wanted), { service: 'svc-1', at: AT, state, error });
}

/** The steps of a plan, as type and target. */
export const stepsOf = ({ steps }: Plan): string[] => steps.map(({ type, target: object }) => `${type} ${object}`);

export const codesOf = ({ problems }: Plan): string[] => problems.map(({ code }) => code);

/** All that a plan changes, now or in the store. */
export const changesOf = (plan: Plan) => ({
  ...{ steps: stepsOf(plan), ended: plan.endedEvidence.map(({ evidence: id, outcome }) => `${id} ${outcome}`) },
  ...{ moves: plan.moves.map(({ evidence: id, hold: to }) => `${id} ${to}`), problems: codesOf(plan) },
});

export const nothing = { steps: [], ended: [], moves: [], problems: [] };
