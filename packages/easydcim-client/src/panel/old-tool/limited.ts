import type { MovedLimit } from '@sluice/panel-kind';
import { parseCycleEnd, parseGb, parseId, readCell } from './cells.js';
import type { Cycles } from './cycles.js';
import type { Finding, Findings } from './findings.js';
import { type Candidate, isLimited } from './ids.js';
import type { MovedPurchase } from './purchases.js';
import { type ActionSources, findRestricts } from './restricts.js';
import type { ToolSettings } from './settings.js';

/** What limits are read with. */
export interface LimitSources {
  readonly cycles: Cycles;
  readonly settings: ToolSettings;
  /** Services in the order of their places. */
  readonly candidates: readonly Candidate[];
  readonly purchases: readonly MovedPurchase[];
  readonly actions: ActionSources;
}

const FILE = 'holds.csv';
const REMEDY = 'check on the panel what is off, and put it back by hand if it should be on';

/**
 * Returns the services that the tool limited in their current cycle, with what it restricted, and with usage and quota as it stored them:
 * decimal gigabytes with four places, rounded to the nearest byte. All others that it limited are named, each once.
 */
export function readLimited(sources: LimitSources, findings: Findings): MovedLimit[] {
  const bought = new Map<number, number>();
  for (const { service, row } of sources.purchases)
    bought.set(service, (bought.get(service) ?? 0) + Number(row['bytes']));
  return sources.candidates.flatMap((candidate, place): MovedLimit[] => {
    if (!isLimited(candidate.state)) return [];
    const limit = readLimit(candidate, sources, bought.get(place) ?? 0);
    if (!('reason' in limit)) return [{ service: place, ...limit }];
    findings.add(FILE, `service ${candidate.id}`, { state: 'undecided', ...limit });
    return [];
  });
}

/** Returns the limit of a service; a reason where something of it is not known. */
function readLimit(
  candidate: Candidate,
  sources: LimitSources,
  boughtBytes: number,
): Omit<MovedLimit, 'service'> | Pick<Finding, 'reason' | 'value'> {
  const { state } = candidate;
  const refusal = findRefusal(candidate, sources);
  if (refusal !== null) return { reason: refusal };
  const usedText = state && readCell(state, 'last_used_gb');
  const quotaText = state && readCell(state, 'base_quota_gb');
  const used = parseGb(usedText);
  if (used === null) return { value: usedText, reason: `its usage is not a number of gigabytes: ${REMEDY}` };
  const quota = parseGb(quotaText);
  const quotaBytes = (quota?.bytes ?? 0) + boughtBytes;
  if (quota === null || quota.bytes === 0 || !Number.isSafeInteger(quotaBytes))
    return { value: quotaText, reason: `it was limited without a quota, or with one of 0: ${REMEDY}` };
  const restricts = findRestricts(candidate, sources.actions);
  if (typeof restricts === 'string') return { reason: `${restricts}: ${REMEDY}` };
  return { usedBytes: used.bytes, quotaBytes, restricts };
}

function findRefusal(
  { billed, state, columns }: Candidate,
  { cycles, settings }: Pick<LimitSources, 'cycles' | 'settings'>,
): string | null {
  if (settings.isTest)
    return 'the tool only tests, so that it has limited nothing: put back by hand what is off and should be on';
  const cycle = cycles.find(billed);
  const ends = parseCycleEnd(state && readCell(state, 'cycle_end'));
  if (cycle === null || ends === null) return `in which cycle the tool limited it is unknown: ${REMEDY}`;
  if (ends !== cycle.endDate)
    return `the tool limited it in the cycle until ${ends}, and it is in the one until ${cycle.endDate}: put back by hand what is off and should be on`;
  const stored = state && parseId(readCell(state, 'easydcim_service_id'));
  return stored === null || stored === columns['easydcim_service_id']
    ? null
    : `the tool limited service ${stored} of the panel, which is another one: ${REMEDY}`;
}
