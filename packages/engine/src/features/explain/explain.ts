import type { Because, Explanation, HoldView, ServiceDetail } from '@sluice/contract/documents';
import { maskUuidsIn } from '@sluice/panel-http/printable';
import { type Allowance, zonedMidnight } from '@sluice/quota-core';
import { findTimeZone, isPanelRemoved } from '../../base/config/find-entry.js';
import type { ActionRecord, CycleRecord, DecisionRecord, SampleRecord, ServiceRecord } from '@sluice/state-store';
import { notFound } from '../../base/errors.js';
import { findFollowed } from '../billing/open-billing.js';
import { findReleaseNote, holdViews } from '../holds/holds.js';
import { findBrake, isStopError } from '../../kernel/run/brake-state.js';
import { describeOverdue, findSkip, isWithAccount, needsDateToRenew } from '../../kernel/subject/skip.js';
import { agentsAbove } from '../agents/agents-above.js';
import { findLimitingAgents } from '../agents/limiting-agents.js';
import { findAccountDue } from './account-due.js';
import { findReasons } from './because.js';
import type { Basis } from './basis.js';
import { toClientReasons } from './client-reasons.js';
import { nextReadingFor, readNextReadings } from '../../kernel/subject/next-readings.js';
import { toActionView } from '../../kernel/subject/views.js';
import { toPastDetail } from './past-detail.js';
import { allowancesNow } from '../../kernel/subject/allowance-now.js';
import { shownAccess } from '../services/customer-access.js';
import { explanationFor } from '../services/for-reader.js';
import { type Reader, visibleSince } from '../../context/reader.js';
import { serviceDetail } from '../services/show.js';
import type { Context } from '../../context/context.js';
import { requireForReader, requireService } from '../../context/find-service.js';

/** Number of shown readings. */
const READINGS = 50;
/** Readings before those, evenly spread, that are compared with. */
const EARLIER = 500;

/** Explains why a service is in its state now, or was at an instant. */
export async function explainService(
  context: Context,
  id: string,
  { at, reader }: { at: string | null; reader?: Reader },
): Promise<Explanation> {
  const { store } = context;
  const service = await requireService(context, id);
  const until = at ?? context.now();
  const since = visibleSince(service, reader) ?? '';
  if (until < since)
    throw notFound('not_yet_known', `"${id}" was not known at ${until}: it has its client since ${since}`);
  const decision = await store.decisions.at(id, until);
  if (at !== null && !decision && service.createdAt > at) {
    throw notFound('not_yet_known', `"${id}" was not known at ${at}: it was added at ${service.createdAt}`);
  }
  const cycles = await store.cycles.ofService(id);
  const cycle = cycles.find((item) => item.id === decision?.cycle) ?? null;
  const known = (await holdViews(context, id)).filter((hold) => hold.since <= until);
  const holds = (at === null ? known : known.map((hold) => toPastHold(hold, at))).filter(
    (hold) => isLasting(hold, until) || (hold.until ?? '') > since,
  );
  const actions = (await store.actions.list({ service: id, newestFirst: true })).filter(
    (action) => action.plannedAt <= until && action.plannedAt >= since,
  );
  const readings = (await readReadings(context, service, { cycle, until })).filter((reading) => reading.at >= since);
  const allowance = at === null ? (await allowancesNow(context, [service])).get(id)?.decision : decision;
  const show = async (by: Reader): Promise<ServiceDetail> => {
    const detail = await serviceDetail(context, service, by);
    return at === null
      ? detail
      : toPastDetail(context, detail, {
          ...{ service, at, decision, cycle, reader: by },
          holds: holds.filter((hold) => isLasting(hold, at)),
          reading: readings.findLast(({ rejected }) => rejected === null) ?? null,
        });
  };
  const shown = await show(reader);
  const whole = reader === undefined ? shown : await show(undefined);
  const state = await readState(context, service, { service: whole, at, decision, holds });
  const explanation = {
    at: until,
    because: await findBecause(context, state, { shown, reader }),
    service: at === null ? await withNextReading(context, service, shown, reader) : shown,
    readings,
    allowance: allowanceView((allowance?.allowance ?? null) as Allowance | null),
    decision: state.decision,
    brake: state.brake,
    panelRemoved: state.panelRemoved && reader === undefined,
    accountDue: state.accountDue,
    source: state.source,
    holds,
    released: state.released,
    actions: actions.map((action) => actionView(context, action)),
  };
  return explanationFor(explanation, service, reader);
}

