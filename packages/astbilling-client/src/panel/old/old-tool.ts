import { printable } from '@sluice/panel-http/printable';
import {
  entryKey,
  type Moved,
  type MovedEntry,
  type MovedRow,
  type MovedService,
  type OldTool,
  type OldToolInput,
  type PanelEntry,
  type Undecided,
} from '@sluice/panel-kind';
import { toLocalDate } from '@sluice/quota-core';
import { LINE_REF, SECTION, toBillFrom, USERNAME_REF } from '../settings.js';
import { findCallLines, INVOICE_LINES } from './invoice-lines.js';
import { type LineEntry, matchLines } from './match-lines.js';
import { proposeBillFrom } from './propose.js';

/** Returns the tool that managed the lines of such a panel before; `title` is its name in messages. */
export function createOldTool(title: string): OldTool {
  return { title, tables: [INVOICE_LINES], read: readLines };
}

/** Returns a service for each line, with a product for each set of settings, and says until when their calls are billed. */
function readLines({ panel, tables, entries, details, billed, now }: OldToolInput): Moved {
  const lines = matchLines({ entries, details, billed });
  const products = new Products();
  const services = lines.map((line) => toService(line, products));
  const rows = tables.get(INVOICE_LINES.name);
  const billFrom = proposeBillFrom({
    ...{ panel: panel.name, stated: toBillFrom(panel.settings), lines },
    calls: rows === undefined ? null : findCallLines(rows),
    today: toLocalDate(now, panel.timeZone),
  });
  const undecided = [...billFrom, ...lines.flatMap(noteLine), ...noteDids(entries, details)];
  return { services, products: products.list(), undecided };
}

/** Products of lines: one for each set of settings. */
class Products {
  readonly #entries = new Map<string, MovedEntry>();

  /** Returns the name of the product with these settings; null without a plan, which every line needs. */
  find(section: Readonly<Record<string, unknown>>): string | null {
    if (section['planId'] === undefined) return null;
    const key = JSON.stringify(Object.entries(section).sort(([a], [b]) => (a < b ? -1 : 1)));
    const known = this.#entries.get(key);
    if (known !== undefined) return known.name;
    const name = this.#toName(section);
    this.#entries.set(key, { name, settings: { [SECTION]: section }, notes: [] });
    return name;
  }

  list(): MovedEntry[] {
    return [...this.#entries.values()];
  }

  #toName({ planId, billingType, creditLimit }: Readonly<Record<string, unknown>>): string {
    const paid = billingType === 'prepaid' ? ['prepaid'] : [];
    const credit = typeof creditLimit === 'string' ? ['credit', creditLimit] : [];
    const name = ['line', String(planId), ...paid, ...credit].map((part) => part.replace(/[^\w.]+/g, '-')).join('-');
    const taken = new Set(this.list().map((one) => one.name));
    let unique = name;
    for (let count = 2; taken.has(unique); count += 1) unique = `${name}-${count}`;
    return unique;
  }
}

function toService({ entry, detail, billed }: LineEntry, products: Products): MovedService {
  const { [LINE_REF]: line = entry.id, [USERNAME_REF]: username } = entry.refs;
  const columns: MovedRow = {
    [LINE_REF]: line,
    ...(username === undefined ? {} : { [USERNAME_REF]: username }),
    ...detail.columns,
  };
  return { billingId: billed?.externalId ?? null, product: products.find(detail.section ?? {}), columns };
}

function noteLine({ entry, detail }: LineEntry): Undecided[] {
  const object = describe(entry);
  const row = { file: 'services.csv', object, column: '', value: '' };
  const suspended =
    'it is suspended on the panel, and stays so, also after a payment: Sluice undoes only its own suspensions. Unsuspend it by force once it is to work again';
  const isDecided = detail.section?.['planId'] !== undefined;
  return [
    ...(isDecided
      ? []
      : [{ ...row, column: 'product', state: 'undecided' as const, reason: 'the panel shows no plan of it' }]),
    ...(entry.state === 'suspended' ? [{ ...row, state: 'undecided' as const, reason: suspended }] : []),
    ...(detail.notes ?? []).map((note) => ({ ...row, state: 'undecided' as const, reason: printable(note) })),
  ];
}

/** A number is a part of the service of its line. */
function noteDids(entries: readonly PanelEntry[], details: OldToolInput['details']): Undecided[] {
  const lines = new Map(entries.filter(({ object }) => object === 'line').map((line) => [line.refs[LINE_REF], line]));
  return entries
    .filter(({ object }) => object === 'did')
    .map((did) => {
      const line = lines.get(did.refs[LINE_REF]);
      const row = { file: 'services.csv', object: describe(did), column: '', value: '' };
      const notes = (details.get(entryKey(did))?.notes ?? []).map((note) => `; ${printable(note)}`).join('');
      if (line !== undefined)
        return { ...row, state: 'left-out', reason: `it belongs to ${describe(line)}, whose service has it${notes}` };
      return {
        ...row,
        state: 'undecided',
        reason: `it is in use, and belongs to no line that the panel lists${notes}`,
      };
    });
}

function describe({ object, id, name }: PanelEntry): string {
  return object === 'did' ? `number ${printable(name ?? id)}` : `${object} ${printable(id)} (${printable(name ?? '')})`;
}
