import type { PanelTelephony } from '@sluice/panel-kind';
import { type OwnershipRecord, ownershipSubject, type ServiceRecord, type StoreTables } from '@sluice/state-store';
import { isLiving } from './lifecycle.js';

/** A time, half open; ISO UTC in whole seconds. Null: without a beginning, or not ended. */
export interface OwnedWindow {
  from: string | null;
  to: string | null;
}

/** Who had a subject in a part of a time. */
export interface OwnedPart extends OwnedWindow {
  /** In the order in which they got it; empty: nobody had it. */
  owners: Pick<OwnershipRecord, 'service' | 'client'>[];
}

/** A time in which a service had a subject. */
export interface ServiceWindow extends OwnedWindow {
  /** Its client of that time. */
  client: string | null;
  /** Services of other clients that had it too: it is not known whose it was. */
  sharedWith: string[];
}

/** Returns an instant as it cuts calls, which start in whole seconds: the second of a change is still the former owner's. */
export function toSecond(time: string): string {
  return new Date(Math.ceil(Date.parse(time) / 1000) * 1000).toISOString();
}

/**
 * Cuts a time at the instants at which a subject changed its owner. The parts follow each other without a gap, and no two neighbours
 * are alike.
 *
 * @param periods the stored periods of the subject, in the order in which they began
 */
export function cutByOwner(periods: readonly OwnershipRecord[], { from, to }: OwnedWindow): OwnedPart[] {
  const cut = periods.map((period) => ({
    ...period,
    since: period.since === null ? null : toSecond(period.since),
    until: period.until === null ? null : toSecond(period.until),
  }));
  const isWithin = (time: string | null): time is string =>
    time !== null && (from === null || time > from) && (to === null || time < to);
  const cuts = [...new Set(cut.flatMap(({ since, until }) => [since, until].filter(isWithin)))].sort();
  const bounds = [from, ...cuts, to];
  const parts: OwnedPart[] = [];
  for (const [index, begin] of bounds.slice(0, -1).entries()) {
    const end = bounds[index + 1] ?? null;
    const owners = cut.filter(
      ({ since, until }) =>
        (since === null || (begin !== null && since <= begin)) && (until === null || (end !== null && end <= until)),
    );
    const part = { from: begin, to: end, owners: owners.map(({ service, client }) => ({ service, client })) };
    const last = parts.at(-1);
    if (last !== undefined && isSameOwner(last, part)) last.to = end;
    else parts.push(part);
  }
  return parts;
}

function isSameOwner(a: OwnedPart, b: OwnedPart): boolean {
  return JSON.stringify(a.owners) === JSON.stringify(b.owners);
}

/** Returns the last part in which another client had a subject too; undefined where none ever had it. */
export function findForeign(parts: readonly OwnedPart[], client: string | null): OwnedPart | undefined {
  return parts.findLast(({ owners }) => owners.some((owner) => owner.client !== client));
}

/** Returns the parts that a service had. What several services of one client had at the same time is the first one's. */
export function toWindows(parts: readonly OwnedPart[], service: string): ServiceWindow[] {
  return parts.flatMap(({ from, to, owners }) => {
    const own = owners.find((owner) => owner.service === service);
    if (own === undefined) return [];
    const { client } = own;
    const sharedWith = owners.filter((owner) => owner.client !== client).map((owner) => owner.service);
    return sharedWith.length > 0 || owners[0] === own ? [{ from, to, client, sharedWith }] : [];
  });
}

/** Returns what of windows comes after an instant. */
export function windowsSince<T extends OwnedWindow>(windows: readonly T[], since: string): T[] {
  return windows
    .filter(({ to }) => to === null || to > since)
    .map((window) => (window.from !== null && window.from >= since ? window : { ...window, from: since }));
}

/** Returns whether an instant lies in a window. */
export function isInWindow(instant: string, { from, to }: OwnedWindow): boolean {
  const at = Date.parse(instant);
  return (from === null || Date.parse(from) <= at) && (to === null || at < Date.parse(to));
}

/** An object on a panel. */
export interface PanelObject {
  panel: string;
  /** Name of the ref that names it. */
  ref: string;
  value: string;
}

/** Returns who had an object, in parts of a time. Calls no panel. */
export async function findOwners(
  { store }: { store: Pick<StoreTables, 'ownership'> },
  { panel, ref, value }: PanelObject,
  window: OwnedWindow,
): Promise<OwnedPart[]> {
  return cutByOwner(await store.ownership.list({ panel, subjects: [ownershipSubject(ref, value)] }), window);
}

/** Returns the name of the ref that names the line of a service; null where no ref does. */
export function findLineRef(telephony: Pick<PanelTelephony, 'findSubscriber'>, service: ServiceRecord): string | null {
  const isLine = ([name, value]: [string, string]): boolean =>
    telephony.findSubscriber({ ...service, refs: { [name]: value } }) === value;
  return Object.entries(service.refs).find(isLine)?.[0] ?? null;
}

/** Returns the service of a line, rather one that lives than one that had it before; undefined where it has none. */
export function findServiceOfLine(
  services: readonly ServiceRecord[],
  telephony: Pick<PanelTelephony, 'findSubscriber'>,
  line: unknown,
): ServiceRecord | undefined {
  const owners = services.filter((service) => telephony.findSubscriber(service) === line);
  return owners.find(isLiving) ?? owners[0];
}
