import type { AlarmView } from '@sluice/contract/documents';
import { SluiceError } from '@sluice/panel-kind';
import type { AlarmRecord } from '@sluice/state-store';
import { notFound } from '../../base/errors.js';
import { withRun } from '../../kernel/run/bracket.js';
import type { Context } from '../../context/context.js';
import { type Names, readNames } from '../../context/names.js';
import { noteCharged } from '../calls/stored-late-calls.js';
import { toEvent } from '../../base/notice-events.js';
import {
  findStandingAlarms,
  readAcknowledgement,
  type StandingAlarm,
  storeAcknowledgement,
} from './standing-alarms.js';

/** Which alarms to list. */
export interface AlarmFilter {
  service?: string | undefined;
  panel?: string | undefined;
}

/**
 * Lists all that waits for somebody, what nobody has acknowledged first, then by the time since it is known: what the last runs
 * found to be wrong with services, and what stands by itself. Calls no panel.
 */
export async function listAlarms(context: Context, filter: AlarmFilter = {}): Promise<AlarmView[]> {
  const found = (await findAlarms(context, filter)).map(({ view }) => view);
  const names = await readNames(context.store, found);
  const views = found.map((view) => toNamed(view, names));
  views.sort((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0));
  return [
    ...views.filter(({ acknowledged }) => acknowledged === null),
    ...views.filter(({ acknowledged }) => acknowledged !== null),
  ];
}

type UnnamedAlarm = Omit<AlarmView, 'name'>;

const toNamed = (alarm: UnnamedAlarm, names: Names): AlarmView => ({ ...alarm, name: names.toService(alarm.service) });

/** An alarm, and whether it stands by itself: then no run has stored it, only its acknowledgement is. */
interface FoundAlarm {
  view: UnnamedAlarm;
  stands: boolean;
}

async function findAlarms(context: Context, { service, panel }: AlarmFilter): Promise<FoundAlarm[]> {
  const { store } = context;
  const stored = await store.alarms.list({ ...(service && { services: [service] }), ...(panel && { panel }) });
  const found: FoundAlarm[] = stored.map((alarm) => ({ view: toAlarmView(alarm), stands: false }));
  for (const alarm of await findStandingAlarms(context, service)) {
    if (service !== undefined && alarm.service !== service) continue;
    if (panel !== undefined && alarm.panel !== panel) continue;
    found.push({ view: toStandingView(alarm, await readAcknowledgement(store, alarm)), stands: true });
  }
  return found;
}

/** What is done about an alarm. */
export interface AcknowledgeRequest {
  /** Removes the acknowledgement. */
  undo?: boolean | undefined;
}

/**
 * Notes that somebody knows of an alarm: no notice of it is sent until it ends, or what is wrong changes. A second time only
 * the note changes. Calls that are on no bill count as charged by hand from then on. Is in the log of runs, as its end is.
 *
 * @throws SluiceError `unknown_alarm`, `not_acknowledged`
 */
export async function acknowledgeAlarm(
  context: Context,
  id: string,
  { undo = false }: AcknowledgeRequest = {},
): Promise<AlarmView> {
  const found = (await findAlarms(context, {})).find(({ view }) => view.id === id);
  if (found === undefined) throw unknownAlarm(id);
  const { view, stands } = found;
  if (undo) requireAcknowledged(id, view.acknowledged);
  const { service } = view;
  const command = undo ? 'notice ack, undone' : 'notice ack';
  return withRun(context, { command, dryRun: false, ...(service !== null && { service }) }, (run) =>
    // What was listed may have ended, or been acknowledged, meanwhile.
    run.store(async (tables) => {
      const stored = await tables.alarms.get(id);
      if (stored === null && !stands) throw unknownAlarm(id);
      const known = stored === null ? await readAcknowledgement(tables, view) : toAlarmView(stored).acknowledged;
      if (undo) requireAcknowledged(id, known);
      if (!(await noteCharged(context, tables, { alarm: id, undo, isKnown: known !== null }))) throw unknownAlarm(id);
      const acknowledged = undo ? null : acknowledge(context, known);
      if (stored === null) await storeAcknowledgement(tables, view, acknowledged);
      else await tables.alarms.put([{ ...stored, ...toColumns(acknowledged) }]);
      return toNamed({ ...view, acknowledged }, await readNames(tables, [view]));
    }),
  );
}

function requireAcknowledged(id: string, known: AlarmView['acknowledged']): void {
  if (known !== null) return;
  throw new SluiceError('not_acknowledged', `Nobody has acknowledged alarm "${id}"; nothing was changed`, {
    details: { alarm: id },
  });
}

/** Who first acknowledged an alarm stays; only the note changes. */
function acknowledge(context: Context, known: AlarmView['acknowledged']): AlarmView['acknowledged'] {
  const { actor, note } = context.deps;
  return { ...(known ?? { at: context.now(), by: actor() }), note: note ?? known?.note ?? null };
}

const unknownAlarm = (id: string): SluiceError =>
  notFound('unknown_alarm', `There is no alarm "${id}": it has ended, or what is wrong has changed`, { alarm: id });

function toColumns(
  acknowledged: AlarmView['acknowledged'],
): Pick<AlarmRecord, 'acknowledgedAt' | 'acknowledgedBy' | 'note'> {
  const { at = null, by = null, note = null } = acknowledged ?? {};
  return { acknowledgedAt: at, acknowledgedBy: by, note };
}

function toStandingView(alarm: StandingAlarm, acknowledged: AlarmView['acknowledged']): UnnamedAlarm {
  return { ...alarm, event: toEvent(alarm.code) ?? 'attention', acknowledged };
}

function toAlarmView(alarm: AlarmRecord): UnnamedAlarm {
  const { id, code, panel, service, message, since, acknowledgedAt: at, acknowledgedBy: by, note } = alarm;
  return toStandingView({ id, code, panel, service, message, since }, at === null ? null : { at, by: by ?? '', note });
}
