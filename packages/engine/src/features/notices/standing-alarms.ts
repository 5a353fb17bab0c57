import { createHash } from 'node:crypto';
import { staffText } from '@sluice/messages/staff';
import { printable } from '@sluice/panel-http/printable';
import { callAgeMs, LATEST_CALL_MS } from '@sluice/panel-kind';
import { findSubjectAgent } from '@sluice/quota-core';
import type { AlarmRecord, ConditionRecord, PurchaseRecord, StoreTables } from '@sluice/state-store';
import { panelsWithAgents } from '../agents/open-agents.js';
import { findStoredAgents } from '../agents/show-agents.js';
import { toAcknowledgedKey } from '../../base/acknowledged-key.js';
import { describePeriod } from '../../base/describe-period.js';
import { listMissingClients } from '../billing/missing-clients.js';
import { CLIENT_MISSING, dueRefundKey, mergedRefundKey, REFUND_OF_MERGED } from '../billing/missing-key.js';
import { listMoved, MOVED } from '../billing/billing-address.js';
import { BILLED_ELSEWHERE, listElsewhere } from '../billing/open-charges.js';
import { CALLS_UNBILLED, listLateCalls, toStoredId } from '../calls/stored-late-calls.js';
import { listWithheld, STATUS_WITHHELD } from '../services/former-status.js';
import { findTimeZone } from '../../base/config/find-entry.js';
import { isRefunding } from '../billing/refund-state.js';
import { findFallen } from '../../kernel/subject/fallen.js';
import { toActionView } from '../../kernel/subject/views.js';
import type { Context } from '../../context/context.js';
import { readReach } from '../../context/reach.js';
import { describeUndecided, listUndecided, PANEL_UNDECIDED } from '../../kernel/run/left-elsewhere.js';
import { NO_WORKER, readIdle } from './no-worker.js';

/** An alarm that no run stores: it is as long as the store says that its outcome is not known, or its object is missing. */
export interface StandingAlarm extends Pick<AlarmRecord, 'id' | 'code' | 'panel' | 'message' | 'since'> {
  /** Null for an object of no service, such as an agent. */
  service: string | null;
}

/**
 * Lists changes, bills of calls and refunds whose outcome is not known, refunds that wait to be sent, purchases that another billing
 * system than the config's has to finish, calls that are on no bill, clients whom the billing system has not any more, billing
 * systems that may be another installation, agents with a limit that their panel lacks, panels on which the runs decide nothing, quota
 * holds that last although the usage fell, that no worker begins jobs, and statuses that the billing system shows of before an order: all of them, or those of one
 * service, which has no agents, panels or billing systems.
 */
export async function findStandingAlarms(context: Context, service?: string): Promise<StandingAlarm[]> {
  const parts = await Promise.all([
    doubtfulChanges(context, service),
    doubtfulMoney(context, service),
    service === undefined ? missingAgents(context) : [],
    service === undefined ? undecidedPanels(context) : [],
    service === undefined ? movedBilling(context) : [],
    service === undefined ? idleQueue(context) : [],
    unbilledCalls(context, service),
    missingClients(context, service),
    fallenUsage(context, service),
    withheldStatuses(context, service),
  ]);
  return parts
    .flat()
    .map((alarm) => ({ ...alarm, message: printable(alarm.message) }))
    .sort((a, b) => (a.since < b.since ? -1 : 1));
}

async function doubtfulChanges(context: Context, only?: string): Promise<StandingAlarm[]> {
  const unresolved = await context.store.actions.unresolved(only === undefined ? {} : { services: [only] });
  return unresolved
    .filter(({ state }) => state === 'in-doubt')
    .map((action) => {
      const { id, panel, service, plannedAt: since } = action;
      const { name } = toActionView((of) => context.findKind(of), action);
      const message = staffText('staff.alarm.outcome', { change: name });
      const own = service === null || findSubjectAgent(service) !== null ? null : service;
      return { id, code: 'outcome_unknown', panel, service: own, message, since };
    });
}

