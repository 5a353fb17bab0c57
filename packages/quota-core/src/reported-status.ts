/** The states of a service after its last run, the worst of an account in use first. */
export const REPORTED_STATUSES = [
  'failed',
  'unreadable',
  'doubted',
  'over',
  'held',
  'ok',
  'unmanaged',
  'skipped',
] as const;

/**
 * State of a service: `held` is restricted, `over` is beyond its allowance or due to be held without being restricted (the
 * brake, `observe`, a protection), `failed` and `unreadable` are of the last run, as is `doubted`: its reading was too high to be
 * used, and the figures are those before it. `unmanaged` has no limit, and `skipped` is not in use, or has no usage.
 */
export type ReportedStatus = (typeof REPORTED_STATUSES)[number];

/**
 * What lists of services can be filtered by: a status; `would-be-held`, services for which a hold would begin; or `not-read`,
 * services that the last run could not read, or where it failed, held ones included.
 */
export const STATUS_FILTERS = [...REPORTED_STATUSES, 'would-be-held', 'not-read'] as const;

/** A word of {@link STATUS_FILTERS}. */
export type StatusFilter = (typeof STATUS_FILTERS)[number];

/** What decides about the status of a service. */
export interface StatusInput {
  /** What its last run decided; null before the first. */
  decided: string | null;
  /** Whether a hold is open now, or not undone yet. */
  held: boolean;
  /** Whether nothing of what is held is on the panel yet; default false. */
  restricting?: boolean;
  /** Whether a hold would begin, but was not added. */
  wouldHold: boolean;
  /** Whether its usage has reached its allowance. */
  usedUp: boolean;
}

/**
 * Returns the status of a service: the only place that decides it. An open hold is in force whatever the last run could read, unless
 * it is not on the panel; holds count as they are now, since commands begin and end them between runs.
 *
 * @example
 * ```ts
 * toReportedStatus({ decided: 'ok', held: false, wouldHold: true, usedUp: true }); // 'over'
 * ```
 */
export function toReportedStatus(input: StatusInput): ReportedStatus {
  const { decided, held, restricting = false, wouldHold, usedUp } = input;
  const known = REPORTED_STATUSES.find((status) => status === decided);
  const hasFailed = known === 'failed' || known === 'unreadable' || known === 'doubted';
  if (held && !(restricting && hasFailed)) return 'held';
  if (known === undefined) return 'skipped';
  if (known !== 'ok' && known !== 'held' && known !== 'over') return known;
  return wouldHold || usedUp ? 'over' : 'ok';
}
