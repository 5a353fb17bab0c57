import { CALL_WORDS, findMarkers, toComparable, type OldRow, type OldTable } from '@sluice/quota-core';
import { findDateOrder, readStatedPeriods, type StatedPeriod } from '@sluice/quota-core/telephony';

/** The lines of the invoices that have one which somebody added, as WHMCS stores them. */
export const INVOICE_LINES: OldTable = {
  name: 'invoice_lines',
  title: 'WHMCS: lines of the invoices of the last 15 months to which the old module, or a person, added one',
  columns: ['id', 'invoiceid', 'userid', 'relid', 'type', 'description', 'date', 'status'],
  query: `SELECT i.id, i.invoiceid, i.userid, i.relid, i.type, i.description, i.amount, v.date, i.duedate, v.status
FROM tblinvoiceitems i JOIN tblinvoices v ON v.id = i.invoiceid
WHERE v.date >= DATE_SUB(CURDATE(), INTERVAL 15 MONTH)
  AND i.invoiceid IN (SELECT a.invoiceid FROM tblinvoiceitems a WHERE a.type = '')
ORDER BY i.id`,
};

/** Words of lines in German, besides those of every search. */
const WORDS: readonly string[] = [...CALL_WORDS, 'anrufe', 'gesprache', 'verbindungen'];

/** A line of calls that another writer has added to an invoice. */
export interface CallLine {
  id: string;
  invoice: string;
  /** Id of its client in the billing system; null where it is not known. */
  client: string | null;
  text: string;
  /** Of the invoice, `YYYY-MM-DD`; null where it is not known. */
  date: string | null;
  isCancelled: boolean;
  /** The service that it names by its id; null for none. */
  service: string | null;
  /** The services that the billing system charges on its invoice. */
  besides: readonly string[];
  /** What its text may mean; one where it is clear. */
  periods: readonly StatedPeriod[];
}

/**
 * Returns the lines of calls among the lines of invoices: those that the billing system did not make by itself, Sluice's own left out. The
 * column `calls` says of a line whether it is one (`yes`); without it, its text does.
 */
export function findCallLines(rows: readonly OldRow[]): CallLine[] {
  const besides = new Map<string, Set<string>>();
  for (const { values } of rows) {
    const [invoice, service] = [values['invoiceid'] ?? '', toId(values['relid'])];
    if (values['type'] === null || values['type']?.toLowerCase() !== 'hosting' || service === null) continue;
    besides.set(invoice, (besides.get(invoice) ?? new Set()).add(service));
  }
  const own = rows.filter(({ values }) => isCallLine(values));
  const order = findDateOrder(own.map(({ values }) => values['description'] ?? ''));
  return own.map(({ values, line }) => {
    const invoice = values['invoiceid'] ?? '';
    const text = values['description'] ?? '';
    return {
      id: values['id'] ?? `of line ${line}`,
      invoice,
      client: toId(values['userid']),
      text,
      date: toDate(values['date'] ?? null),
      isCancelled: values['status']?.toLowerCase() === 'cancelled',
      service: toId(values['relid']),
      besides: [...(besides.get(invoice) ?? [])],
      periods: readStatedPeriods(text, order),
    };
  });
}

function isCallLine({ type = null, description, calls }: OldRow['values']): boolean {
  if (type !== null || description == null || findMarkers(description).length > 0) return false;
  if (calls != null) return calls.toLowerCase() === 'yes';
  const text = toComparable(description);
  return WORDS.some((word) => text.includes(word));
}

/** WHMCS has 0 for none. */
function toId(text: string | null | undefined): string | null {
  return text == null || /^0*$/.test(text) ? null : text;
}

/** Returns the day of a date, which may have a time; null for none, as a zero date is. */
function toDate(text: string | null): string | null {
  const day = text?.slice(0, 10) ?? '';
  return /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(day) && !day.startsWith('0000') ? day : null;
}
