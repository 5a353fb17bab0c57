import {
  type BillPeriod,
  CallSum,
  type CallRecord,
  type CallTotals,
  type ChargeDifference,
  compareCharge,
  createCallReport,
  IdsDigest,
  RateTable,
  type ReportFormat,
} from '@sluice/quota-core/telephony';
import { compareMoney } from '@sluice/quota-core';
import type { CallBillRecord } from '@sluice/state-store';
import { isInWindow, type ServiceWindow } from '../../base/ownership.js';
import type { Context } from '../../context/context.js';
import type { Line } from '../telephony/find-line.js';
import { readSorted } from './read-sorted.js';

/** Where the text of a report goes, part by part. */
export interface CallReportSink {
  write(text: string): Promise<void>;
  /** Puts the report in its place, in one step; returns its absolute path. */
  finish(): Promise<string>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

/** Calls of a period, summed. */
export interface Gathered {
  totals: CallTotals;
  /** Digest of the ids in the order of the report. */
  digest: string;
  /** Whether the panel has archived any of them: these have other ids than before. */
  hasArchived: boolean;
  /** Differences to the rates, the first hundred; null where they were not checked. */
  differences: ChargeDifference[] | null;
  differenceCount: number;
  /** Ids of the panel's records of other lines, the first ten; none of them is in the sums. */
  foreign: readonly string[];
}

/** What to gather. */
export interface GatherRequest {
  line: Pick<Line, 'telephony' | 'subscriberId'>;
  period: BillPeriod;
  /** Times within the period to which the calls belong; default: all of it. */
  windows?: readonly Pick<ServiceWindow, 'from' | 'to'>[];
  /** The part of the period that is read; default: all of it. */
  asked?: BillPeriod;
  /** Plan whose rates the charges are compared with; null: they are not compared. */
  verifyPlan: string | null;
  report: { sink: CallReportSink; format: ReportFormat } | null;
}

const MOST_DIFFERENCES = 100;
const MOST_FOREIGN = 10;

/** Reads the calls of a period, sums them, and writes the report row by row. */
export async function gather(context: Context, request: GatherRequest): Promise<Gathered> {
  const { line, period, report } = request;
  const { telephony, subscriberId } = line;
  const { signal } = context.deps;
  const sum = new CallSum({ period, currency: telephony.currency, subscriberId });
  const digest = new IdsDigest();
  const verify = request.verifyPlan === null ? null : await createVerifier(context, line, request.verifyPlan);
  const writer = report === null ? null : createCallReport({ format: report.format, timeZone: telephony.timeZone });
  if (writer !== null) await report?.sink.write(writer.header());
  const { start, end } = request.asked ?? period;
  const filter = { from: start, to: end, subscriberId };
  const foreign = new Set<string>();
  let hasArchived = false;
  /** Calls that name no line: those left out of a part, and those that were counted. */
  const [unowned, owned] = [new Set<string>(), new Set<string>()];
  const onUnasked = (call: CallRecord): void => {
    const isForeign = call.subscriberId !== null && call.subscriberId !== subscriberId;
    if (isForeign && foreign.size < MOST_FOREIGN) foreign.add(call.id);
    if (isForeign) return;
    // A part of the period may show a call of another part.
    if (!isWithin(call, period)) sum.add(call);
    else if (call.subscriberId === null) unowned.add(call.id);
  };
  for await (const calls of readSorted(telephony, filter, { signal, onUnasked })) {
    const rows: string[] = [];
    for (const call of calls) {
      if (request.windows?.some((window) => isInWindow(call.startedAt, window)) === false) continue;
      if (sum.add(call) !== 'counted') continue;
      digest.add(call.id);
      hasArchived ||= call.isArchived === true;
      if (call.subscriberId === null) owned.add(call.id);
      verify?.check(call);
      if (writer !== null) rows.push(writer.row(call));
    }
    if (rows.length > 0) await report?.sink.write(rows.join(''));
  }
  const totals = sum.totals();
  if (writer !== null) await report?.sink.write(writer.total(totals));
  return {
    totals,
    digest: digest.digest(),
    hasArchived,
    differences: verify?.found ?? null,
    differenceCount: verify?.count() ?? 0,
    foreign: [...foreign, ...[...unowned].filter((id) => !owned.has(id))].slice(0, MOST_FOREIGN),
  };
}

/**
 * Returns whether calls are those of a bill, with the charges that were billed in sum. Once the panel has archived some, their number
 * stands for the ids.
 */
export function isAsBilled(
  { digest, hasArchived, totals }: Pick<Gathered, 'digest' | 'hasArchived' | 'totals'>,
  bill: Pick<CallBillRecord, 'digest' | 'calls' | 'charged'>,
): boolean {
  const isSame = digest === bill.digest || (hasArchived && totals.calls === bill.calls);
  return isSame && compareMoney(totals.total, bill.charged) === 0;
}

function isWithin({ startedAt }: CallRecord, { start, end }: BillPeriod): boolean {
  const at = Date.parse(startedAt);
  return Date.parse(start) <= at && at < Date.parse(end);
}

async function createVerifier({ deps }: Context, { telephony }: Pick<Line, 'telephony'>, planId: string) {
  const table = new RateTable(await telephony.list('rates', { planId }, deps.signal), planId);
  const found: ChargeDifference[] = [];
  let count = 0;
  return {
    found,
    count: () => count,
    check: (call: CallRecord): void => {
      const difference = compareCharge(call, table, { timeZone: telephony.timeZone, rules: telephony.rating });
      if (difference === null) return;
      count += 1;
      if (found.length < MOST_DIFFERENCES) found.push(difference);
    },
  };
}