async function doubtfulMoney(context: Context, only?: string): Promise<StandingAlarm[]> {
  const { store, config } = context;
  const elsewhere = await listElsewhere(context, only);
  const isElsewhere = new Set(elsewhere.map(({ row }) => row.id));
  const of = only === undefined ? {} : { service: only };
  const doubted = await store.callBills.list({ ...of, states: ['unknown', 'sending'] });
  const now = context.deps.clock.now();
  // One that is being sent is in doubt once its answer can't come any more: its process was killed.
  const bills = doubted.filter(
    ({ state, sentAt }) =>
      state === 'unknown' || callAgeMs({ calledAt: sentAt, givenUpAt: null }, now) >= LATEST_CALL_MS,
  );
  const refunding = (await store.purchases.list({ ...of, status: 'refunded' })).filter(
    (row) => isRefunding(row) && !isElsewhere.has(row.id),
  );
  const services = await store.services.list({
    ids: [...bills, ...refunding, ...elsewhere.map(({ row }) => row)].map(({ service }) => service),
  });
  const panels = new Map(services.map(({ id, panel }) => [id, panel]));
  return [
    ...bills.map(({ id, service, panel: made, start: from, end: to, sentAt, at }) => {
      const panel = made ?? panels.get(service) ?? '';
      const period = describePeriod({ from, to, timeZone: findTimeZone(config, panel) });
      const message = staffText('staff.alarm.billed', { period });
      return { id, code: 'bill_in_doubt', service, panel, since: sentAt ?? at, message };
    }),
    ...(await refundAlarms(context, refunding)).map((alarm) => ({ ...alarm, panel: panels.get(alarm.service) ?? '' })),
    ...elsewhere.map(({ row: { id, service, at, refundSentAt }, message }) => ({
      ...{ id, code: BILLED_ELSEWHERE, service, panel: panels.get(service) ?? '' },
      ...{ since: refundSentAt ?? at, message },
    })),
  ];
}

/** Of refunds that are not made as far as is known: those in doubt, and those that were not sent. */
async function refundAlarms({ store }: Context, refunding: readonly PurchaseRecord[]) {
  const ofMerged = new Set((await store.conditions.list(REFUND_OF_MERGED)).map(({ key }) => key));
  const due = new Map((await store.conditions.list(dueRefundKey(''))).map(({ key, since }) => [key, since]));
  return refunding.map(({ id, service, package: what, at, refundSentAt }) => {
    if (refundSentAt === null) {
      const since = due.get(dueRefundKey(id)) ?? at;
      return {
        id,
        service,
        code: 'refund_waiting',
        since,
        message: staffText('staff.alarm.toRefund', { package: what }),
      };
    }
    const message = ofMerged.has(mergedRefundKey(id))
      ? staffText('staff.alarm.refundedMerged', { package: what, purchase: id })
      : staffText('staff.alarm.refunded', { package: what });
    return { id, service, code: 'refund_in_doubt', since: refundSentAt, message };
  });
}

async function unbilledCalls(context: Context, only?: string): Promise<StandingAlarm[]> {
  const found = (await listLateCalls(context)).filter(({ service }) => only === undefined || service === only);
  return found.map((calls) => ({ ...calls, code: CALLS_UNBILLED }));
}

async function missingClients(context: Context, only?: string): Promise<StandingAlarm[]> {
  const found = (await listMissingClients(context)).filter(({ service }) => only === undefined || service === only);
  const services = await context.store.services.list({ ids: found.map(({ service }) => service) });
  const panels = new Map(services.map(({ id, panel }) => [id, panel]));
  return found.map((one) => ({ ...one, code: CLIENT_MISSING, panel: panels.get(one.service) ?? '' }));
}

async function idleQueue({ store }: Context): Promise<StandingAlarm[]> {
  const idle = await readIdle(store);
  return idle === null ? [] : [{ id: 'no-worker', code: NO_WORKER, panel: '', service: null, ...idle }];
}

