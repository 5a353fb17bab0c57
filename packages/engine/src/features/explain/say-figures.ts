import type { LimitView, ServiceDetail } from '@sluice/contract/documents';
import { type Said, say } from '@sluice/messages/said';
import { padMoney, toPercent } from '@sluice/quota-core';
import { isLeastUsed } from '../../kernel/subject/used.js';

/**
 * Returns what is used of a limit in its window: `20.53 of 20.00 BRL are spent`, or bytes with their share; null where a figure is
 * unknown, and for a limit that the service has not.
 */
export function sayFigures({ limits }: Pick<ServiceDetail, 'limits'>, id: string): Said | null {
  const limit = limits.find((each) => each.id === id);
  const figures = limit === undefined ? null : sayLimit(limit);
  return figures !== null && limit !== undefined && isLeastUsed(limit) ? say('figures.atLeast', { figures }) : figures;
}

function sayLimit({ used, allowed, unit }: LimitView): Said | null {
  if (used === null || allowed === null) return null;
  if (typeof used === 'number' && typeof allowed === 'number') return sayBytes(used, allowed);
  return say('figures.spent', {
    used: { money: padMoney(String(used), unit), currency: null },
    allowed: { money: String(allowed), currency: unit },
  });
}

function sayBytes(used: number, allowed: number): Said {
  const bytes = { used: { bytes: used }, allowed: { bytes: allowed } };
  const percent = toPercent(used, allowed) ?? 0;
  return say('figures.share', { ...bytes, percent: { percent } });
}
