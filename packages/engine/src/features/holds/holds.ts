import { toOwner } from '../../context/owner.js';
import { endHolds, endHoldsWithNews } from '../../context/change-holds.js';
import type { RunCommand } from '../../kernel/run/bracket.js';
import type {
  CommandReport,
  EvidenceView,
  HoldEntry,
  HoldMarks,
  HoldView,
  ReleasedQuota,
} from '@sluice/contract/documents';
import { maskUuidsIn } from '@sluice/panel-http/printable';
import type { EvidenceRecord, HoldRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { type Panel, SluiceError } from '@sluice/panel-kind';
import { describeReason, findSubjectAgent, findSubjectUser } from '@sluice/quota-core';
import { isPanelRemoved } from '../../base/config/find-entry.js';
import { notFound, unsupported } from '../../base/errors.js';
import { isOfLimit, isProtected, isQuotaReleased, newHold, readMarks } from '../../kernel/subject/holds.js';
import { runDecidedCommand } from '../command/run-command.js';
import { listAgentPanels } from '../../kernel/subject/agent-hold.js';
import type { Applied } from '../../kernel/subject/stages.js';
import type { Context } from '../../context/context.js';
import { findFollowed } from '../billing/open-billing.js';
import { noteFollowing, noteOrdered } from '../services/former-status.js';
import { findStoredAgents } from '../agents/show-agents.js';
import { holdsFor } from '../services/for-reader.js';
import { isHeldOverdue } from '../../kernel/subject/skip.js';
import { endsWithAccount } from '../../kernel/subject/account.js';
import { beginByCommand } from './held-by-command.js';
import { checkLifecycle } from './check-lifecycle.js';
import type { Reader } from '../../context/reader.js';

/** Options of `hold add` and `hold release`. */
export interface HoldCommand {
  command: RunCommand;
  reason: 'billing' | 'manual';
  what: 'add' | 'release';
  note: string | null;
  waitMs: number;
  dryRun: boolean;
  /** Suspend the numbers of a line, too. */
  withDids?: boolean | undefined;
  /** Reactivate also what somebody else suspended. */
  force?: boolean | undefined;
}

type SuspendingCommand = HoldCommand & { suspension: string };

/**
 * Adds or releases a hold and enforces that at once, under `observe` too. Repeatable: what is already done is not done again.
 */
export async function runHoldCommand(context: Context, id: string, request: HoldCommand): Promise<CommandReport> {
  const { command, dryRun, waitMs } = request;
  if (command === 'hold release') await refuseAgentHold(context, id);
  const { report } = await runDecidedCommand(context, id, { command, dryRun, waitMs }, async (service, panel) => {
    const suspension = toSuspension(panel, request);
    const lasting = await context.store.holds.lasting({ services: [id] });
    const held = lasting.filter(({ until }) => until === null);
    // A terminated service has no reason for a hold any more; an account of Sluice is removed instead.
    const isEnded =
      service.status === 'terminated' && command === 'hold release' && !endsWithAccount(panel.kind, service);
    if (!isEnded || lasting.length === 0) checkLifecycle(service, { ...request, isHeld: lasting.length > 0 });
    const isHeld = held.some(({ reason }) => reason === request.reason || isEnded);
    // An interrupted release is finished by finding out how its last change ended.
    const isUnfinished = (await context.store.actions.unresolved({ services: [id] })).length > 0;
    const status = request.what === 'add' ? 'suspended' : 'active';
    const isFollowing = request.reason === 'billing' && findFollowed(context, service) !== null;
    const isWithheld = request.reason === 'billing' && !isHeld && isProtected(context.config, service, context.now());
    const adds = request.what === 'add' && !isWithheld;
    let wasOrdered = false;
    return {
      ...(command === 'hold release' &&
        !isHeld &&
        !isUnfinished && {
          checkDone: (applied: Applied) => {
            refuseIdle(context, applied);
          },
        }),
      scope: 'hold',
      account: request.force === true ? { verb: 'unsuspend' } : null,
      storeTarget: async (target, tables, run) => {
        if (request.reason === 'billing') await tables.services.update([{ id, status, updatedAt: context.now() }]);
        if (isFollowing) wasOrdered = await noteOrdered(tables, service, status, context.now());
        if (isEnded) await endHolds(tables, held, context.now());
        else if (adds || request.what === 'release')
          await changeHold(context, tables, { service: target, run, request: { ...request, suspension } });
      },
      // The answer to an order that is repeated may be lost, too.
      done: async (_service, tables) => {
        if (isFollowing && !wasOrdered) await noteFollowing(tables, [id]);
      },
      preview: (loaded) => {
        const others = loaded.holds.filter((hold) => hold.reason !== request.reason && !isEnded);
        const open = loaded.holds.find((hold) => hold.reason === request.reason);
        const command = { ...request, suspension };
        const kept = open === undefined ? toHold(context, id, command) : { ...open, ...toChange(open, command) };
        const added = adds ? [kept] : [];
        const target = request.reason === 'billing' ? ({ ...loaded.service, status } as const) : loaded.service;
        return { ...loaded, service: target, holds: [...others, ...added] };
      },
    };
  });
  return report;
}

/**
 * Refuses to release the hold of an agent in place of a service's.
 *
 * @throws SluiceError `hold_of_agent` if no service has the id and it is the uuid or name of a suspended agent
 */
async function refuseAgentHold({ store, config }: Context, id: string): Promise<void> {
  if ((await store.services.get(id)) !== null) return;
  for (const panel of Object.keys(config.panels)) {
    const held = await store.holds.open({ agentsOf: panel, reason: 'manual' });
    if (held.length === 0) continue;
    const suspended = new Set(held.map(({ service }) => findSubjectAgent(service)));
    const agents = (await store.agents.list(panel)).filter(({ uuid }) => suspended.has(uuid));
    const agent = agents.find(({ uuid, name }) => uuid === id.toLowerCase() || name === id);
    if (agent === undefined) continue;
    throw notFound(
      'hold_of_agent',
      `"${agent.name}" is a suspended agent of panel "${panel}", not a service; nothing was released.`,
      { agent: agent.name, panel },
    );
  }
}

/** Returns the restriction of the hold; refuses what the panel lacks before anything is stored. */
function toSuspension({ name, kind }: Panel, { withDids = false, force = false }: HoldCommand): string {
  const { suspension, wideSuspension } = kind;
  if (!withDids && !force) return suspension;
  if (wideSuspension !== undefined) return withDids ? wideSuspension : suspension;
  throw unsupported(`Panel "${name}" (${kind.kind}) has no lines with numbers`, { panel: name });
}

/** Refuses a release that released nothing while other holds restrict the service. */
function refuseIdle(context: Context, { service, holds, closes, actions, error }: Applied): void {
  const { id } = service;
  const reasons = holds.filter((hold) => !closes.includes(hold)).map(({ reason }) => reason);
  if (reasons.length === 0 || closes.length > 0 || actions.length > 0 || error !== null) return;
  const source = findFollowed(context, service);
  const followed = source === null ? {} : { source };
  const isOverdue =
    source === null && service.status === 'active' && isHeldOverdue(service, context.config, context.now());
  throw new SluiceError(
    'hold_not_released',
    `"${id}" has no manual hold and stays held (${reasons.map(describeReason).join(', ')}); nothing was changed`,
    {
      details: {
        service: id,
        reasons,
        ...followed,
        ...Object.fromEntries(reasons.map((each) => [toRemedy(each, isOverdue), id])),
      },
    },
  );
}

/** Returns by what a hold ends: limits of the config, which have ids of their own, have one remedy. */
function toRemedy(reason: string, isOverdue: boolean): string {
  if (reason === 'billing' && isOverdue) return 'overdue';
  return reason !== 'quota' && isOfLimit({ reason }) ? 'limit' : reason;
}

async function changeHold(
  context: Context,
  tables: StoreTables,
  { service, run, request }: { service: ServiceRecord; run: string; request: SuspendingCommand },
): Promise<void> {
  const { id } = service;
  const open = (await tables.holds.open({ services: [id] })).find((hold) => hold.reason === request.reason);
  if (request.what === 'release') {
    if (open) await endHoldsWithNews(tables, [open], context.now());
  } else if (open) {
    const change = toChange(open, request);
    if (Object.keys(change).length > 0) await tables.holds.update(open.id, change);
  } else await beginByCommand(context, tables, { hold: toHold(context, id, request), service, run });
}

/** Returns what a repeated hold changes of the open one: it only becomes harsher. */
function toChange(
  { restriction }: HoldRecord,
  { note, withDids, suspension }: SuspendingCommand,
): Partial<Pick<HoldRecord, 'note' | 'restriction'>> {
  const widens = withDids === true && restriction !== suspension;
  return { ...(note !== null && { note }), ...(widens && { restriction: suspension }) };
}

function toHold(context: Context, service: string, { reason, suspension, note }: SuspendingCommand): HoldRecord {
  return newHold(context, { service, reason, restriction: suspension, note, origin: 'operator' });
}

/** Returns the services whose limits are released until a date. */
export async function releasedQuotas(context: Context, service?: string): Promise<ReleasedQuota[]> {
  const filter = service === undefined ? {} : { ids: [service] };
  const found: ReleasedQuota[] = [];
  for (const row of await context.store.services.list(filter)) {
    const until = isQuotaReleased(context.config, row, context.now()) ? row.quotaReleasedUntil : null;
    if (until !== null)
      found.push({
        service: row.id,
        name: row.name,
        until,
        note: await findReleaseNote(context, row.id, context.now()),
      });
  }
  return found;
}

/** Returns the note of the command that had released the limits last: the newest release until then that ended no manual hold. */
export async function findReleaseNote({ store }: Context, service: string, at: string): Promise<string | null> {
  const manual = (await store.holds.all({ service })).filter(({ reason }) => reason === 'manual');
  const runs = await store.runs.list({ service, command: 'hold release' });
  const endsManual = ({ startedAt, finishedAt }: (typeof runs)[number]): boolean =>
    manual.some(({ until }) => until !== null && until >= startedAt && (finishedAt === null || until <= finishedAt));
  return runs.find((run) => run.startedAt <= at && run.outcome !== 'failed' && !endsManual(run))?.note ?? null;
}

/** Returns open and past holds with their evidence. */
export async function holdViews(context: Context, service?: string): Promise<HoldView[]> {
  const { holds } = context.store;
  if (service === undefined) return toViews(context, await holds.all(), {});
  return toViews(context, await holds.all({ service }), { services: [service] });
}

/** Lists open and past holds of services and, without a service, of agents. */
export async function listHolds(context: Context, service?: string, reader?: Reader): Promise<HoldEntry[]> {
  const ids = service === undefined ? {} : { ids: [service] };
  const services = new Map((await context.store.services.list(ids)).map((record) => [record.id, record]));
  const ofServices = (await holdViews(context, service)).map((view): HoldEntry => ({
    ...view,
    agent: null,
    ...toOwner(context.config, services.get(view.service)),
  }));
  if (service === undefined) return [...ofServices, ...(await listAgentHolds(context))];
  const own = services.get(service);
  return own === undefined ? ofServices : holdsFor(ofServices, own, reader);
}

/** Lists open and past holds of agents, also on panels that are not in the config any more. */
export async function listAgentHolds(context: Context): Promise<HoldEntry[]> {
  const entries: HoldEntry[] = [];
  for (const panel of await listAgentPanels(context.store)) {
    const views = await toViews(context, await context.store.holds.all({ agentsOf: panel }), { agentsOf: panel });
    if (views.length === 0) continue;
    const agents = new Map((await context.store.agents.list(panel)).map((record) => [record.uuid, record]));
    const enabled = await countEnabledUsers(context, panel);
    for (const view of views) {
      const uuid = findSubjectAgent(view.service) ?? '';
      const { name = null } = agents.get(uuid) ?? {};
      const agent = { uuid, name };
      entries.push({
        ...view,
        ...markAgentHold(view, enabled.get(uuid) ?? 0),
        service: null,
        agent,
        ...toOwner(context.config, undefined),
        panel,
      });
    }
  }
  return entries;
}

/** Returns how many users are enabled below each agent of a panel; none where the panel is not in the config. */
async function countEnabledUsers(context: Context, panel: string): Promise<Map<string, number>> {
  if (isPanelRemoved(context.config, panel)) return new Map();
  const agents = await findStoredAgents(context, panel);
  return new Map(agents.map(({ uuid, enabledUsers }) => [uuid, enabledUsers ?? 0]));
}

/** Returns the marks of an agent's hold. A limit leaves users of exempt agents enabled: it is never marked as enforced in part. */
function markAgentHold({ service, reason, until, evidence }: HoldView, enabledUsers: number): HoldMarks {
  if (until !== null || enabledUsers === 0 || findSubjectUser(service) !== null) return {};
  if (evidence.every((item) => item.until !== null)) return { restricting: true };
  return reason === 'manual' ? { partly: true } : {};
}

async function toViews(
  context: Context,
  holds: readonly HoldRecord[],
  filter: Parameters<typeof readMarks>[1],
): Promise<HoldView[]> {
  const evidence = new Map<string, EvidenceRecord[]>();
  for (const item of await context.store.evidence.ofHolds(holds.map((hold) => hold.id)))
    evidence.set(item.hold, [...(evidence.get(item.hold) ?? []), item]);
  const marks = await readMarks(context.store, filter);
  return holds.map((hold) => {
    const { id, service, reason, since, until, note, origin } = hold;
    const own = evidence.get(id) ?? [];
    return { service, reason, since, until, note, origin, ...marks.get(id), evidence: own.map(evidenceView) };
  });
}

export function evidenceView(item: EvidenceRecord): EvidenceView {
  const { kind, target, prior, adopted, since, until, outcome } = item;
  return { kind, target, prior: maskUuidsIn(prior), adopted, since, until, outcome };
}
