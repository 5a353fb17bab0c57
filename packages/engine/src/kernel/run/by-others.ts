import type { ForeignChange, Panel } from '@sluice/panel-kind';
import { printable } from '@sluice/panel-http/printable';
import type { DecisionRecord, StoreTables } from '@sluice/state-store';
import { group } from '../../base/lifecycle.js';
import type { Applied, Planned } from '../subject/stages.js';

/** What others have changed on the panel since a run, as stored with the decision that found it. */
export interface ChangeByOthers {
  object: string;
  was: string;
  is: string;
  /** When the run before had read or changed it (ISO 8601 UTC). */
  since: string;
  /** When it was found (ISO 8601 UTC). */
  foundAt: string;
}

/** The code of a warning, and of a reason of a service's state. */
export const CHANGED_BY_OTHERS = 'changed_by_others' as const;

type Tables = Pick<StoreTables, 'actions' | 'decisions' | 'alarms' | 'runs'>;
type Looked = Pick<Planned | Applied, 'service' | 'plan' | 'error' | 'unresolved' | 'enforcement'>;

/** What is asked for: the panel, and the instant at which it was read. */
interface Asked {
  readonly panel: Pick<Panel, 'snapshot'>;
  readonly now: string;
}

/**
 * Returns what others have changed of services since the last run, by service: the only answer to that question. Nothing is said of a
 * service that no run has decided before, or that is observed, or while the outcome of a change of Sluice is unknown. What
 * could not be read is as it was found before. Called before the decisions and alarms of the run are stored.
 */
export async function findChangedByOthers(
  tables: Tables,
  { panel, now }: Asked,
  subjects: readonly Looked[],
): Promise<ReadonlyMap<string, ChangeByOthers[]>> {
  const enforced = subjects.filter(
    ({ enforcement, unresolved }) => enforcement.value === 'on' && unresolved.length === 0,
  );
  const asked = enforced.filter(({ plan, error }) => error !== null || (plan?.byOthers ?? []).length > 0);
  const found = new Map<string, ChangeByOthers[]>();
  if (asked.length === 0) return found;
  const ids = asked.map(({ service }) => service.id);
  const decisions = new Map((await tables.decisions.latest(ids)).map((decision) => [decision.service, decision]));
  const alarms = group(await tables.alarms.list({ services: ids }));
  for (const work of asked) {
    const { id } = work.service;
    const before = decisions.get(id);
    if (before === undefined) continue;
    const known = readByOthers(before);
    const said = (alarms.get(id) ?? []).map(({ message }) => message);
    const changes: ChangeByOthers[] = [];
    for (const change of work.plan?.byOthers ?? []) {
      const [object, was, is] = [change.object, change.was, change.is].map(printable) as [string, string, string];
      const earlier = known.find((each) => each.object === object && each.is === is);
      const lasts = earlier !== undefined && (change.isNew !== true || !(await isUndone(tables, id, earlier)));
      const since = lasts ? null : await findSince(tables, { panel, before, said }, work, change);
      if (lasts) changes.push(earlier);
      else if (since !== null) changes.push({ object, was, is, since, foundAt: now });
    }
    // A service that could not be read shows nothing.
    const kept = work.error === null || changes.length > 0 ? changes : known;
    if (kept.length > 0) found.set(id, kept);
  }
  return found;
}

/** Whether Sluice has changed the service since others had, so that they have done so again. */
async function isUndone({ actions }: Tables, service: string, { foundAt }: ChangeByOthers): Promise<boolean> {
  return (await actions.list({ service, since: foundAt })).some(({ state }) => state === 'applied');
}

/** Returns when a run had found an object as it was before; null where none has. */
async function findSince(
  tables: Tables,
  { panel, before, said }: { panel: Asked['panel']; before: DecisionRecord; said: readonly string[] },
  { service }: Pick<Looked, 'service'>,
  { isNew, text }: ForeignChange,
): Promise<string | null> {
  if (isNew !== null) return isNew ? (before.readAt ?? before.at) : null;
  const isSaid = said.some((message) => message.includes(printable(text ?? '')));
  if (isSaid) return null;
  if (panel.snapshot !== undefined) return wasServed(before) ? before.at : null;
  // Where only a reconcile reads what is not held, the last one has to have found the service served, as it is in the store now.
  const [last] = await tables.runs.list({ command: 'reconcile', whole: true, outcomes: ['done', 'partial'], limit: 1 });
  const since = last?.finishedAt ?? null;
  if (last === undefined || since === null || last.startedAt < service.createdAt || since < service.updatedAt)
    return null;
  const then = await tables.decisions.at(service.id, since);
  if (then === null || !wasServed(then)) return null;
  return (await tables.actions.list({ service: service.id, since })).length === 0 ? since : null;
}

/** Whether a run has read a service, and found that nothing restricts it. */
const wasServed = ({ status, errorCode, observing, wouldHold }: DecisionRecord): boolean =>
  status === 'ok' && errorCode === null && !observing && wouldHold.length === 0;

/** Returns what others had changed of a service when it was decided last. */
export function readByOthers(decision: Pick<DecisionRecord, 'inputs'> | null): ChangeByOthers[] {
  const { byOthers = [] } = (decision?.inputs ?? {}) as { byOthers?: ChangeByOthers[] };
  return byOthers;
}

/** Returns decisions with what others have changed. */
export function withByOthers(
  decisions: readonly DecisionRecord[],
  found: ReadonlyMap<string, ChangeByOthers[]>,
): DecisionRecord[] {
  return decisions.map((decision) => {
    const byOthers = found.get(decision.service);
    if (byOthers === undefined) return decision;
    return { ...decision, inputs: { ...(decision.inputs as object), byOthers } };
  });
}

/** Says what others have changed of a service: `port 7001 (eth0): disabled by Sluice at …, enabled since`. */
export function describeByOthers(changes: readonly ChangeByOthers[]): string {
  return changes.map(({ object, was, is, since }) => `${object}: ${was} at ${since}, ${is} since`).join('; ');
}
