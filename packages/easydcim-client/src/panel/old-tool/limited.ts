import type { MovedLimit } from '@sluice/panel-kind';
import { parseCycleEnd, parseGb, readCell } from './cells.js';
import type { Cycles } from './cycles.js';
import type { Findings } from './findings.js';
import { type Candidate, isLimited } from './ids.js';
import type { MovedPurchase } from './purchases.js';
import type { ToolSettings } from './settings.js';

/** What limits are read with. */
export interface LimitSources {
  readonly cycles: Cycles;
  readonly settings: ToolSettings;
  /** Services in the order of their places. */
  readonly candidates: readonly Candidate[];
  readonly purchases: readonly MovedPurchase[];
}

const FILE = 'holds.csv';

/**
 * Returns the services that the tool limited in their current cycle, with usage and quota as it stored them: decimal gigabytes with four
 * places, rounded to the nearest byte. All others that it limited are named.
 */
export function readLimited(
  { cycles, settings, candidates, purchases }: LimitSources,
  findings: Findings,
): MovedLimit[] {
  const bought = new Map<number, number>();
  for (const { service, row } of purchases) bought.set(service, (bought.get(service) ?? 0) + Number(row['bytes']));
  return candidates.flatMap((candidate, place): MovedLimit[] => {
    const { id, state } = candidate;
    if (state === null || !isLimited(state)) return [];
    const refusal = findRefusal(candidate, { cycles, settings });
    if (refusal !== null) {
      findings.add(FILE, `service ${id}`, { state: 'undecided', reason: refusal });
      return [];
    }
    const used = parseGb(readCell(state, 'last_used_gb'));
    const quota = parseGb(readCell(state, 'base_quota_gb'));
    if (used === null) report(id, readCell(state, 'last_used_gb'), 'its usage is not a number of gigabytes', findings);
    if (quota === null || quota.bytes === 0)
      report(id, readCell(state, 'base_quota_gb'), 'it was limited without a quota, or with one of 0', findings);
    const sum = quota === null || quota.bytes === 0 ? null : quota.bytes + (bought.get(place) ?? 0);
    return [
      {
        service: place,
        usedBytes: used?.bytes ?? null,
        quotaBytes: sum !== null && Number.isSafeInteger(sum) ? sum : null,
      },
    ];
  });
}

function report(id: string, value: string | null, what: string, findings: Findings): void {
  findings.add(FILE, `service ${id}`, {
    state: 'undecided',
    value,
    reason: `${what}: check on the panel what is off, and put it back by hand if it should be on`,
  });
}

function findRefusal(
  { billed, state }: Candidate,
  { cycles, settings }: Pick<LimitSources, 'cycles' | 'settings'>,
): string | null {
  if (settings.isTest)
    return 'the tool only tests, so that it has limited nothing: put back by hand what is off and should be on';
  const cycle = cycles.find(billed);
  const ends = parseCycleEnd(state && readCell(state, 'cycle_end'));
  if (cycle === null || ends === null)
    return 'in which cycle the tool limited it is unknown: check on the panel what is off, and put it back by hand if it should be on';
  return ends === cycle.endDate
    ? null
    : `the tool limited it in the cycle until ${ends}, and it is in the one until ${cycle.endDate}: put back by hand what is off and should be on`;
}
