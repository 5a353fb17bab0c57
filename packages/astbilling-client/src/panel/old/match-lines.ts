import { type EntryDetail, entryKey, type PanelEntry } from '@sluice/panel-kind';
import type { BilledService } from '@sluice/quota-core';
import { LINE_REF } from '../settings.js';
import type { CallLine } from './invoice-lines.js';

/** A line of the panel, with the service of the billing system that it is; null where that is not known. */
export interface LineEntry {
  entry: PanelEntry;
  detail: EntryDetail;
  billed: BilledService | null;
  /** Numbers that belong to it, in digits. */
  numbers: readonly string[];
}

/** What the lines of a panel are matched with. */
interface Known {
  entries: readonly PanelEntry[];
  details: ReadonlyMap<string, EntryDetail>;
  billed: readonly BilledService[] | null;
}

/**
 * Returns the lines of a panel with their services: by the reference on the panel, else by the username that the service has as its domain
 * or username. A service or line for which several fit has none.
 */
export function matchLines({ entries, details, billed }: Known): LineEntry[] {
  const lines = entries.filter(({ object }) => object === 'line');
  const living = (billed ?? []).filter(({ status }) => status !== 'terminated');
  const found = lines.map((entry) => {
    const detail = details.get(entryKey(entry)) ?? {};
    const numbers = entries
      .filter((one) => one.object === 'did' && isOfLine(one, entry))
      .map(({ name }) => digits(name));
    return { entry, detail, billed: findService(entry, detail, { all: billed ?? [], living }), numbers };
  });
  const isOf = (service: BilledService, { billed: own }: LineEntry): boolean => own?.externalId === service.externalId;
  return found.map((line) => {
    const { billed: service, detail } = line;
    if (service === null) return line;
    const rivals = found.filter((one) => one !== line && isOf(service, one));
    // What the panel itself names is more than a name.
    const isOnly = (detail.billingId === undefined ? rivals : rivals.filter(isReferenced)).length === 0;
    return isOnly ? line : { ...line, billed: null };
  });
}

function isReferenced({ detail }: LineEntry): boolean {
  return detail.billingId !== undefined;
}

function isOfLine(did: PanelEntry, line: PanelEntry): boolean {
  return did.refs[LINE_REF] !== undefined && did.refs[LINE_REF] === line.refs[LINE_REF];
}

function digits(text: string | null): string {
  return (text ?? '').replace(/\D/g, '');
}

function findService(
  { name }: PanelEntry,
  { billingId }: EntryDetail,
  { all, living }: { all: readonly BilledService[]; living: readonly BilledService[] },
): BilledService | null {
  if (billingId !== undefined) return all.find(({ externalId }) => externalId === billingId) ?? null;
  if (name === null) return null;
  for (const key of ['domain', 'username'] as const) {
    const [only, ...others] = living.filter((service) => service[key] === name);
    if (only !== undefined) return others.length === 0 ? only : null;
  }
  return null;
}

/**
 * Returns the lines of the panel that a line of an invoice is for: the service that it names by its id, else the line whose username or
 * number stands in its text, else the only one on its invoice, else the only one of its client. None where that is not known.
 */
export function findCalledLine(call: CallLine, lines: readonly LineEntry[]): LineEntry | null {
  const byService = (id: string | null): LineEntry[] =>
    lines.filter(({ billed }) => id !== null && billed?.externalId === id);
  const named = byService(call.service);
  if (named.length > 0) return onlyOne(named);
  const ofClient = lines.filter(
    ({ billed }) => billed === null || call.client === null || billed.client === call.client,
  );
  const mentioned = ofClient.filter((line) => isMentioned(line, call.text));
  if (mentioned.length > 0) return onlyOne(mentioned);
  // It is for another service, which may be of another panel.
  if (call.service !== null) return null;
  const besides = call.besides.flatMap(byService);
  if (besides.length > 0) return onlyOne(besides);
  return onlyOne(lines.filter(({ billed }) => billed !== null && billed.client === call.client));
}

function isMentioned({ entry: { name }, numbers }: LineEntry, text: string): boolean {
  const words = text.split(/[^\w.-]+/).map((word) => word.replace(/^[.-]+|[.-]+$/g, ''));
  // A short number may be a year or an amount.
  if (name !== null && !/^\d{1,4}$/.test(name) && words.includes(name)) return true;
  const plain = text.replace(/(?<=\d)[ ().-]+(?=\d)/g, '');
  // A text may leave out the country.
  return numbers.some((number) => number.length >= 8 && plain.includes(number.slice(-10)));
}

function onlyOne(lines: readonly LineEntry[]): LineEntry | null {
  const [only, ...others] = lines;
  return only !== undefined && others.length === 0 ? only : null;
}
