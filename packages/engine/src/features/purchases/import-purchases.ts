import { createHash } from 'node:crypto';
import type { ImportProblem, ImportReport } from '@sluice/contract/documents';
import { printable } from '@sluice/panel-http/printable';
import { compareMoney, currencyDecimals } from '@sluice/quota-core';
import type { PurchaseRecord, ServiceRecord } from '@sluice/state-store';
import { findTimeZone } from '../../base/config/find-entry.js';
import { isLiving } from '../../base/lifecycle.js';
import { IMPORTED, importKey } from '../../base/purchase-keys.js';
import { parseTime } from '../../base/times.js';
import type { Context } from '../../context/context.js';
import { serviceLease } from '../../context/leases.js';
import { withRun } from '../../kernel/run/bracket.js';
import type { ImportRow } from '../services/plan-rows.js';
import { loadService } from './load-service.js';
import { recordAllowance } from './store-purchase.js';

/** Purchases that another tool has made, as rows of a file. */
export interface PurchasesRequest {
  rows: readonly ImportRow[];
  dryRun: boolean;
  waitMs: number;
}

const COLUMNS = ['service', 'package', 'bytes', 'price', 'currency', 'at', 'actor'] as const;

type Column = (typeof COLUMNS)[number];

/** What a row says of a purchase. */
type Bought = Pick<PurchaseRecord, 'service' | 'package' | 'bytes' | 'price' | 'currency' | 'actor' | 'at' | 'key'>;

/** The purchases of a file that are not stored yet, or what is wrong with its rows. */
interface PurchasesPlan {
  added: PurchaseRecord[];
  problems: ImportProblem[];
}

/**
 * Stores purchases that another tool has made and charged, all rows or none: they count in the current cycle of their services, and
 * are never charged. A row that is stored already is left as it is, so that the file can be read again.
 */
export async function importPurchases(context: Context, request: PurchasesRequest): Promise<ImportReport> {
  const { rows, dryRun, waitMs } = request;
  const planned = await planPurchases(context, rows);
  if (dryRun || planned.problems.length + planned.added.length === 0) return toReport(rows, planned, dryRun);
  if (planned.problems.length > 0) return toReport(rows, planned, dryRun);
  return withRun(context, { command: 'purchase import', dryRun: false }, async (run) => {
    const services = [...new Set(planned.added.map(({ service }) => service))];
    await run.leases.takeAll(services.map(serviceLease), waitMs);
    // A run may have begun another cycle of a service, or a sync ended it, before the lease was free.
    const plan = await planPurchases(context, rows);
    if (plan.problems.length > 0) return toReport(rows, plan, false);
    await context.write(run.leases.held, async (tables) => {
      await run.start(tables);
      for (const row of plan.added) await tables.purchases.add(row);
      for (const service of services) await recordAllowance(context, tables, service);
      await run.end({ outcome: 'done', changes: true }, tables);
    });
    return toReport(rows, plan, false);
  });
}

function toReport(rows: readonly ImportRow[], { added, problems }: PurchasesPlan, dryRun: boolean): ImportReport {
  const done = problems.length === 0;
  const unchanged = done ? rows.length - added.length : 0;
  const totals = { rows: rows.length, added: done ? added.length : 0, changed: 0, unchanged };
  return { totals, problems, ...(dryRun ? { dryRun } : {}) };
}

async function planPurchases(context: Context, rows: readonly ImportRow[]): Promise<PurchasesPlan> {
  const reader = new RowReader(context);
  const added: PurchaseRecord[] = [];
  for (const row of rows) {
    const purchase = await reader.read(row);
    if (purchase !== null) added.push(purchase);
  }
  return { added, problems: reader.problems };
}

/** A service of a file, with its current cycle; or why it can't have purchases. */
type Buyer = { service: ServiceRecord; cycle: Period; problem: null } | { problem: string };

/** The current cycle of a service; `id` is null where no run has begun it. */
interface Period {
  id: string | null;
  start: string;
  end: string;
}

/** Reads the rows of a file one after the other, and collects what is wrong with them. */
class RowReader {
  readonly problems: ImportProblem[] = [];
  readonly #context: Context;
  readonly #buyers = new Map<string, Promise<Buyer>>();
  /** How many rows there were of the same purchase. */
  readonly #same = new Map<string, number>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Returns the purchase of a row; null where the row is wrong, or its purchase is stored. */
  async read(row: ImportRow): Promise<PurchaseRecord | null> {
    const { line, values } = row;
    const id = (values['service'] ?? '').trim();
    const service = id === '' ? null : id;
    const before = this.problems.length;
    const say = (key: string | null, message: string): void => {
      this.problems.push({ line, service, key, message });
    };
    if (row.problem !== undefined) say(null, row.problem);
    for (const key of Object.keys(values).filter((name) => !(COLUMNS as readonly string[]).includes(name)))
      say(key, `unknown column "${key}"; known: ${COLUMNS.join(', ')}`);
    if (this.problems.length > before) return null;
    const buyer = service === null ? { problem: 'is required' } : await this.#buyer(service);
    if (buyer.problem !== null) say('service', buyer.problem);
    else {
      const bought = this.#readValues(buyer.service, values, say);
      if (bought === null || (await this.#isStored(bought))) return null;
      const { start, end } = buyer.cycle;
      if (bought.at >= start && bought.at < end) return this.#toPurchase(buyer, bought);
      say('at', `${values['at'] ?? ''} is not in the current cycle (${start} to ${end}): only its purchases count`);
    }
    return null;
  }

  async #isStored({ key }: Bought): Promise<boolean> {
    return (await this.#context.store.purchases.list({ key })).length > 0;
  }

  #buyer(id: string): Promise<Buyer> {
    const known = this.#buyers.get(id) ?? findBuyer(this.#context, id);
    this.#buyers.set(id, known);
    return known;
  }

  #readValues(
    service: ServiceRecord,
    values: Record<string, string>,
    say: (key: Column, message: string) => void,
  ): Bought | null {
    const text = (key: Column): string => (values[key] ?? '').trim();
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
    const price = read('price', parsePrice);
    const currency = read('currency', (value) => parseCurrency(value === '' ? (config.currency ?? '') : value));
    const actor = read('actor', parseActor);
    const at = read('at', (value) => this.#parseAt(value, service));
    if (name === null || bytes === null || price === null || currency === null || actor === null || at === null)
      return null;
    const bought = { service: service.id, package: name, bytes, price, currency, actor, at };
    const digest = createHash('sha256').update(JSON.stringify(bought)).digest('hex').slice(0, 24);
    const count = (this.#same.get(digest) ?? 0) + 1;
    this.#same.set(digest, count);
    return { ...bought, key: importKey(digest, count) };
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
      cycle: cycle.id ?? '',
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

async function findBuyer(context: Context, id: string): Promise<Buyer> {
  const service = await context.store.services.get(id);
  if (service === null) return { problem: `there is no service "${id}"` };
  if (!isLiving(service) && service.status !== 'pending') return { problem: `it is ${service.status}` };
  const { cycle, cycleIsNew, error } = await loadService(context, service);
  if (error !== null) return { problem: error.message };
  if (cycle === null) return { problem: 'it has no billing cycle: set its billing_cycle and next_due_date' };
  const { start, end } = cycle;
  return { service, cycle: { id: cycleIsNew ? null : cycle.id, start, end }, problem: null };
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

function parsePrice(value: string): string {
  if (compareMoney(value, '0') < 0) throw new Error(`${value} is below 0`);
  return value;
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
