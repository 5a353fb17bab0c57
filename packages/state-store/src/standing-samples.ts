/** A sample with the figures of those before and after it; null where there is none. */
export interface Neighboured {
  service: string;
  at: string;
  cycle: string;
  in_bytes: number | null;
  out_bytes: number | null;
  total_bytes: number | null;
  prior_cycle: string | null;
  prior_in: number | null;
  prior_out: number | null;
  prior_total: number | null;
  next_at: string | null;
  next_cycle: string | null;
  next_in: number | null;
  next_out: number | null;
  next_total: number | null;
  /** When it was first read again, of what is stored of that. */
  confirmed_at: string | null;
}

/** What a sample may stand behind. */
export interface Standing {
  /** Service and instant of readings of which a decision was made, with a space between. */
  decided: ReadonlySet<string>;
  /** Purchases and notices by service, ascending. */
  events: ReadonlyMap<string, readonly string[]>;
  /** Instants whose last sample, at them or before, stays; ascending. */
  bounds: readonly string[];
}

/**
 * Returns whether a sample stays as it is, whatever its age: the first and last of a cycle, both sides of a fall, the last one
 * until a bound, that of a decision, and the change that was in force at a purchase or notice. `rows` are in the order of
 * services and time.
 */
export function judge(rows: readonly Neighboured[], index: number, standing: Standing): boolean {
  const row = rows[index];
  if (row === undefined) return false;
  if (row.prior_cycle !== row.cycle) return true;
  if (row.next_cycle !== null && row.next_cycle !== row.cycle) return true;
  if (isBelow(row.total_bytes, row.prior_total) || isBelow(row.next_total, row.total_bytes)) return true;
  if (standing.decided.has(`${row.service} ${row.at}`)) return true;
  if (hasWithin(standing.bounds, row.at, earlier(row.confirmed_at, row.next_at))) return true;
  if (!isChange(row)) return false;
  return hasWithin(standing.events.get(row.service) ?? [], row.at, nextChange(rows, index));
}

function isBelow(figure: number | null, other: number | null): boolean {
  return figure !== null && other !== null && figure < other;
}

function isChange(row: Neighboured): boolean {
  return (
    row.in_bytes !== row.prior_in ||
    row.out_bytes !== row.prior_out ||
    row.total_bytes !== row.prior_total ||
    row.cycle !== row.prior_cycle
  );
}

/** Returns when the figures of a row changed; null where all rows after it are as it is. */
function nextChange(rows: readonly Neighboured[], index: number): string | null {
  for (let at = index; at < rows.length; at += 1) {
    const row = rows[at];
    if (row === undefined || row.service !== rows[index]?.service) return null;
    if (at > index && isChange(row)) return row.at;
    const { next_at: next, next_in: inBytes, next_out: outBytes, next_total: total, next_cycle: cycle } = row;
    if (next === null) return null;
    if (inBytes !== row.in_bytes || outBytes !== row.out_bytes || total !== row.total_bytes || cycle !== row.cycle)
      return next;
  }
  return null;
}

function earlier(a: string | null, b: string | null): string | null {
  return a === null ? b : b === null || a < b ? a : b;
}

/** Returns whether one of ascending instants is `from` or later, and before `to`; without `to` whether one is `from` or later. */
export function hasWithin(instants: readonly string[], from: string, to: string | null): boolean {
  const first = instants[findFirst(instants, from)];
  return first !== undefined && (to === null || first < to);
}

function findFirst(instants: readonly string[], from: string): number {
  let [low, high] = [0, instants.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((instants[middle] ?? '') < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
