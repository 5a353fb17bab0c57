import { createHash } from 'node:crypto';
import type { ImportProblem, ImportReport } from '@sluice/contract/documents';
import { printable } from '@sluice/panel-http/printable';
import { SluiceError } from '@sluice/panel-kind';
import { checkMoney, compareMoney, currencyDecimals, formatBytes } from '@sluice/quota-core';
import { setImmediate as yieldToIo } from 'node:timers/promises';
import { requirePanelName } from '../../base/config/find-panel.js';
import { readEnforcements } from '../../context/enforcement.js';
import { load } from '../../loop/load.js';
import type { Loaded } from '../../kernel/subject/stages.js';
import type { CycleRecord, PurchaseRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { findTimeZone } from '../../base/config/find-entry.js';
import { hasEnded } from '../../base/lifecycle.js';
import { IMPORTED, importKey } from '../../base/purchase-keys.js';
import { parseTime } from '../../base/times.js';
import type { Context } from '../../context/context.js';
import { serviceLease } from '../../context/leases.js';
import { withinWrite } from '../../context/within-write.js';
import { withRun } from '../../kernel/run/bracket.js';
import { openRow, reportRows } from '../services/file-rows.js';
import type { ImportRow } from '../services/plan-rows.js';
import { recordAllowances } from './store-purchase.js';

/** Purchases that another tool has made, as rows of a file. */
export interface PurchasesRequest {
  rows: readonly ImportRow[];
  dryRun: boolean;
  waitMs: number;
}

/** The most extra traffic of a service: sums with its quota are exact. */
const MOST_BYTES = 2 ** 51;

const COLUMNS = ['service', 'package', 'bytes', 'price', 'currency', 'at', 'actor', 'ref'] as const;

type Column = (typeof COLUMNS)[number];

/** What a row says of a purchase. */
type Bought = Pick<PurchaseRecord, 'service' | 'package' | 'bytes' | 'price' | 'currency' | 'actor' | 'at' | 'key'>;

/** The purchases of a file that are not stored yet, or what is wrong with its rows. */
export interface PurchasesPlan {
  added: PurchaseRecord[];
  /** Their cycles that begin with them: of services that no run has read. */
  begun: Readonly<CycleRecord>[];
  problems: ImportProblem[];
}

/**
 * Stores purchases that another tool has made and charged, all rows or none: they count in the current cycle of their services, and
 * are never charged. A row that is stored already is left as it is, so that the file can be read again.
 */
export async function importPurchases(context: Context, request: PurchasesRequest): Promise<ImportReport> {
  const { rows, dryRun, waitMs } = request;
  const planned = await planPurchases(context, rows);
  if (dryRun || planned.problems.length > 0 || planned.added.length === 0) return toReport(rows, planned, dryRun);
  return withRun(context, { command: 'purchase import', dryRun: false }, async (run) => {
    const services = [...new Set(planned.added.map(({ service }) => service))];
    await run.leases.takeAll(services.map(serviceLease), waitMs);
    return context.write(run.leases.held, async (tables) => {
      // A run may have begun another cycle of a service, or a sync ended it, before the lease was free.
      const plan = await withinWrite(context, tables, (within) => planPurchases(within, rows));
      if (plan.problems.length > 0) return toReport(rows, plan, false);
      await run.start(tables);
      await storePurchases(context, tables, plan);
      await run.end({ outcome: 'done', changes: true }, tables);
      return toReport(rows, plan, false);
    });
  });
}

/** Stores purchases that another tool has made, with the cycles that they begin and the allowances of their services. */
export async function storePurchases(
  context: Context,
  tables: StoreTables,
  { added, begun }: Pick<PurchasesPlan, 'added' | 'begun'>,
): Promise<void> {
  await tables.cycles.put(begun);
  for (const row of added) await tables.purchases.add(row);
  await recordAllowances(context, tables, [...new Set(added.map(({ service }) => service))]);
}

function toReport(rows: readonly ImportRow[], { added, problems }: PurchasesPlan, dryRun: boolean): ImportReport {
  return { ...reportRows(rows, problems, { added: added.length }), ...(dryRun ? { dryRun } : {}) };
}

/** Rows that are read at once: what else the process does goes on in between. */
const AT_ONCE = 200;

/** Returns the purchases of a file that `context` has not stored yet, and what is wrong with its rows. */
export async function planPurchases(context: Context, rows: readonly ImportRow[]): Promise<PurchasesPlan> {
  const reader = new RowReader(context, await loadBuyers(context, rows));
  const added: PurchaseRecord[] = [];
  for (const [index, row] of rows.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await yieldToIo();
    const purchase = await reader.read(row);
    if (purchase !== null) added.push(purchase);
  }
  return { added, begun: reader.listBegun(added), problems: reader.problems };
}

/** A service of a file, with its current cycle; or why it can't have purchases. */
type Buyer = { service: ServiceRecord; cycle: Period; bought: number; problem: null } | { problem: string };

/** The current cycle of a service. */
interface Period {
  row: Readonly<CycleRecord>;
  /** `first`: the service has no stored cycle; `next`: the stored one is over, and the next run ends it. */
  begins: 'first' | 'next' | null;
}

/** Reads the rows of a file one after the other, and collects what is wrong with them. */
class RowReader {
  readonly problems: ImportProblem[] = [];
  readonly #context: Context;
  readonly #buyers: ReadonlyMap<string, Buyer>;
  /** What the rows until now add to services. */
  readonly #added = new Map<string, number>();
  /** How many rows there were of the same purchase. */
  readonly #same = new Map<string, number>();

  constructor(context: Context, buyers: ReadonlyMap<string, Buyer>) {
    this.#context = context;
    this.#buyers = buyers;
  }

  /** Returns the purchase of a row; null where the row is wrong, or its purchase is stored. */
  async read(row: ImportRow): Promise<PurchaseRecord | null> {
    const before = this.problems.length;
    const { service: id, text, say } = openRow(row, COLUMNS, this.problems);
    if (this.problems.length > before) return null;
    const missing = { problem: id === '' ? 'is required' : `there is no service "${id}"` };
    const buyer = this.#buyers.get(id) ?? missing;
    if (buyer.problem !== null) say('service', buyer.problem);
    else {
      const bought = this.#readValues(buyer.service, text, say);
      if (bought === null || (await this.#isStored(bought))) return null;
      const { start, end } = buyer.cycle.row;
      const sum = (this.#added.get(id) ?? buyer.bought) + bought.bytes;
      if (bought.at < start || bought.at >= end)
        say('at', `${text('at')} is not in the current cycle (${start} to ${end}): only its purchases count`);
      else if (sum > MOST_BYTES)
        say('bytes', `"${id}" would have more than ${formatBytes(MOST_BYTES)} of extra traffic`);
      else {
        this.#added.set(id, sum);
        return this.#toPurchase(buyer, bought);
      }
    }
    return null;
  }

  /** Lists the cycles that begin with purchases: their services have none, and their due date may move before the first run. */
  listBegun(added: readonly PurchaseRecord[]): Readonly<CycleRecord>[] {
    const services = [...new Set(added.map(({ service }) => service))];
    return services.flatMap((id) => {
      const buyer = this.#buyers.get(id);
      return buyer?.problem === null && buyer.cycle.begins === 'first' ? [buyer.cycle.row] : [];
    });
  }

  async #isStored({ key }: Bought): Promise<boolean> {
    return (await this.#context.store.purchases.list({ key })).length > 0;
  }

  #readValues(
    service: ServiceRecord,
    text: (key: Column) => string,
    say: (key: Column, message: string) => void,
  ): Bought | null {
    const read = <T>(key: Column, parse: (value: string) => T): T | null => {
      try {
        return parse(text(key));
      } catch (error) {
        say(key, (error as Error).message);
        return null;
      }
    };
    const { config } = this.#context;
    const name = read('package', parsePackage);
    const bytes = read('bytes', parseBytes);
    const currency = read('currency', (value) => parseCurrency(value === '' ? (config.currency ?? '') : value));
    const price = read('price', (value) => parsePrice(value, currency));
    const actor = read('actor', parseActor);
    const at = read('at', (value) => this.#parseAt(value, service));
    if (name === null || bytes === null || price === null || currency === null || actor === null || at === null)
      return null;
    const ref = read('ref', parseRef);
    if (ref === null) return null;
    const bought = { service: service.id, package: name, bytes, price, currency, actor, at };
    // With an id of the tool it is the same purchase, however its other values are written.
    const digest = toDigest(ref === '' ? bought : { ref });
    const count = (this.#same.get(digest) ?? 0) + 1;
    this.#same.set(digest, count);
    if (ref === '' || count === 1) return { ...bought, key: importKey(digest, count) };
    say('ref', `"${ref}" is in the file twice`);
    return null;
  }

  #parseAt(value: string, { panel }: ServiceRecord): string {
    if (!/^\d{4}-/.test(value)) throw new Error('is required: the time of the purchase, such as 2026-11-20 14:30');
    const { config } = this.#context;
    const now = this.#context.deps.clock.now();
    const at = parseTime(value, { timeZone: findTimeZone(config, panel), option: 'at', now });
    if (Date.parse(at) > now) throw new Error(`${value} is in the future`);
    return at;
  }

  #toPurchase({ service, cycle }: Extract<Buyer, { problem: null }>, bought: Bought): PurchaseRecord {
    const context = this.#context;
    return {
      id: context.id('pur'),
      ...bought,
      status: 'paid',
      cycle: cycle.begins === 'next' ? '' : cycle.row.id,
      client: service.client,
      billing: IMPORTED,
      invoice: null,
      taxed: false,
      charged: null,
      paidAt: bought.at,
      refundedAt: null,
      refundSentAt: null,
      run: context.runId,
      note: context.deps.note,
    };
  }
}

/** Loads the services of a file, panel by panel. */
async function loadBuyers(context: Context, rows: readonly ImportRow[]): Promise<ReadonlyMap<string, Buyer>> {
  const ids = [...new Set(rows.map(toService))].filter((id) => id !== '');
  const stored = await context.store.services.list({ ids });
  const enforcements = await readEnforcements(context.config, context.store);
  const buyers = new Map<string, Buyer>();
  for (const name of new Set(stored.map(({ panel }) => panel))) {
    const own = stored.filter(({ panel }) => panel === name);
    try {
      requirePanelName(context, name);
      const loaded = await load(context, await context.panel(name), own, { enforcements, ordered: true });
      for (const each of loaded) buyers.set(each.service.id, toBuyer(each));
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      for (const { id } of own) buyers.set(id, { problem: error.message });
    }
  }
  return buyers;
}

const toService = ({ values }: ImportRow): string => (values['service'] ?? '').trim();

function toBuyer({ service, cycle, cycleIsNew, recorded, allowance, error, purchases }: Loaded): Buyer {
  if (hasEnded(service)) return { problem: `it is ${service.status}` };
  if (error !== null) return { problem: error.message };
  if (cycle === null) return { problem: 'it has no billing cycle: set its billing_cycle and next_due_date' };
  if (allowance?.kind !== 'limited')
    return { problem: 'it has no limited quota, so extra traffic would have no effect' };
  const begins = !cycleIsNew ? null : recorded === null ? 'first' : 'next';
  const bought = purchases.reduce((sum, { bytes }) => sum + bytes, 0);
  return { service, cycle: { row: cycle, begins }, bought, problem: null };
}

function toDigest(value: object): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 24);
}

function parseRef(value: string): string {
  if (value.length <= 200 && printable(value) === value) return value;
  throw new Error('is not an id of up to 200 printable characters');
}

function parsePackage(value: string): string {
  if (value === '') throw new Error('is required');
  if (value.length > 100 || printable(value) !== value)
    throw new Error('is not a name of up to 100 printable characters');
  return value;
}

function parseBytes(value: string): number {
  const bytes = Number(value);
  if (/^\d+$/.test(value) && Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new Error(`"${printable(value)}" is not a number of bytes: write a whole number above 0`);
}

/** Returns a price with the decimals of its currency, so that each way to write it is the same purchase. */
function parsePrice(value: string, currency: string | null): string {
  if (value.startsWith('-') || compareMoney(value, '0') < 0) throw new Error(`"${printable(value)}" is below 0`);
  return currency === null ? value : checkMoney(value, currencyDecimals(currency));
}

function parseCurrency(value: string): string {
  currencyDecimals(value);
  return value;
}

function parseActor(value: string): PurchaseRecord['actor'] {
  if (value === '' || value === 'manual') return 'manual';
  if (value === 'auto') return 'auto';
  throw new Error(`"${printable(value)}" is neither manual nor auto`);
}