async function movedBilling(context: Context): Promise<StandingAlarm[]> {
  const found = await listMoved(context);
  return found.map(({ name, since, message }) => ({
    ...{ id: `moved-${name}`, code: MOVED, panel: '', service: null, since, message },
  }));
}

async function withheldStatuses({ store }: Context, only?: string): Promise<StandingAlarm[]> {
  const found = (await listWithheld(store)).filter(({ service }) => only === undefined || service === only);
  return found.map((one) => ({ ...one, id: `withheld-${one.service}`, code: STATUS_WITHHELD }));
}

/** A quota hold that was decided on a figure that fell by more than half since: nothing but a person or the next cycle ends it. */
async function fallenUsage({ store }: Context, only?: string): Promise<StandingAlarm[]> {
  const filter = { reason: 'quota', ...(only === undefined ? {} : { services: [only] }) };
  const holds = new Map((await store.holds.open(filter)).map((hold) => [hold.service, hold]));
  if (holds.size === 0) return [];
  const services = await store.services.list({ ids: [...holds.keys()] });
  const decisions = new Map((await store.decisions.latest([...holds.keys()])).map((row) => [row.service, row]));
  return services.flatMap(({ id: service, panel }) => {
    const hold = holds.get(service);
    const fallen = findFallen(decisions.get(service) ?? null, hold === undefined ? [] : [hold]);
    if (hold === undefined || fallen === null) return [];
    const { usedBytes, peakBytes } = fallen;
    const message = staffText('staff.alarm.usageFell', { before: { bytes: peakBytes }, after: { bytes: usedBytes } });
    return [{ id: `fallen-${hold.id}`, code: 'usage_fell', panel, service, since: hold.since, message }];
  });
}

async function undecidedPanels(context: Context): Promise<StandingAlarm[]> {
  const found: StandingAlarm[] = [];
  const lasting = new Set((await listUndecided(context.store)).map(({ panel }) => panel));
  for (const panel of Object.keys(context.config.panels).filter((name) => lasting.has(name))) {
    const { undecided } = await readReach(context, panel);
    if (undecided === undefined) continue;
    const { since } = undecided;
    const message = describeUndecided(panel, undecided, since);
    found.push({ id: `undecided-${panel}`, code: PANEL_UNDECIDED, panel, service: null, since, message });
  }
  return found;
}

async function missingAgents(context: Context): Promise<StandingAlarm[]> {
  const agents = await Promise.all(panelsWithAgents(context).map((panel) => findStoredAgents(context, panel)));
  return agents
    .flat()
    .filter(({ rule, limitBytes }) => rule === 'missing' && limitBytes !== null)
    .map(({ uuid, name, panel, at }) => ({
      // The uuid is a key of the panel, and every reader sees the id.
      ...{ id: `agent-${toDigest(uuid)}`, code: 'agent_missing', panel, service: null, since: at },
      message: staffText('staff.alarm.agentMissing', { agent: name }),
    }));
}

/** Who acknowledged a standing alarm, as it is stored. */
interface Acknowledgement {
  at: string;
  by: string;
  note: string | null;
}

const toKey = ({ id, since }: StandingAlarm): string => toAcknowledgedKey({ id: toStoredId(id), since });

function toDigest(uuid: string): string {
  return createHash('sha256').update(uuid).digest('hex').slice(0, 12);
}

/** Returns who acknowledged a standing alarm; null where nobody did. */
export async function readAcknowledgement(
  { conditions }: Pick<StoreTables, 'conditions'>,
  alarm: StandingAlarm,
): Promise<Acknowledgement | null> {
  const found = await conditions.get(toKey(alarm));
  return found === null ? null : (found.details as Acknowledgement);
}

/** Stores who acknowledged a standing alarm; null removes that. */
export async function storeAcknowledgement(
  { conditions }: Pick<StoreTables, 'conditions'>,
  alarm: StandingAlarm,
  details: Acknowledgement | null,
): Promise<void> {
  const key = toKey(alarm);
  if (details === null) await conditions.end(key);
  else await conditions.put({ key, since: details.at, runs: 1, details } satisfies ConditionRecord);
}
