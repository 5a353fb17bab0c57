import type { HoldMarks } from '@sluice/contract/documents';
import type { HoldInForce, KindTraits, LimitSettings, Panel } from '@sluice/panel-kind';
import { type Decision, zonedMidnight } from '@sluice/quota-core';
import {
  type EvidenceRecord,
  type HoldRecord,
  type ServiceRecord,
  type StoreTables,
  TO_RESTRICT,
} from '@sluice/state-store';
import { findEntry, findTimeZone, listLimits, RESERVED } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';
import type { Context } from '../../context/context.js';
import type { Applied, Doubted, ToRestrict } from './stages.js';

/** Returns the row of a hold that starts now. */
export function newHold(
  context: Context,
  hold: Pick<HoldRecord, 'service' | 'reason' | 'origin'> & Partial<HoldRecord>,
): HoldRecord {
  return {
    id: context.id('hold'),
    restriction: null,
    since: context.now(),
    until: null,
    note: null,
    cycle: null,
    usedBytes: null,
    allowedBytes: null,
    ...hold,
  };
}

/** Returns whether a hold follows from a limit: the quota, or one of the config. */
export function isOfLimit({ reason }: Pick<HoldRecord, 'reason'>): boolean {
  return reason === 'quota' || !RESERVED.includes(reason);
}

/** Returns the restriction that a decision requires for an open hold of a limit; the stored one where it does not decide about it. */
export function findDueRestriction(
  decision: Pick<Decision, 'holds'> | null,
  hold: Pick<HoldRecord, 'reason' | 'restriction'>,
): string | null {
  const due = isOfLimit(hold) ? decision?.holds.find(({ reason }) => reason === hold.reason) : undefined;
  return due?.restriction ?? hold.restriction;
}

/** Returns how harsh a restriction is among those of its kind; all are the same where the kind does not say. */
export function rankRestriction({ mildestFirst = [] }: Pick<KindTraits, 'mildestFirst'>, restriction: string): number {
  return mildestFirst.indexOf(restriction);
}

/** Returns whether a hold began with a window of a limit that the config does not have any more. */
export function isOfRemovedLimit({ reason, cycle }: Readonly<HoldRecord>, limits: readonly LimitSettings[]): boolean {
  return !RESERVED.includes(reason) && cycle !== null && limits.every(({ id }) => id !== reason);
}

/**
 * Returns the restriction of a service's quota: an override's, else the product's or its default. Where the product is missing
 * in the config, that of the open hold. An override of the time on another kind of panel may name one that this kind does not have.
 */
export function findAction(
  { restrictions }: Pick<Panel['kind'], 'restrictions'>,
  known: {
    override: { action: string | null } | null | undefined;
    product: { action?: string | undefined } | undefined;
    holds: readonly HoldRecord[];
  },
): string {
  const { override, product, holds } = known;
  const stored = product === undefined ? holds.find(({ reason }) => reason === 'quota')?.restriction : null;
  const ofOverride = restrictions.find((one) => one === override?.action);
  return ofOverride ?? product?.action ?? stored ?? restrictions[0] ?? '';
}

/** A service with its holds; `action` is the restriction of its quota: the product's, or an override's. */
interface Restricted {
  service: ServiceRecord;
  holds: readonly HoldRecord[];
  action: string;
}

/**
 * Returns holds with the restriction that each requires: a limit's current one, or the suspension for billing and manual holds.
 * The hold of a removed limit, or of a product that is missing in the config, keeps its last restriction.
 */
export function inForce(
  context: Context,
  { kind, agents }: Pick<Panel, 'kind' | 'agents'>,
  { service, holds, action }: Restricted,
): HoldInForce[] {
  if (holds.length === 0) return [];
  const isKnown = findEntry(context.config.products, service.product) !== undefined;
  const others = listLimits(context.config, service.product).map((limit) => [limit.id, limit.action] as const);
  const limits = new Map(isKnown ? [['quota', action], ...others] : []);
  const findRestriction = ({ reason, restriction }: HoldRecord): string => {
    if (reason === 'billing' || reason === 'manual') {
      return restriction !== null && restriction === kind.wideSuspension ? restriction : kind.suspension;
    }
    if (reason === 'agent-limit') return agents?.serviceRestriction ?? action;
    return limits.get(reason) ?? restriction ?? action;
  };
  return holds.map((hold) => ({ ...hold, restriction: findRestriction(hold) }));
}

/** Returns whether the quota of a service restricts nothing at this instant. */
export function isQuotaReleased(
  config: Config,
  { quotaReleasedUntil, panel }: Pick<ServiceRecord, 'quotaReleasedUntil' | 'panel'>,
  now: string,
): boolean {
  return isBeforeDate(config, panel, quotaReleasedUntil, now);
}

/** Returns whether nothing but a manual hold may restrict a service at this instant. */
export function isProtected(
  config: Config,
  { protectedUntil, panel }: Pick<ServiceRecord, 'protectedUntil' | 'panel'>,
  now: string,
): boolean {
  return isBeforeDate(config, panel, protectedUntil, now);
}

/** Returns whether the quota of a service restricts nothing at this instant, because of a protection or a release until a date. */
export function isLifted(
  config: Config,
  service: Pick<ServiceRecord, 'quotaReleasedUntil' | 'protectedUntil' | 'panel'>,
  now: string,
): boolean {
  return isQuotaReleased(config, service, now) || isProtected(config, service, now);
}

/** Returns whether the limit of a service on its panel is to be lifted: its quota restricts nothing, or its override has none. */
export function hasLift(
  { config, now }: { config: Config; now: string },
  service: Parameters<typeof isLifted>[1],
  override: { unlimited: boolean } | null,
): boolean {
  return override?.unlimited === true || isLifted(config, service, now);
}

