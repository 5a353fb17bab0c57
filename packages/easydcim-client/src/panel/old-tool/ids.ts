import { type BilledService, type OldRow } from '@sluice/quota-core';
import { parseFlag, parseId, readCell, toShown } from './cells.js';
import type { Findings } from './findings.js';

/** A service as WHMCS and the tool's state have it. */
export interface Known {
  /** Its id in WHMCS. */
  readonly id: string;
  readonly billed: BilledService | null;
  /** What the tool stored at its last poll of it; null where it has stored nothing. */
  readonly state: OldRow | null;
}

/** A service of the tool that is moved. */
export interface Candidate extends Known {
  /** Its ids on the panel, as columns of a service import. */
  readonly columns: Readonly<Record<string, string>>;
}

const FILE = 'services.csv';
const USER = /^[^\s\p{C}@/?#%]{1,64}@[\p{L}\p{N}.-]{1,190}$/u;

/** Returns the text of a custom field; null where it is empty or absent. */
export function readField(billed: BilledService | null, name: string): string | null {
  const text = billed !== null && Object.hasOwn(billed.fields, name) ? (billed.fields[name] ?? '').trim() : '';
  return text === '' ? null : text;
}

/** Whether the tool stored that it limited a service. */
export function isLimited(state: OldRow | null): boolean {
  if (state === null) return false;
  const flags = ['ports_limited', 'service_suspended'].map((column) => parseFlag(readCell(state, column)));
  return readCell(state, 'last_status')?.toLowerCase() === 'limited' || flags.includes(true);
}

/** Returns what names the service on the panel: the custom field, which the tool polled by; else its state, whose id may be a guess. */
export function readPanelId({ billed, state }: Omit<Known, 'id'>): string | null {
  return readField(billed, 'easydcim_service_id') ?? (state && readCell(state, 'easydcim_service_id'));
}

/** Returns the columns of each service with its ids; an id that is contradicted is left empty and named. */
export function withColumns(
  all: readonly Known[],
  onPanel: ReadonlyMap<string, Readonly<Record<string, string>>>,
  impersonates: boolean,
  findings: Findings,
): Candidate[] {
  const candidates = all.map((known): Candidate => {
    const panelId = parseId(readPanelId(known)) ?? '';
    const refs = onPanel.get(panelId) ?? {};
    reportGuess(known, panelId, findings);
    return {
      ...known,
      columns: {
        easydcim_service_id: panelId,
        ...findId(known, 'easydcim_order_id', refs, findings),
        ...findId(known, 'easydcim_server_id', refs, findings),
        ...(impersonates && { easydcim_user: findUser(known, findings) }),
      },
    };
  });
  return withoutSharedOrders(candidates, findings);
}

function reportGuess({ id, billed, state }: Known, panelId: string, findings: Findings): void {
  const stored = state === null ? null : parseId(readCell(state, 'easydcim_service_id'));
  const about = { state: 'proposed' as const, column: 'easydcim_service_id', value: panelId };
  const say = (reason: string): void => {
    findings.add(FILE, `service ${id}`, { ...about, reason });
  };
  if (readField(billed, 'easydcim_service_id') === null)
    say('it has no custom field with its id on the panel: the tool stored this one by a match of its own; check it');
  else if (stored !== null && stored !== panelId)
    say(`the custom field has priority over the ${stored} in the tool's state: check which is right`);
}

/** Returns the column of an id: empty where it is contradicted, absent where nothing shows it. */
function findId(
  { id, billed, state }: Known,
  column: 'easydcim_order_id' | 'easydcim_server_id',
  refs: Readonly<Record<string, string>>,
  findings: Findings,
): Record<string, string> {
  const field = readField(billed, column);
  const stored = state === null ? null : parseId(readCell(state, column));
  const shown = refs[column] ?? null;
  const say = (kind: 'proposed' | 'undecided', value: string, reason: string): void => {
    findings.add(FILE, `service ${id}`, { state: kind, column, value, reason });
  };
  if (field !== null && parseId(field) === null && field !== '0') {
    say('undecided', field, 'the custom field is not an id of the panel: state it');
    return { [column]: '' };
  }
  const own = parseId(field) ?? stored;
  if (own !== null && shown !== null && own !== shown) {
    say('undecided', own, `the panel shows ${shown} for the service: state which is right. It is left empty`);
    return { [column]: '' };
  }
  if (field !== null && stored !== null && own !== stored && shown === null)
    say('proposed', own ?? '', `the custom field has priority over the ${stored} in the tool's state: check it`);
  const value = own ?? shown;
  return value === null ? {} : { [column]: value };
}

function findUser({ id, billed }: Known, findings: Findings): string {
  const email = billed?.clientEmail?.trim() ?? '';
  if (USER.test(email)) return email;
  findings.add(FILE, `service ${id}`, {
    state: 'undecided',
    column: 'easydcim_user',
    value: email,
    reason:
      'the tool read it on behalf of its client, whose e-mail address is not known here: state the user of the panel',
  });
  return '';
}

/** An order has one service: the wrong one of two would suspend the other's. */
function withoutSharedOrders(candidates: readonly Candidate[], findings: Findings): Candidate[] {
  const counts = new Map<string, number>();
  const readOrder = ({ columns }: Candidate): string => columns['easydcim_order_id'] ?? '';
  for (const candidate of candidates) counts.set(readOrder(candidate), (counts.get(readOrder(candidate)) ?? 0) + 1);
  return candidates.map((candidate) => {
    const value = readOrder(candidate);
    if (value === '' || (counts.get(value) ?? 0) < 2) return candidate;
    findings.add(FILE, `service ${candidate.id}`, {
      state: 'undecided',
      column: 'easydcim_order_id',
      value,
      reason: `${counts.get(value) ?? 0} services have the order ${toShown(value)}: state the order of each. It is left empty`,
    });
    return { ...candidate, columns: { ...candidate.columns, easydcim_order_id: '' } };
  });
}
