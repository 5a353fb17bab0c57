import type { ServiceSource, SourceUsage } from '@sluice/contract/ports';
import { stated } from '@sluice/messages/said';
import { SluiceError, toItemError } from '@sluice/panel-kind';
import type { DecisionRecord, ServiceRecord } from '@sluice/state-store';
import { addNotices, type Notice, noticeRows } from '../../kernel/run/notice.js';
import type { RunRequest } from '../../kernel/run/run-request.js';
import type { Context } from '../../context/context.js';
import type { EndedRun } from '../../loop/run-part.js';
import { toCountedUsage } from '../../kernel/subject/counted.js';
import { MOVED, openKnownSource } from './billing-address.js';
import { type ConfiguredSource, findSource } from './open-billing.js';

/** Usage of a service that the billing system does not have yet. */
interface Push {
  service: ServiceRecord;
  usage: SourceUsage;
  figures: string;
}

/**
 * Writes usage and allowance that changed into the services of the billing system, after the run has enforced its decisions: of the
 * services that it is over, whichever run has read them. A failure is a notice; the next run writes the figures again.
 */
export async function pushUsage({ context, request, report }: EndedRun): Promise<void> {
  const configured = findSource(context);
  if (configured === null || context.deps.signal.aborted) return;
  const notices = await openAndPush(context, configured, request);
  if (notices.length === 0) return;
  const rows = noticeRows(context, report.run.id, notices);
  const added = await context.store.write((tables) => addNotices(context, tables, rows));
  report.notices.push(...added.map(({ code, service, message }) => ({ code, service, message })));
}

type Over = Pick<RunRequest, 'panel' | 'service'>;

async function openAndPush(context: Context, configured: ConfiguredSource, over: Over): Promise<Notice[]> {
  let source: ServiceSource;
  try {
    source = await openKnownSource(context, configured);
  } catch (error) {
    // The run reports it by itself.
    if (error instanceof SluiceError && error.code === MOVED) return [];
    return [await toNotice(context, null, error)];
  }
  try {
    return source.pushesUsage ? await pushAll(context, source, await findChanged(context, source, over)) : [];
  } finally {
    source.close();
  }
}

/** Returns the services that a run is over, and of which other figures are stored than the billing system has. */
async function findChanged({ store }: Context, source: ServiceSource, { panel, service: only }: Over): Promise<Push[]> {
  const of = { ...(panel !== undefined && { panel }), ...(only !== undefined && { ids: [only] }) };
  const services = (await store.services.list(of)).filter(({ refs }) => refs[source.ref] !== undefined);
  const ids = services.map(({ id }) => id);
  const decided = (await store.decisions.latest(ids)).filter(({ observing }) => !observing);
  const decisions = new Map((await withLastReadings(store, decided)).map((row) => [row.service, row]));
  const pushed = new Map((await store.pushedUsage.list({ services: ids })).map((row) => [row.service, row]));
  return services.flatMap((service) => {
    const decision = decisions.get(service.id);
    const usage = decision === undefined ? null : toUsage(decision);
    if (usage === null) return [];
    const figures = source.toUsageText(usage);
    return figures === pushed.get(service.id)?.figures ? [] : [{ service, usage, figures }];
  });
}

/** Returns decisions with the last reading of their cycle: runs may have failed to read a service since. */
async function withLastReadings(
  { cycles }: Context['store'],
  decisions: readonly DecisionRecord[],
): Promise<DecisionRecord[]> {
  const unread = decisions.flatMap(({ service, readAt, cycle }) =>
    readAt === null && cycle !== null ? [service] : [],
  );
  if (unread.length === 0) return [...decisions];
  const read = new Map((await cycles.newest(unread)).map((cycle) => [cycle.id, cycle]));
  return decisions.map((decision) => {
    const cycle = decision.cycle === null ? undefined : read.get(decision.cycle);
    if (decision.readAt !== null || cycle === undefined) return decision;
    const { inBytes, outBytes, totalBytes, readAt } = cycle;
    return { ...decision, inBytes, outBytes, totalBytes, readAt };
  });
}

function toUsage(decision: DecisionRecord): SourceUsage | null {
  const { usedBytes = null, allowedBytes = null, unlimited = false } = toCountedUsage(decision) ?? {};
  return usedBytes === null || (allowedBytes === null && !unlimited) ? null : { usedBytes, allowedBytes };
}

/** Services whose figures are stored as pushed at once. */
const AT_ONCE = 50;

async function pushAll(context: Context, source: ServiceSource, pushes: readonly Push[]): Promise<Notice[]> {
  const { signal } = context.deps;
  const isAborted = (): boolean => signal.aborted;
  const notices: Notice[] = [];
  let done: Push[] = [];
  const store = async (): Promise<void> => {
    const at = context.now();
    const rows = done.map(({ service, figures }) => ({ service: service.id, figures, at }));
    done = [];
    if (rows.length > 0) await context.store.write((tables) => tables.pushedUsage.put(rows));
  };
  for (const push of pushes) {
    if (isAborted()) break;
    try {
      await source.pushUsage(push.service.refs[source.ref] ?? '', push.usage, signal);
      done.push(push);
      if (done.length >= AT_ONCE) await store();
    } catch (error) {
      if (isAborted()) break;
      if (!(error instanceof SluiceError)) throw error;
      const isOfService = error.code === 'usage_refused';
      if (!isOfService) await store();
      notices.push(await toNotice(context, isOfService ? push : null, error));
      // Without the billing system each of the others would wait in vain.
      if (!isOfService) break;
    }
  }
  await store();
  return notices;
}

/**
 * Reported once per figures of a service and cause; about the billing system once a day and cause, and again when it fails after
 * a success.
 */
async function toNotice(context: Context, push: Push | null, error: unknown): Promise<Notice> {
  const { code, message } = toItemError(error);
  const own = push === null ? null : `${push.service.id}:${push.figures}:${message}`;
  const key = own ?? `${context.now().slice(0, 10)}:${toCause(error, code)}:${await lastSuccess(context)}`;
  const { id = null, panel = null } = push?.service ?? {};
  return { code: 'usage_not_pushed', key: `usage_not_pushed:${key}`, panel, service: id, message: stated(message) };
}

/** Returns what stays the same while the cause does: a message may contain times. */
function toCause(error: unknown, code: string): string {
  const details: Record<string, unknown> = error instanceof SluiceError ? error.details : {};
  return JSON.stringify([code, details['code'], details['refusal'], details['status']]);
}

async function lastSuccess({ store }: Context): Promise<string> {
  const services = (await store.services.list({})).map(({ id }) => id);
  const pushed = await store.pushedUsage.list({ services });
  return pushed.reduce((last, { at }) => (at > last ? at : last), '');
}
