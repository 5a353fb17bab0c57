import type { Sluice, TelephonyDocument } from '@sluice/engine';
import { address, badge, link, listed } from '../../layout/components.js';
import { count, money, name, NONE, type Times } from '../../layout/format.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { label, words } from '../../layout/words.js';
import { readRequiredRef } from './navigation.js';
import { serviceLink } from './scene.js';

/** What the values of a panel's records lead to. */
export interface RecordScene {
  panel: string;
  times: Times;
  /** Services by the id of their line. */
  services: ReadonlyMap<string, readonly string[]>;
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
export async function servicesByLine(sluice: Sluice, panel: string): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  const ref = await readRequiredRef(sluice, panel);
  if (ref === null) return found;
  for (const { id = '', [ref]: line = '' } of await sluice.services.export({ panel })) {
    if (line !== '') found.set(line, [...(found.get(line) ?? []), id]);
  }
  return found;
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
  return listed((services.get(words(line)) ?? []).map((id) => serviceLink(id)));
}

/** Returns the value of a field of a record. */
export function showValue(scene: RecordScene, record: TelephonyDocument, field: string): Part {
  const value = record[field];
  if (value === null || value === undefined || value === '') return NONE;
  const text = words(value);
  const way = WAYS[field];
  if (way !== undefined) return link(way(scene.panel, text), text);
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
