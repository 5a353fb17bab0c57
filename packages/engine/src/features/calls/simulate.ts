import type { SimulatedCallView } from '@sluice/contract/documents';
import { SluiceError, usageError } from '@sluice/panel-kind';
import { QuotaCoreError } from '@sluice/quota-core';
import { type IncrementBase, parseNumber, rateCall, TelephonyError, toLocalTime } from '@sluice/quota-core/telephony';
import type { Context } from '../../context/context.js';
import { refuseOtherClient, requireService } from '../../context/find-service.js';
import type { Reader } from '../../context/reader.js';
import { parseTime } from '../../base/times.js';
import { requirePlan } from '../telephony/find-records.js';
import { requireTelephony } from '../telephony/panels.js';
import { openTelephony, readSubscriber, requireLine } from '../telephony/find-line.js';
import { readPlanRates } from '../telephony/plan-rates.js';

/** A call to be priced. */
export interface SimulateRequest {
  /** As it is dialled, or in its canonical form. */
  destination: string;
  seconds: number;
  /** One of both. */
  service: string | null;
  /** A plan by id or name. */
  plan: string | null;
  /** Of the plan; null: the only panel with telephony. */
  panel: string | null;
  /** A local time or an instant; null: now. */
  at: string | null;
  /** By the rates even where the system has a simulator. */
  local: boolean;
  /** Null: as the panel does. */
  incrementBase: IncrementBase | null;
}

const NOT_MODELLED =
  'Computed from the rates of the panel: reduced hours, successive calls to one number and number portability are not taken into account';

/** Returns what a call would cost. */
export async function simulateCall(
  context: Context,
  request: SimulateRequest,
  reader?: Reader,
): Promise<SimulatedCallView> {
  const { panel, planId, areaCode, subscriberId } = await findPlan(context, request, reader);
  const telephony = await openTelephony(context, panel);
  const { number: destination } = parseNumber(request.destination, {
    country: telephony.country,
    defaultAreaCode: areaCode,
  });
  const at = readTime(context, request.at, telephony.timeZone);
  const base = { destination, plan: planId, at: new Date(at).toISOString() };
  const { signal } = context.deps;
  if (telephony.simulate !== null && !request.local) {
    const call = { destination, durationSeconds: request.seconds, at, ...(planId === null ? {} : { planId }) };
    const whose = planId === null && subscriberId !== null ? { subscriberId } : {};
    const priced = await telephony.simulate({ ...call, ...whose }, signal);
    const { prefix, rateId: id, description, pricePerMinute, connectionFee, billedSeconds, charge, currency } = priced;
    const rate = { id, description, pricePerMinute, connectionFee };
    return { ...base, prefix, rate, billedSeconds, cost: charge, currency, source: 'panel', notes: [] };
  }
  if (planId === null) throw usageError('unknown_plan', 'The plan of the line is not known: name the plan');
  const { table } = await readPlanRates(context, { panel, telephony }, planId);
  const day = toLocalTime(at, telephony.timeZone).slice(0, 10);
  const { seconds: talkSeconds } = request;
  const rules = {
    ...telephony.rating,
    ...(request.incrementBase !== null && { incrementBase: request.incrementBase }),
  };
  const { rate: found, billedSeconds, charge } = rateCall(table, { destination, talkSeconds, day, ...rules });
  const { prefix, id, description, pricePerMinute, connectionFee } = found;
  const invalid = table.invalid.map(({ id, reason }) => `Rate ${id} was left out: ${reason}`);
  return {
    ...base,
    prefix,
    rate: { id, description, pricePerMinute, connectionFee },
    billedSeconds,
    cost: charge,
    currency: telephony.currency,
    source: 'local',
    notes: reader === undefined ? [NOT_MODELLED, ...invalid] : [NOT_MODELLED],
  };
}

function readTime(context: Context, text: string | null, timeZone: string): string {
  if (text === null) return context.now();
  return parseTime(text, { timeZone, option: 'at', now: context.deps.clock.now() });
}

async function findPlan(context: Context, { service, plan, panel }: SimulateRequest, reader: Reader) {
  if (plan !== null) {
    const on = await requireTelephony(context, panel);
    const planId = await requirePlan(context, on, plan);
    return { panel: on.panel, planId, areaCode: null, subscriberId: null };
  }
  if (service === null) throw usageError('unknown_plan', 'Name a plan or a service');
  const of = await requireService(context, service);
  refuseOtherClient(of, reader);
  const line = await requireLine(context, of);
  const { planId, areaCode } = await readSubscriber(context, line);
  return { panel: line.service.panel, planId, areaCode, subscriberId: line.subscriberId };
}

/** Converts a refusal of the rules of telephony to an error of the request. */
export function toRequestError(error: unknown): unknown {
  if (!(error instanceof TelephonyError || error instanceof QuotaCoreError)) return error;
  const { code, message } = error;
  if (code === 'no_rate' || code === 'ambiguous_rate') return new SluiceError(code, message);
  return usageError(code, message);
}
