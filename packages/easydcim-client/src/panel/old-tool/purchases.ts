import type { MovedRow, OldToolInput } from '@sluice/panel-kind';
import { checkMoney, currencyDecimals, type OldRow } from '@sluice/quota-core';
import { compareIds, parseCycleEnd, parseGb, parseId, parseLocalTime, readCell, toShown } from './cells.js';
import type { CurrentCycle, Cycles } from './cycles.js';
import { type Findings, nameRow } from './findings.js';
import type { Candidate } from './ids.js';
import { findPriceProblem, type ToolPackage } from './packages.js';
import { byLowestId, pickRows } from './pick.js';
import type { Refusal } from './candidates.js';

/** What purchases are read with. */
export interface PurchaseSources {
  readonly input: Pick<OldToolInput, 'panel' | 'now'>;
  readonly cycles: Cycles;
  readonly rows: readonly OldRow[];
  readonly table: string;
  readonly packages: ReadonlyMap<string, ToolPackage>;
  /** Services that are moved, and why others are not. */
  readonly places: ReadonlyMap<string, Place>;
  readonly refused: ReadonlyMap<string, Refusal>;
}

/** A purchase of the current cycle of a service. */
export interface MovedPurchase {
  readonly service: number;
  readonly row: MovedRow;
}

/** A service that is moved. */
export interface Place {
  readonly place: number;
  readonly candidate: Candidate;
  /** What quota it has here: purchases count where it is limited. */
  readonly quota: 'limited' | 'unlimited' | 'none';
}

const FILE = 'purchases.csv';
type Verdict = { row: MovedRow; notes: readonly string[] } | { problem: Parameters<Findings['add']>[2] };

/** Returns the paid purchases of current cycles. All others are named. */
export function readPurchases(sources: PurchaseSources, findings: Findings): MovedPurchase[] {
  const { rows, table, places, refused } = sources;
  const picked = pickRows(rows, (row) => parseId(readCell(row, 'id')), byLowestId);
  for (const row of picked.nameless)
    findings.add(FILE, nameRow(table, row), {
      state: 'undecided',
      reason: 'it has no id, so that it can’t be distinguished from another: add it by hand if it is one of its own',
    });
  for (const { key } of picked.others)
    findings.add(FILE, `purchase ${key}`, { state: 'left-out', reason: 'another row has the same id' });
  const moved: MovedPurchase[] = [];
  for (const [id, row] of [...picked.chosen].toSorted(([one], [other]) => compareIds(one, other))) {
    const service = parseId(readCell(row, 'whmcs_serviceid'));
    const known = service === null ? undefined : places.get(service);
    const object = `purchase ${id} of service ${service ?? toShown(readCell(row, 'whmcs_serviceid'))}`;
    if (service === null || known === undefined) {
      findings.add(FILE, object, toUnmoved(service, refused));
      continue;
    }
    const verdict = judge(row, {
      ...sources,
      cycle: sources.cycles.find(known.candidate.billed),
      service: known,
    });
    if ('problem' in verdict) findings.add(FILE, object, verdict.problem);
    else {
      moved.push({ service: known.place, row: verdict.row });
      for (const reason of verdict.notes) findings.add(FILE, object, { state: 'proposed', reason });
    }
  }
  return moved;
}

/** Returns why a row of a service that is not moved is not moved either. */
export function toUnmoved(
  service: string | null,
  refused: ReadonlyMap<string, Refusal>,
): Parameters<Findings['add']>[2] {
  const refusal = service === null ? undefined : refused.get(service);
  if (refusal !== undefined) return { state: refusal.state, reason: `its service is not moved: ${refusal.reason}` };
  return { state: 'left-out', reason: 'the tool has no such service' };
}

interface Judged extends PurchaseSources {
  readonly cycle: CurrentCycle | null;
  readonly service: Place;
}

function judge(row: OldRow, judged: Judged): Verdict {
  const { cycle, service, input } = judged;
  const problem =
    findPaymentProblem(row) ??
    findCycleProblem(row, judged) ??
    findOwnerProblem(row, service.candidate) ??
    findQuotaProblem(row, service);
  if (problem !== null) return { problem };
  const size = parseGb(readCell(row, 'size_gb'));
  if (size === null || size.bytes === 0)
    return undecided(
      'its size is not a number of gigabytes above 0: add it by hand',
      'bytes',
      readCell(row, 'size_gb'),
    );
  const { currency } = input.panel;
  const price = readCell(row, 'price') ?? '';
  const priceProblem = findPriceProblem(readCell(row, 'price'), currency);
  if (priceProblem !== null) return undecided(priceProblem, 'price', price);
  const at = findTime(row, judged);
  if (at === null || cycle === null)
    return undecided(
      'it is dated in the future: correct the time and add it by hand',
      'at',
      readCell(row, 'created_at'),
    );
  const bought = parseId(readCell(row, 'package_id'));
  const name = (bought === null ? undefined : judged.packages.get(bought))?.name ?? `package-${bought ?? 'unknown'}`;
  const actor = readActor(row);
  return {
    row: {
      package: name,
      bytes: String(size.bytes),
      price: currency === null ? price : checkMoney(price, currencyDecimals(currency)),
      currency: currency ?? '',
      at: at.instant,
      actor: actor ?? 'manual',
      ref: `${judged.table} ${parseId(readCell(row, 'id')) ?? ''}`,
    },
    notes: [
      ...(at.isStart ? ['the time of the purchase is not in the cycle: the begin of the cycle is written'] : []),
      ...(currency === null ? ['the tool has no currency: state it'] : []),
      ...(actor === null ? ['who bought is unknown: counted as bought by hand, not against maxPerCycle'] : []),
      ...findInvoiceNotes(row),
    ],
  };
}

