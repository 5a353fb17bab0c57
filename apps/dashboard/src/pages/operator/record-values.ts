import type { Sluice, TelephonyDocument } from '@sluice/engine';
import type { NamedService } from '@sluice/engine/words';
import { address, badge, link, listed } from '../../layout/components.js';
import { count, money, name, NONE, type Times } from '../../layout/format.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { label, words } from '../../layout/words.js';
import { readRequiredRef } from './navigation.js';
import { readNow } from './last-read.js';
import { attempt, type Scene, serviceLink } from './scene.js';

/** What the values of a panel's records lead to. */
export interface RecordScene {
  panel: string;
  times: Times;
  /** Services by the id of their line. */
  services: ReadonlyMap<string, readonly NamedService[]>;
  /** What the panel calls other records, by `toNameKey` of the field that has their id. */
  names: ReadonlyMap<string, string>;
}

/** Names of fields whose keys do not say it. */
const TITLES: Readonly<Record<string, string>> = {
  customer_id: 'Customer',
  plan_id: 'Plan',
  subscriber_id: 'Line',
  carrier_id: 'Carrier',
  external_ref: 'Reference',
  created_at: 'Created',
  updated_at: 'Changed',
  csp: 'CSP',
  username: 'User name',
};

/** Returns the name of a field of a record: `Customer` for `customer_id`. */
export function fieldTitle(field: string): string {
  const text = label(field);
  return TITLES[field] ?? `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Returns the services of a telephony panel by the id of their line. */
export async function servicesByLine(sluice: Sluice, panel: string): Promise<Map<string, NamedService[]>> {
  const found = new Map<string, NamedService[]>();
  const ref = await readRequiredRef(sluice, panel);
  if (ref === null) return found;
  for (const { id = '', name: title = null, [ref]: line = '' } of await sluice.services.export({ panel })) {
    if (line !== '') found.set(line, [...(found.get(line) ?? []), { id, name: title }]);
  }
  return found;
}

/** The lists with the records that these fields name. */
const NAMED = { customer_id: 'customers', plan_id: 'plans', carrier_id: 'carriers' } as const;

/** Lists of names are not waited for as long as that of the page: ids are shown instead. */
const NAMES_MS = 4000;

/** Returns what the panel calls the records that these fields name; what can't be read is left out. */
export async function readNames(
  scene: Scene,
  panel: string | undefined,
  fields: readonly string[],
): Promise<Map<string, string>> {
  const wanted = Object.entries(NAMED).filter(([field]) => fields.includes(field));
  const lists = await Promise.all(
    wanted.map(async ([field, resource]) => {
      const read = (signal: AbortSignal) => scene.request.sluice.telephony.list(resource, { panel, signal });
      const { value } = await attempt(() => readNow(scene, ['list', resource, panel], read, NAMES_MS));
      return (value?.value?.records ?? []).map((record) => [toNameKey(field, record.id), words(record.name)] as const);
    }),
  );
  return new Map(lists.flat().filter(([, title]) => title !== ''));
}

function toNameKey(field: string, id: unknown): string {
  return `${field} ${words(id)}`;
}

/** Where the ids of other records lead. */
const WAYS: Readonly<Record<string, (panel: string, id: string) => string>> = {
  customer_id: (panel, id) => address('/customers', { panel, id }),
  carrier_id: (panel, id) => address('/carriers', { panel, id }),
  plan_id: (panel, id) => address(`/plans/${encodeURIComponent(id)}`, { panel }),
  subscriber_id: lineHref,
};

/** Address of the page of a line. */
export function lineHref(panel: string, id: string): string {
  return address(`/lines/${encodeURIComponent(id)}`, { panel });
}

/** The services of a line as links. */
export function showServices({ services }: RecordScene, line: unknown): Part {
  return listed((services.get(words(line)) ?? []).map(({ id, name: title }) => serviceLink(id, title)));
}

/** Returns the value of a field of a record. */
export function showValue(scene: RecordScene, record: TelephonyDocument, field: string): Part {
  const value = record[field];
  if (value === null || value === undefined || value === '') return NONE;
  const text = words(value);
  const way = WAYS[field];
  if (way !== undefined) {
    const title = scene.names.get(toNameKey(field, value));
    const to = way(scene.panel, text);
    return title === undefined ? link(to, text) : html`${link(to, title)} <span class="soft">${name(text)}</span>`;
  }
  if (field === 'status') return badge(text);
  if (field === 'destination') return destination(scene, value);
  if (/_price$/.test(field)) return money(text, words(record.currency));
  if (/_at$/.test(field) && typeof value === 'string' && !Number.isNaN(Date.parse(value))) return scene.times.at(value);
  return typeof value === 'number' ? count(value) : name(text);
}

function destination({ panel }: RecordScene, found: unknown): Html {
  const { type, value } = found as { type?: unknown; value?: unknown };
  const text = words(value);
  if (type === 'subscriber') return html`line ${link(lineHref(panel, text), text)}`;
  return type === 'none' ? html`nowhere` : html`<bdi>${text}</bdi>`;
}

/** Every field of a record that has a value; those of SIP under names of their own. */
export function recordFacts(scene: RecordScene, record: TelephonyDocument): readonly (readonly [string, Part])[] {
  return Object.keys(record).flatMap((field): (readonly [string, Part])[] => {
    if (field === 'sip') return sipFacts(record[field]);
    if (field === 'currency' && Object.keys(record).some((other) => /_price$/.test(other))) return [];
    return words(record[field]) === '' ? [] : [[fieldTitle(field), showValue(scene, record, field)]];
  });
}

function sipFacts(found: unknown): (readonly [string, Part])[] {
  const { username, domain, password_set: isSet } = (found ?? {}) as Record<string, unknown>;
  const facts: (readonly [string, Part])[] = [
    ['SIP user name', name(words(username))],
    ['SIP domain', name(words(domain))],
    ['SIP password', isSet === true ? 'set' : isSet === false ? 'not set' : NONE],
  ];
  return facts.filter(([, value]) => value !== NONE);
}