/** Returns the detail of a service with the reasons of its state. */
export async function showService(context: Context, id: string, reader?: Reader): Promise<ServiceDetail> {
  const service = await (reader === null ? requireService(context, id) : requireForReader(context, id, reader));
  const shown = await serviceDetail(context, service, reader);
  const whole = reader === undefined ? shown : await serviceDetail(context, service);
  const decision = await context.store.decisions.at(id, context.now());
  const now = { service: whole, at: null, decision, holds: await holdViews(context, id) };
  const state = await readState(context, service, now);
  const because = await findBecause(context, state, { shown, reader });
  const access = shownAccess(context, service, whole, reader);
  return { ...(await withNextReading(context, service, shown, reader)), because, ...access };
}

/** Adds when a service is read next, where runs read what is due. */
async function withNextReading(
  context: Context,
  service: ServiceRecord,
  shown: ServiceDetail,
  reader: Reader,
): Promise<ServiceDetail> {
  const next = (await readNextReadings(context, service.panel, [service])).get(service.id);
  if (next === undefined) return shown;
  return { ...shown, nextReading: reader === undefined ? next : nextReadingFor(next) };
}

type State = Omit<Basis, 'skip' | 'overdue' | 'agents' | 'hasAccount' | 'canCreate' | 'isRenewable'>;

/** Reads what the state of a service follows from; `at` is null for now. */
async function readState(
  context: Context,
  service: ServiceRecord,
  known: { service: ServiceDetail; at: string | null; decision: DecisionRecord | null; holds: HoldView[] },
): Promise<State> {
  const { at, decision, holds } = known;
  const { observing } = known.service;
  const until = at ?? context.now();
  return {
    at: until,
    service: known.service,
    decision: decision && decisionView(decision),
    brake: at === null ? await findBrake(context, service.panel) : null,
    panelRemoved: at === null && isPanelRemoved(context.config, service.panel),
    accountDue: at === null ? await findAccountDue(context, service, { decision, observing }) : null,
    source: findFollowed(context, service),
    holds,
    released: await findRelease(context, known.service, until),
  };
}

/** Returns why a service is in its state, as a reader may see it. Calls no panel. */
async function findBecause(
  context: Context,
  state: State,
  { shown, reader }: { shown: ServiceDetail; reader: Reader },
): Promise<Because[]> {
  const { config } = context;
  const { service, at } = state;
  const kind = context.findKind(service.panel);
  const zone = findTimeZone(config, service.panel);
  const above = { agents: { above: (below: Parameters<typeof agentsAbove>[1]) => agentsAbove(context, below) } };
  const facts = findReasons({
    ...state,
    skip: findSkip(config, service, at),
    overdue: describeOverdue(config, service, at),
    agents: await findLimitingAgents(above, state),
    hasAccount: isWithAccount(service, kind?.requiredRef ?? null),
    canCreate: kind?.capabilities.includes('accounts') === true,
    isRenewable: !needsDateToRenew(service, (date) => zonedMidnight(date, zone) <= context.now()),
  });
  return reader === undefined
    ? facts.map(({ code, text, details }) => ({ code, text, details }))
    : toClientReasons(facts, shown);
}

/** Returns a hold with the mark that it had at an instant; that it was not on the panel yet is not kept. */
function toPastHold({ releasing: _now, restricting: _still, partly: _part, ...hold }: HoldView, at: string): HoldView {
  const isLeft = hold.evidence.some((item) => item.since <= at && (item.until === null || item.until > at));
  return hold.until !== null && hold.until <= at && isLeft ? { ...hold, releasing: true } : hold;
}

/** Returns whether a hold is open at an instant, or not undone yet. */
function isLasting({ until, releasing }: HoldView, at: string): boolean {
  return releasing === true || until === null || until > at;
}

async function findRelease(
  context: Context,
  { id, quotaReleasedUntil: until }: Explanation['service'],
  at: string,
): Promise<Explanation['released']> {
  return until === null ? null : { until, note: await findReleaseNote(context, id, at) };
}

