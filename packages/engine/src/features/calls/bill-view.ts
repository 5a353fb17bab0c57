import type { CallBillRecord, HeldLease } from '@sluice/state-store';
import type { ReportFormat } from '@sluice/quota-core/telephony';
import { toInstants, type ToBill } from './due.js';
import type { Billed } from './bill-until-ended.js';
import type { CallReportSink, Gathered } from './gather.js';
import type { Line } from '../telephony/find-line.js';
import { findUnrated } from './unrated.js';
import type { MadeBill } from './made-bill.js';

/** Writes the reports of bills. */
export interface CallReports {
  format: ReportFormat;
  /** Begins a report; the name has no folder. One of a bill that is not final replaces an earlier one. */
  open(name: string): Promise<CallReportSink>;
  /** Returns the absolute path of a report that exists. */
  find(name: string): Promise<string | null>;
}

/** How bills are made. */
export interface BillOptions {
  /** Null: all services, or those of the invoice. */
  service: string | null;
  /** `previous-month`, `YYYY-MM` or `FROM..TO`; null: what is due. */
  period: string | null;
  dryRun: boolean;
  /** End now: the period may not be over. */
  final: boolean;
  resend: boolean;
  zeroLine: boolean;
  allowUnrated: boolean;
  verifyRating: boolean;
  /** The invoice for the line; null: the one that fits. */
  invoice: string | null;
  /** Null: no report is written. */
  reports: CallReports | null;
}

/** A period of a line that is to be billed. */
export interface PeriodOfLine extends ToBill {
  line: Line;
  options: BillOptions;
  fences: HeldLease[];
  begin: Billed['begin'];
}

/** Returns the view of a bill that is to be made. */
export function emptyView({ line, period }: PeriodOfLine): MadeBill {
  return {
    service: line.service.id,
    invoice: null,
    period: toInstants(period),
    calls: null,
    billedSeconds: null,
    total: null,
    currency: line.telephony.currency,
    state: 'planned',
    reason: null,
    csv: null,
    error: null,
    warnings: [],
  };
}

/** Returns the figures of what was read, with its warnings. */
export function figures({ totals, differences, differenceCount, foreign }: Gathered) {
  const { calls, billedSeconds, amount, currency, warnings, outside } = totals;
  const odd = [...warnings, ...(outside === null ? [] : [outside])].map(({ code, count, ids }) => ({
    code: code.replaceAll('-', '_'),
    message: `${count} of the calls: ${ids.join(', ')}`,
  }));
  const others =
    foreign.length === 0
      ? []
      : [{ code: 'other_subscriber', message: `calls of other lines were left out: ${foreign.join(', ')}` }];
  const unrated = findUnrated(totals);
  const left =
    unrated === undefined
      ? []
      : [
          {
            code: 'without_charge',
            message: `${unrated.count} of the calls, not in the total: ${unrated.ids.join(', ')}`,
          },
        ];
  const rating =
    differenceCount === 0
      ? []
      : [{ code: 'rating_differs', message: `${differenceCount} charges differ from the rates` }];
  return {
    calls,
    billedSeconds,
    total: amount,
    currency,
    warnings: [...odd, ...others, ...left, ...rating],
    ...(differences === null ? {} : { differences }),
  };
}

/** Returns the view of a stored bill. */
export function toView(
  { period }: Pick<PeriodOfLine, 'period'>,
  bill: CallBillRecord,
  state: MadeBill['state'],
): MadeBill {
  const { service, invoice, calls, amount, currency, file } = bill;
  return {
    ...{ service, invoice, period: toInstants(period), calls, billedSeconds: null, total: amount, currency, state },
    ...{ reason: null, csv: file, error: null, warnings: [] },
  };
}
