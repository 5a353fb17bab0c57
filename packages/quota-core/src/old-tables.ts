/** A table of another tool, as an operator exports it: a CSV file with a header. */
export interface OldTable {
  /** Its name: the file is `NAME.csv`. */
  readonly name: string;
  /** What it belongs to, such as the version of the tool, and what it has: the comment above its query. */
  readonly title: string;
  /** Columns that a file of it has to have, in lower case; others are ignored. */
  readonly columns: readonly string[];
  /** A SELECT for MySQL and MariaDB that exports the file; null where an operator has to write it. */
  readonly query: string | null;
}

/** A row of an exported table. */
export interface OldRow {
  readonly line: number;
  /** Texts by column, in lower case, without white space around them; null for NULL (also as `NULL` and `\N`) and for an empty text. */
  readonly values: Readonly<Record<string, string | null>>;
}

/** A service as the billing system has it. */
export interface BilledService {
  /** Its id as a service of Sluice, such as `whmcs-17`. */
  readonly id: string;
  /** Its id in the billing system. */
  readonly externalId: string;
  readonly productId: string | null;
  readonly productName: string | null;
  /** Id of its client as a service of Sluice has it. */
  readonly client: string | null;
  readonly clientName: string | null;
  readonly clientEmail: string | null;
  /** As in a service import; null for one that is unknown. */
  readonly status: 'active' | 'suspended' | 'terminated' | 'pending' | null;
  /** As in a service import. */
  readonly billingCycle: string | null;
  /** `YYYY-MM-DD`. */
  readonly nextDueDate: string | null;
  readonly username: string | null;
  readonly domain: string | null;
  readonly addresses: readonly string[];
  /** Texts of its custom fields and options by their names in lower case. */
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Returns whether a service is active and paid on a day, `YYYY-MM-DD` in the time zone of its billing system. A billing system moves the
 * due date on payment, so that a service is paid until the end of its due date. Without a due date it is paid only if it does not recur;
 * a service of an unknown status is not.
 *
 * @example
 * ```ts
 * isPaidUp({ status: 'active', billingCycle: 'Monthly', nextDueDate: '2026-12-01' }, '2026-12-01'); // true
 * ```
 */
export function isPaidUp(
  { status, billingCycle, nextDueDate }: Pick<BilledService, 'status' | 'billingCycle' | 'nextDueDate'>,
  today: string,
): boolean {
  if (status !== 'active') return false;
  return nextDueDate === null ? billingCycle === null : nextDueDate >= today;
}