/** Returns whether a local date of the panel has not begun; false without a date. */
function isBeforeDate(config: Config, panel: string, date: string | null, now: string): boolean {
  return date !== null && now < zonedMidnight(date, findTimeZone(config, panel));
}

/**
 * A hold as every reader is shown it: an open one, or one that has ended and whose restriction is not undone yet. What a run decides
 * on are the open ones alone.
 */
export type LastingHold = Readonly<HoldRecord> & HoldMarks;

type HoldTables = Pick<StoreTables, 'holds' | 'conditions' | 'evidence'>;

/** Reads the holds that still restrict subjects, or are to. */
export async function readLastingHolds(
  tables: HoldTables,
  filter: Parameters<StoreTables['holds']['lasting']>[0] = {},
): Promise<LastingHold[]> {
  const { holds, toRestrict, evidence } = await readLasting(tables, filter);
  return holds.map((hold) => ({ ...hold, ...findMarks(hold, toRestrict, evidence) }));
}

async function readLasting(
  tables: HoldTables,
  filter: Parameters<typeof readLastingHolds>[1],
): Promise<{ holds: HoldRecord[]; toRestrict: ToRestrict; evidence: EvidenceRecord[] }> {
  const holds = await tables.holds.lasting(filter);
  const toRestrict: ToRestrict = holds.length === 0 ? new Map() : await readToRestrict(tables);
  const some = holds.flatMap(({ id }) => (toRestrict.has(id) ? [id] : []));
  return { holds, toRestrict, evidence: some.length === 0 ? [] : await tables.evidence.ofHolds(some) };
}

/** A service in a run, as far as it shows what is left of its ended holds. */
type EndedHolds = Pick<Applied, 'ended' | 'evidence' | 'unresolved'>;

/** Returns the same of a service in a run, as far as the run is. */
export function listLastingHolds(work: EndedHolds & Pick<Applied, 'holds' | 'toRestrict'>): LastingHold[] {
  const { holds, ended, evidence, toRestrict } = work;
  const left = ended.filter((hold) => isLeft(work, hold));
  return [...left, ...holds].map((hold) => ({ ...hold, ...findMarks(hold, toRestrict, evidence) }));
}

/** Returns the ended holds of which nothing is left on the panel, as far as the run is. */
export function listReleasedHolds(work: EndedHolds): Applied['ended'] {
  return work.ended.filter((hold) => !isLeft(work, hold));
}

/** Whether something of an ended hold is on the panel, or may be: a call that restricts for it has no known outcome. */
function isLeft({ evidence, unresolved }: Omit<EndedHolds, 'ended'>, { id }: Pick<HoldRecord, 'id'>): boolean {
  return evidence.some(({ hold }) => hold === id) || unresolved.some(({ hold }) => hold === id);
}

type Proof = Pick<EvidenceRecord, 'hold' | 'since' | 'until'>;

/** Reads the marks of the same holds, by their ids. */
export async function readMarks(
  tables: HoldTables,
  filter: Parameters<typeof readLastingHolds>[1],
): Promise<Map<string, HoldMarks>> {
  const { holds, toRestrict, evidence } = await readLasting(tables, filter);
  return new Map(holds.map((hold) => [hold.id, findMarks(hold, toRestrict, evidence)]));
}

/**
 * Returns the marks of a hold that lasts. Evidence from before the hold was noted as not on the panel proves nothing: something else has
 * undone it.
 */
function findMarks(
  { id, until }: Pick<HoldRecord, 'id' | 'until'>,
  toRestrict: ToRestrict,
  evidence: readonly Proof[],
): HoldMarks {
  if (until !== null) return { releasing: true };
  const noted = toRestrict.get(id);
  if (noted === undefined) return {};
  const isProven = evidence.some((item) => item.hold === id && item.until === null && item.since >= noted.since);
  return isProven ? { partly: true } : { restricting: true };
}

/** Reads which holds are not on their panel yet. */
export async function readToRestrict({ conditions }: Pick<StoreTables, 'conditions'>): Promise<ToRestrict> {
  const rows = await conditions.list(TO_RESTRICT);
  return new Map(
    rows.map(({ key, since, details }) => {
      const { service } = details as { service: string };
      return [key.slice(TO_RESTRICT.length), { service, since }];
    }),
  );
}

/** Returns since when this evidence proves a part of the restriction of a hold; now, where none is its own. */
export function findProven(
  evidence: readonly Pick<EvidenceRecord, 'hold' | 'since'>[],
  { id }: Pick<HoldRecord, 'id'>,
  now: string,
): string {
  return evidence.reduce((first, { hold, since }) => (hold === id && since < first ? since : first), now);
}

/** Notes that nothing is left to be restricted for these holds. */
export async function noteRestricted(
  { conditions }: Pick<StoreTables, 'conditions'>,
  holds: ToRestrict,
): Promise<void> {
  for (const id of holds.keys()) await conditions.end(`${TO_RESTRICT}${id}`);
}

/** Code of the alarm about a hold that began by a reading which was found impossible later. */
export const HOLD_DOUBTED = 'hold_doubted';

/** Returns what is wrong with holds that began by a doubted reading, and what to do about it; null where none did. */
export function describeDoubtedHolds(service: string, doubted: Pick<Doubted, 'holds'> | null): string | null {
  if (doubted === null || doubted.holds.length === 0) return null;
  return `${service} is held (${doubted.holds.join(', ')}) by a reading that was found impossible since: compare it with the panel, and release the hold until a date if it is wrong`;
}