function undecided(reason: string, column: string, value: string | null): Verdict {
  return { problem: { state: 'undecided', reason, column, value } };
}

function readActor(row: OldRow): 'auto' | 'manual' | null {
  const actor = readCell(row, 'actor')?.toLowerCase();
  if (actor === 'autobuy_cron') return 'auto';
  return actor === 'client_manual' ? 'manual' : null;
}

type Problem = Parameters<Findings['add']>[2];

/** The first version stored a purchase before it was paid, and without its state: the invoice shows it then. */
function findPaymentProblem(row: OldRow): Problem | null {
  const text = readCell(row, 'payment_status');
  const paid = text?.toLowerCase() ?? null;
  const invoice = readCell(row, 'invoice_status')?.toLowerCase() ?? null;
  const about = { column: 'payment_status', value: text };
  if (invoice === 'refunded' || invoice === 'cancelled')
    return {
      state: 'undecided',
      reason: `its invoice is ${invoice}: add it by hand if the traffic was sold all the same`,
      column: 'invoice_status',
      value: readCell(row, 'invoice_status'),
    };
  if (paid === 'paid' || ((paid === 'pending' || paid === null) && invoice === 'paid')) return null;
  if (paid === 'pending' || paid === null) {
    const number = readCell(row, 'invoiceid');
    const which = number === null ? 'it has no invoice' : `invoice ${toShown(number)} is not known to be paid`;
    return { state: 'undecided', reason: `${which}: add it by hand once it is paid, or cancel the invoice`, ...about };
  }
  return { state: 'left-out', reason: 'it is not paid', ...about };
}

function findInvoiceNotes(row: OldRow): string[] {
  const invoice = readCell(row, 'invoice_status')?.toLowerCase() ?? null;
  const paid = readCell(row, 'payment_status')?.toLowerCase() ?? null;
  if (paid === 'pending') return ['the tool has it as pending, and its invoice is paid'];
  if (paid === 'paid' && invoice !== null && invoice !== 'paid')
    return [
      `the tool counted it as paid, and its invoice is ${toShown(invoice)}: collect the payment or remove the row`,
    ];
  return [];
}

function findCycleProblem(row: OldRow, { cycle, input }: Judged): Problem | null {
  const text = readCell(row, 'cycle_end');
  const about = { column: 'cycle_end', value: text };
  if (cycle === null) {
    const reason = 'the billing system has no recurring cycle of its service: add it by hand if its traffic is left';
    return { state: 'undecided', reason, ...about };
  }
  const ends = parseCycleEnd(text);
  if (ends === null) {
    return {
      state: 'undecided',
      reason: 'the end of its cycle is unknown: add it by hand if its traffic is left',
      ...about,
    };
  }
  const current = cycle.endDate;
  if (ends === current) return null;
  const created = parseLocalTime(readCell(row, 'created_at'), input.panel.timeZone);
  if (ends < current && (created === null || created < cycle.start))
    return { state: 'left-out', reason: 'its cycle has ended', ...about };
  const reason = `it is of the cycle until ${ends}, and the service is in the one until ${current}: its due date was changed. Add it by hand if its traffic is left`;
  return { state: 'undecided', reason, ...about };
}

function findOwnerProblem(row: OldRow, { billed }: Candidate): Problem | null {
  const user = parseId(readCell(row, 'userid'));
  if (user !== null && user === billed?.client) return null;
  return {
    state: 'undecided',
    reason: 'it was not bought by the client of the service: add it by hand if its traffic still counts',
    column: 'client',
    value: readCell(row, 'userid'),
  };
}

function findQuotaProblem(row: OldRow, { quota }: Place): Problem | null {
  const about = { column: 'bytes', value: readCell(row, 'size_gb') };
  if (quota === 'unlimited')
    return { state: 'left-out', reason: 'its service has no limit, so that extra traffic has no effect', ...about };
  if (quota === 'limited') return null;
  return {
    state: 'undecided',
    reason: 'its service has no quota yet: add it by hand once the quota is stated',
    ...about,
  };
}

/** Returns when it was bought, not before the cycle; null for a time in the future. */
function findTime(row: OldRow, { cycle, input }: Judged): { instant: string; isStart: boolean } | null {
  const created = parseLocalTime(readCell(row, 'created_at'), input.panel.timeZone);
  if (cycle === null || (created !== null && created > input.now)) return null;
  const isStart = created === null || created < cycle.start;
  return { instant: isStart ? cycle.start : created, isStart };
}