/** A smaller fall is the noise of consolidated data. */
const NOISE_BYTES = 100 * 1024 ** 2;

/** Reads the last readings; of those before, only as many as show how high the usage was. */
async function readReadings(
  { store }: Context,
  { id, createdAt }: ServiceRecord,
  { cycle, until }: { cycle: CycleRecord | null; until: string },
): Promise<Explanation['readings']> {
  const ofCycle = cycle === null ? {} : { cycle: cycle.id };
  const newest = { service: id, ...ofCycle, to: until, newestFirst: true, limit: READINGS };
  const last = (await store.samples.list(newest)).reverse();
  const [first] = last;
  const earlier = { from: cycle?.start ?? createdAt, to: first?.at ?? until, parts: EARLIER };
  const isMore = first !== undefined && last.length === READINGS;
  const before = isMore ? await store.samples.spread({ service: id, ...ofCycle, ...earlier }) : [];
  const samples = isMore ? [...before.filter(({ at }) => at < first.at), ...last] : last;
  const most = cycle?.peakTotalBytes ?? null;
  const above = most === null ? [] : samples.filter(({ totalBytes }) => (totalBytes ?? 0) > most);
  const braked = await findBraked(store, above);
  return readingViews(samples, above, braked).slice(-READINGS);
}

const DAY_MS = 86_400_000;

/** Returns those of these readings that were read by a run which the brake stopped. */
async function findBraked(
  { runs }: Context['store'],
  samples: readonly SampleRecord[],
): Promise<ReadonlySet<SampleRecord>> {
  const [first, last] = [samples.at(0), samples.at(-1)];
  if (first === undefined || last === undefined) return new Set();
  const since = new Date(Date.parse(first.at) - DAY_MS).toISOString();
  // One that was stopped may have failed as well.
  const ended = await runs.list({ outcomes: ['brake', 'failed'], since, until: last.at });
  const stopped = ended.filter(
    ({ outcome, error }) => outcome === 'brake' || isStopError({ code: error?.split(':')[0] ?? '' }),
  );
  const isIn = ({ at }: SampleRecord): boolean =>
    stopped.some(({ startedAt, finishedAt }) => startedAt <= at && at <= (finishedAt ?? at));
  return new Set(samples.filter(isIn));
}

/**
 * Returns the readings, oldest first. Those above the peak of their cycle were accepted before its peaks began again: they are not
 * compared with. One far below the others is not trusted.
 */
function readingViews(
  samples: readonly SampleRecord[],
  above: readonly SampleRecord[],
  braked: ReadonlySet<SampleRecord>,
): Explanation['readings'] {
  let highest = 0;
  const left = new Set(above);
  return samples.map((sample) => {
    const { at, inBytes, outBytes, totalBytes, raw } = sample;
    const total = totalBytes ?? 0;
    const hasFallen = totalBytes !== null && total * 2 < highest && highest - total > NOISE_BYTES;
    if (!left.has(sample)) highest = Math.max(highest, total);
    const rejected = braked.has(sample) ? 'mass_change' : hasFallen ? 'usage_fell' : null;
    return { at, inBytes, outBytes, totalBytes, rejected, raw: maskUuidsIn(toRaw(raw)) };
  });
}

function allowanceView(allowance: Allowance | null): Explanation['allowance'] {
  return {
    parts: allowance ? allowance.parts.map(({ source, bytes }) => ({ source, bytes })) : [],
    allowedBytes: allowance?.kind === 'limited' ? allowance.allowedBytes : null,
  };
}

function decisionView(decision: DecisionRecord): NonNullable<Explanation['decision']> {
  const { rule, status, at, run, mode, action, observing, wouldHold, inputs } = decision;
  return { rule, status, at, run, mode, action, observing, wouldHold, inputs: maskUuidsIn(inputs) };
}

function actionView(context: Context, action: ActionRecord): Explanation['actions'][number] {
  const { id, endedAt, plannedAt, run, prior, observed, errorCode, errorMessage } = action;
  const view = toActionView((panel) => context.findKind(panel), action);
  const error = errorCode === null ? null : { code: errorCode, message: errorMessage ?? '' };
  const states = { prior: maskUuidsIn(prior), observed: maskUuidsIn(observed) };
  return { id, ...view, at: endedAt ?? plannedAt, run, ...states, error };
}

function toRaw(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
