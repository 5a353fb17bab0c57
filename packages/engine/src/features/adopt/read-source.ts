import {
  type EntryDetail,
  entryKey,
  type Moved,
  type OldTool,
  type PanelEntry,
  type PanelToOpen,
  usageError,
} from '@sluice/panel-kind';
import type { BilledService, OldRow, OldTable } from '@sluice/quota-core';
import { findEntry } from '../../base/config/find-entry.js';
import { requirePanelName } from '../../base/config/find-panel.js';
import type { Context } from '../../context/context.js';
import { addDays } from '../../base/times.js';
import { readInvoiceLines } from '../calls/invoice-lines.js';
import { findSource } from '../billing/open-billing.js';
import { readInventory } from '../panels/unassigned.js';

/** What services are adopted by. */
export interface AdoptRequest {
  panel: string;
  /** `panel`, `whmcs`, or an old tool of the panel's kind. */
  from: string;
  /** Rows of exported tables, by the table's name. */
  tables: ReadonlyMap<string, readonly OldRow[]>;
}

/** What the panel, the billing system and an old tool know. */
export interface KnownServices {
  entries: readonly PanelEntry[];
  details: ReadonlyMap<string, EntryDetail>;
  /** Null without a billing system. */
  billed: readonly BilledService[] | null;
  /** What the old tool knew; null where the panel, or the billing system, is the source. */
  moved: Moved | null;
}

const PANEL = 'panel';

/** Returns whether a source is a billing system. */
export function isBilling({ deps }: Context, from: string): boolean {
  return deps.billing.some((known) => known.kind === from && known.openSource !== undefined);
}

/** Returns the names that `from` may have for a panel. */
function listSources(context: Context, panel: string): string[] {
  const billing = context.deps.billing.map(({ kind }) => kind).filter((kind) => isBilling(context, kind));
  return [PANEL, ...billing, ...Object.keys(context.findKind(panel)?.oldTools ?? {})];
}

/**
 * Reads what is known of the services of a panel; changes nothing.
 *
 * @throws SluiceError `unknown_panel`, `unknown_source`, `no_source`, `bad_import`, `unsupported`; the error of the panel or the billing
 *   system where a list can't be read whole
 */
export async function readSource(context: Context, request: AdoptRequest): Promise<KnownServices> {
  const { panel, from, tables } = request;
  requirePanelName(context, panel);
  const tool = await findTool(context, panel, from);
  const exported = (await loadExported(context)).flatMap((one) => one.tables);
  refuseBadTables([...(tool?.tables ?? []), ...exported], tables);
  const billed = await readBilled(context, tables);
  if (isBilling(context, from) && billed === null)
    throw usageError(
      'no_source',
      'The config names no billing system to take services from, and none of its tables was exported',
    );
  const entries = await readInventory(context, panel);
  const { inventory } = await context.panel(panel);
  const details = (await inventory?.describe?.(entries, context.deps.signal)) ?? new Map<string, EntryDetail>();
  const known = { entries, details, billed };
  if (tool === null) return { ...known, moved: null };
  const owners = (await inventory?.owners?.(context.deps.signal)) ?? [];
  const whole = await withInvoiceLines(context, tool, { tables, billed });
  const input = { panel: toPanel(context, panel), tables: whole, owners, now: context.now(), ...known };
  return { ...known, moved: tool.read(input) };
}

/** The table of old tools that a billing system can be read for, and how old its lines may be. */
const INVOICE_LINES = { table: 'invoice_lines', days: 456 };

/** Adds the lines of invoices to the tables of a tool that reads them, where they were not exported. */
async function withInvoiceLines(
  context: Context,
  tool: OldTool,
  { tables, billed }: { tables: AdoptRequest['tables']; billed: KnownServices['billed'] },
): Promise<AdoptRequest['tables']> {
  const { table, days } = INVOICE_LINES;
  const isRead = tool.tables.some(({ name }) => name === table);
  if (!isRead || tables.has(table) || billed === null || findSource(context)?.kind.kind !== context.config.billing)
    return tables;
  const clients = new Set(billed.flatMap(({ client }) => client ?? []));
  const since = addDays(context.now().slice(0, 10), -days);
  const rows = await readInvoiceLines(await context.billing(), { clients, since, signal: context.deps.signal });
  return rows.length === 0 ? tables : new Map([...tables, [table, rows]]);
}

/** Returns the old tool of a source; null for the panel and the billing system. */
export async function findTool(context: Context, panel: string, from: string): Promise<OldTool | null> {
  requirePanelName(context, panel);
  if (from === PANEL || isBilling(context, from)) return null;
  const kind = context.findKind(panel);
  const load = findEntry(kind?.oldTools ?? {}, from);
  if (load !== undefined) return load();
  const known = listSources(context, panel).join(', ');
  throw usageError(
    'unknown_source',
    `Nothing on a panel of kind ${kind?.title ?? ''} is adopted from "${from}"; known: ${known}`,
  );
}

/** Returns the tables that a source is read with: those of the tool, and those of a billing system that the config does not name. */
export async function listTables(context: Context, tool: OldTool | null): Promise<OldTable[]> {
  const exported = findSource(context) === null ? await loadExported(context) : [];
  return [...(tool?.tables ?? []), ...exported.flatMap(({ tables }) => tables)];
}

async function loadExported(context: Context) {
  return Promise.all(context.deps.billing.flatMap((kind) => kind.exported?.() ?? []));
}

/** Refuses tables that nothing reads, unless they have no rows, and those without a column that is read. */
function refuseBadTables(known: readonly OldTable[], tables: AdoptRequest['tables']): void {
  const lines = [...tables].flatMap(([name, rows]) => {
    const table = known.find((one) => one.name === name);
    if (table === undefined) {
      if (rows.length === 0) return [];
      return [`${name}: nothing reads it; known: ${known.map((one) => one.name).join(', ') || 'none'}`];
    }
    const columns = new Set(Object.keys(rows[0]?.values ?? {}));
    const missing = rows.length === 0 ? [] : table.columns.filter((column) => !columns.has(column));
    return missing.length === 0 ? [] : [`${name}: it has no column ${missing.join(', ')}; export it with its query`];
  });
  if (lines.length > 0) throw usageError('bad_import', 'The exported tables can not be read:', {}, lines);
}

/** Reads the services of the billing system: by its API where it is configured, else from its exported tables; null for neither. */
async function readBilled(context: Context, tables: AdoptRequest['tables']): Promise<readonly BilledService[] | null> {
  const configured = findSource(context);
  if (configured !== null) {
    const source = await configured.open();
    try {
      return await source.survey(context.deps.signal);
    } finally {
      source.close();
    }
  }
  for (const exported of await loadExported(context))
    if (exported.tables.some(({ name }) => tables.has(name))) return exported.read(tables);
  return null;
}

function toPanel({ config }: Context, name: string): PanelToOpen {
  const settings = findEntry(config.panels, name);
  if (settings === undefined) throw new Error(`no panel ${name}`);
  const products = Object.entries(config.products).filter(([, product]) => product.panel === name);
  const timeZone = settings.timeZone ?? config.timeZone;
  return { name, settings, timeZone, currency: config.currency ?? null, products: Object.fromEntries(products) };
}

/** Returns the detail of an entry. */
export function findDetail(details: KnownServices['details'], entry: PanelEntry): EntryDetail {
  return details.get(entryKey(entry)) ?? {};
}
