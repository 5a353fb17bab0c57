import { staffText } from '@sluice/messages/staff';
import type { Observation } from '@sluice/panel-kind';
import type { EvidenceRecord, ServiceRecord } from '@sluice/state-store';
import { group, hasEnded } from '../../base/lifecycle.js';
import { COMMAND_PREFIX } from '../../kernel/subject/command-row.js';
import { undecided } from '../../loop/decide.js';
import { load } from '../../loop/load.js';
import { readLifted } from '../../kernel/subject/lifts.js';
import { findLowered, loweredNotices, noteAccounts } from './ended-lifts.js';
import { type Notice, serviceNotice } from '../../kernel/run/notice.js';
import { observe } from '../../loop/observe.js';
import type { PanelRun, PartHooks, ToTreatment } from '../../loop/run-part.js';
import { findSharers, readUnread } from '../../loop/sharing.js';
import { saveResources } from '../../kernel/subject/facts.js';
import type { Applied, Decided, GivenAway, Planned, RunOnPanel } from '../../kernel/subject/stages.js';
import { toRead, unplanned } from '../../kernel/subject/to-stage.js';

async function listEnded({ context, panel, only }: PanelRun): Promise<ServiceRecord[]> {
  const filter = only === null ? { panel: panel.name } : { services: [only.id] };
  const ids = new Set(group(await context.store.evidence.open(filter)).keys());
  const lifted = panel.kind.keepsQuota === true ? await readLifted(context.store, panel.name) : [];
  for (const id of lifted) if (only === null || id === only.id) ids.add(id);
  const listed = ids.size === 0 ? [] : await context.store.services.list({ ids: [...ids] });
  return listed.filter((service) => hasEnded(service) && service.panel === panel.name);
}

/**
 * Restrictions and lifts of services that have ended: restrictions end where others have the object now, and limits that were lifted
 * are set again where nobody else has the account.
 */
export async function beginEnded(run: PanelRun): Promise<PartHooks> {
  const subjects = await readEnded(run);
  const ended = findGivenAway(run, subjects);
  const lowered = await findLowered(run, subjects);
  run.ended = ended;
  run.lowered = lowered;
  return {
    afterDecide: (decided) =>
      lowered.has(decided.service.id)
        ? { ...decided, skipped: null, error: null, closes: [] }
        : endWithService(ended, decided),
    async afterApply(subjects, treatment) {
      run.notices.push(...endedNotices(ended, subjects, treatment), ...loweredNotices(lowered, subjects));
      await noteAccounts(run, lowered, subjects);
      return subjects;
    },
  };
}

/** Reads terminated and vanished services of which something may be left on the panel, with those that use the same objects. */
async function readEnded(on: PanelRun): Promise<Planned[]> {
  const { context, panel, request, enforcements } = on;
  const loaded = await load(context, panel, await listEnded(on), { enforcements });
  const none = new Map<string, Observation>();
  const observations = request.observeAll ? await observe(on, loaded) : none;
  const subjects = loaded.map((facts) => {
    const observation = observations.get(facts.service.id) ?? null;
    return { ...unplanned(undecided(toRead(facts))), observation };
  });
  const seen = { ...on, ordered: await listOrdered(on) };
  const found = await (panel.objects === undefined
    ? findSharers(seen, subjects)
    : readUnread(seen, subjects, subjects));
  // What was read once is not read again by the next run.
  if (!request.dryRun && on.resources.size > 0)
    (await context.write(on.leases.held, (tables) => saveResources(on, tables)))();
  return found;
}

/**
 * Finds terminated and vanished services whose restricted objects a service that has not ended uses now, each with the ids of its
 * evidence on those objects. A run that observes everything also finds objects of terminated ones that the panel does not show as
 * theirs any more. Without either, the restrictions stay.
 */
function findGivenAway(on: PanelRun, found: readonly Planned[]): GivenAway {
  const passed = found.map((work) => [work.service.id, new Set(listGivenAway(on, work).map(({ id }) => id))] as const);
  return new Map(passed.filter(([, ids]) => ids.size > 0));
}

/** Returns the services whose account an operator has ordered, and that was refused: it names what they are to have. */
async function listOrdered({ context, panel }: RunOnPanel): Promise<ReadonlySet<string>> {
  if (panel.accounts === undefined) return new Set();
  const rows = await context.store.actions.unresolved();
  const orders = rows.filter((row) => row.panel === panel.name && row.type === `${COMMAND_PREFIX}create`);
  return new Set(orders.flatMap(({ service }) => service ?? []));
}

/** Returns the evidence of an ended service on objects that are not its own any more. */
function listGivenAway({ panel }: RunOnPanel, { service, evidence, sharers, observation }: Planned): EvidenceRecord[] {
  const here = evidence.filter((item) => item.panel === panel.name);
  const living = sharers.filter((sharer) => !hasEnded(sharer.service));
  // All that a service has on a panel with accounts belongs to its one account.
  if (panel.objects === undefined && living.length > 0) return here;
  // A vanished service may return: its absence from a list alone ends no restriction.
  const isRead =
    service.status === 'terminated' && observation !== null && panel.objects?.isComplete(service, observation) === true;
  const own = isRead ? new Set(panel.resources(service, observation)) : null;
  const hasPassed = (item: EvidenceRecord): boolean => {
    const object = `${item.kind}:${item.target}`;
    return living.some(({ shared }) => shared.includes(object)) || own?.has(object) === false;
  };
  const passed = here.filter(hasPassed);
  // With the last object of a kind, all have passed: with the ports of a server its order, which nobody else names.
  const isWhole = passed.some(({ kind }) => here.every((item) => item.kind !== kind || passed.includes(item)));
  return isWhole ? here : passed;
}

/** Returns a service whose restrictions end with it: its holds end with the last of them. Others unchanged. */
function endWithService(ended: GivenAway, decided: Decided): Decided {
  const passed = ended.get(decided.service.id);
  if (passed === undefined) return decided;
  const isWhole = decided.evidence.every(({ id, panel }) => passed.has(id) || panel !== decided.service.panel);
  return { ...decided, skipped: null, error: null, closes: isWhole ? decided.holds : [] };
}

/** Returns the notices of services whose restrictions ended with them. */
function endedNotices(ended: GivenAway, subjects: readonly Applied[], treatment: ToTreatment): Notice[] {
  const due = subjects.filter((work) => ended.has(work.service.id) && !work.changedMeanwhile);
  return due.flatMap((work) => {
    if (treatment(work).previewOnly) return [];
    const { service } = work;
    const [first = service.updatedAt, ...more] = ended.get(service.id) ?? [];
    const message =
      work.holds.length === 0
        ? staffText('staff.endedReleasedAll', { service: service.id })
        : staffText('staff.endedReleased', { service: service.id, count: more.length + 1 });
    return [serviceNotice(service, 'ended_released', message, first)];
  });
}
