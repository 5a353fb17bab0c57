import { type RawBuilder, sql } from 'kysely';
import type { OverviewOrder } from '../overview.js';

/** Whether the last run could not read a service, or failed there, or none reads it. */
export const NOT_READ = sql<boolean>`"notRead"`;

const SHARE = sql`"usedBytes" * 1.0 / case when "allowedBytes" < 1 then 1 else "allowedBytes" end`;

type Direction = RawBuilder<unknown>;

const UP: Direction = sql`asc`;
const DOWN: Direction = sql`desc`;

const WORST = sql`case when "wouldBegin" <> '' then 0 when "status" = 'over' then 1 when "status" = 'held' then 2
    when ${NOT_READ} or "decided" = 'doubted' then 3 else 4 end`;

const UNKNOWN_LAST = [sql`case when "remainingBytes" is null then 1 else 0 end`, UP] as const;

/** What lists are ordered by; unknown figures stand last. */
export const ORDERS: Record<OverviewOrder, readonly (readonly [key: RawBuilder<unknown>, direction: Direction])[]> = {
  worst: [[WORST, UP], UNKNOWN_LAST, [SHARE, DOWN]],
  remaining: [UNKNOWN_LAST, [sql`"remainingBytes"`, UP], [SHARE, DOWN]],
  share: [UNKNOWN_LAST, [SHARE, DOWN]],
  used: [
    [sql`case when "usedBytes" is null then 1 else 0 end`, UP],
    [sql`"usedBytes"`, DOWN],
  ],
  id: [],
  client: [
    [sql`case when "client" is null then 1 else 0 end`, UP],
    [sql`"client"`, UP],
  ],
};

const IS_FULLER = sql<boolean>`${SHARE} > 0.8`;

/** Which services stand before all calm ones, which have used less than 80 %; absent where these may stand anywhere. */
export const BEFORE_CALM: Partial<Record<OverviewOrder, RawBuilder<boolean>>> = {
  worst: sql`${WORST} < 4 or ${IS_FULLER}`,
  share: IS_FULLER,
};
