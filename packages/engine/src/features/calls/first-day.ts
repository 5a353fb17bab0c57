import type { PanelTelephony } from '@sluice/panel-kind';
import { toLocalDate } from '@sluice/quota-core';
import { type ActionRecord, type OwnershipRecord, ownershipSubject } from '@sluice/state-store';
import { isPanelRemoved } from '../../base/config/find-entry.js';
import { addDays } from '../../base/times.js';
import type { Context } from '../../context/context.js';
import type { Line } from '../telephony/find-line.js';

/** A line of a panel, with the services that have or had it. */
export interface LineOfServices {
  telephony: PanelTelephony;
  panel: string;
  subscriberId: string;
  services: readonly string[];
}

/**
 * Returns the local day from which on the calls of a line are billed here: `billFrom` of the panel, else the day before the one on which
 * Sluice made the line, as the journal shows: the panel may date the first calls by another clock or zone. Null where it is not known:
 * what was called on another line may be on the bills of another system.
 */
export async function findFirstDay(context: Context, line: LineOfServices): Promise<string | null> {
  return line.telephony.billFrom ?? findMadeDay(context, line);
}

async function findMadeDay(context: Context, line: LineOfServices): Promise<string | null> {
  const { telephony, panel, services } = line;
  const all: ActionRecord[] = [];
  for (const service of new Set(services)) all.push(...(await context.store.actions.list({ service })));
  // The panel may have another name in the config now.
  const actions = all.filter((one) => one.panel === panel || isPanelRemoved(context.config, one.panel));
  const made = await findCreation(context, line, actions);
  return made === null ? null : addDays(toLocalDate(made.calledAt ?? made.plannedAt, telephony.timeZone), -1);
}

/** The same of the line of a service. */
export async function findServiceFirstDay(context: Context, line: Line): Promise<string | null> {
  return findFirstDay(context, await readServices(context, line));
}

/** Returns the local day before the one on which Sluice made the line of a service, as the journal shows; null where it did not. */
export async function findServiceMadeDay(context: Context, line: Line): Promise<string | null> {
  return findMadeDay(context, await readServices(context, line));
}

/** Lists the stored periods of a line; none where no ref names it. */
export async function listLinePeriods({ store }: Context, { object }: Line): Promise<OwnershipRecord[]> {
  if (object === null) return [];
  const { panel, ref, value } = object;
  return store.ownership.list({ panel, subjects: [ownershipSubject(ref, value)] });
}

async function readServices(context: Context, line: Line): Promise<LineOfServices> {
  const { telephony, service, subscriberId } = line;
  const had = await listLinePeriods(context, line);
  const services = [service.id, ...had.map((period) => period.service)];
  return { telephony, panel: service.panel, subscriberId, services };
}

/** Of a creation whose answer was lost, only the line itself shows whether it is the one. */
async function findCreation(
  context: Context,
  { telephony, panel, subscriberId }: LineOfServices,
  actions: readonly ActionRecord[],
): Promise<ActionRecord | null> {
  const { accounts } = await context.panel(panel);
  if (accounts?.made === undefined) return null;
  const known = actions.find((action) => accounts.made?.(action) === subscriberId);
  if (known !== undefined || actions.length === 0) return known ?? null;
  if (telephony.unsupported({ resource: 'subscribers', operation: 'get' }) !== null) return null;
  const subscriber = await telephony.get('subscribers', subscriberId, context.deps.signal);
  if (subscriber === null) return null;
  return actions.find((action) => accounts.made?.(action, subscriber) === subscriberId) ?? null;
}
