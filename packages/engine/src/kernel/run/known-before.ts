import type { Panel } from '@sluice/panel-kind';
import type { DecisionRecord, StoreTables } from '@sluice/state-store';
import type { Applied } from '../subject/stages.js';
import { isHeld, isUnseen } from '../subject/to-stage.js';
import { toLastReading } from '../subject/views.js';

/** A run, as far as it decides what its panel has shown. */
interface KnowingRun {
  readonly panel: Pick<Panel, 'objects'>;
}

/** What others have stopped of a held service, in the inputs of its decision. */
interface Besides {
  /** Absent: not seen since it is held. Empty: nothing. */
  stoppedBesides?: readonly string[];
  /** When it was seen, where that was not in the run of the decision. */
  stoppedBesidesAt?: string;
}

/** Returns what others have stopped of a held service, and when that was seen; null where no run since the hold has seen it. */
export function findBesides(decision: DecisionRecord): { stops: readonly string[]; at: string } | null {
  const { stoppedBesides: stops, stoppedBesidesAt } = (decision.inputs ?? {}) as Besides;
  return stops === undefined ? null : { stops, at: stoppedBesidesAt ?? decision.readAt ?? decision.at };
}

/** Says what others have stopped of a held service, by the inputs of its decision; null for nothing. */
export function describeBesides(service: string, decision: Pick<DecisionRecord, 'inputs'> | null): string | null {
  const { stoppedBesides: stops = [] } = (decision?.inputs ?? {}) as Besides;
  return stops.length === 0 ? null : `${service} is stopped besides its holds: ${stops.join('; ')}`;
}

/** Returns whether a run has seen all that others may have stopped of a held service. */
function sawBesides({ besides, observation }: Pick<Applied, 'besides' | 'observation'>): boolean {
  return besides !== null && (observation?.error ?? null) === null;
}

/** Returns what a run has seen that others have stopped of a held service; nothing where it has not seen all, and found nothing. */
export function besidesSeen(work: Pick<Applied, 'besides' | 'observation'>): Besides {
  const seen = work.besides ?? [];
  return sawBesides(work) || seen.length > 0 ? { stoppedBesides: seen } : {};
}

/** Returns what others have stopped of a held service, with what was known before and was not seen in this run. */
function besidesAfter({ panel }: KnowingRun, work: Applied, before: DecisionRecord): Besides {
  const { besides, observation } = work;
  const known = findBesides(before);
  if (known === null) return besidesSeen(work);
  if (besides === null || observation === null) return { stoppedBesides: known.stops, stoppedBesidesAt: known.at };
  const kept = known.stops.filter((text) => !besides.includes(text) && isUnseen(panel, observation, text));
  const isOld = besides.length === 0 && kept.length > 0;
  return { stoppedBesides: [...besides, ...kept], ...(isOld && { stoppedBesidesAt: known.at }) };
}

/**
 * Returns the decisions with what is known from the ones before: those without a reading with the last one of their cycle, and those
 * of held services with what others have stopped of them, as far as this run has not seen that.
 */
export async function withKnown(
  run: KnowingRun,
  { decisions: stored }: Pick<StoreTables, 'decisions'>,
  subjects: readonly Applied[],
  decisions: DecisionRecord[],
): Promise<DecisionRecord[]> {
  const unseen = new Map(subjects.filter((work) => !sawBesides(work)).map((work) => [work.service.id, work]));
  const findUnseen = (decision: DecisionRecord): Applied | null => {
    const work = unseen.get(decision.service);
    return work !== undefined && isHeld(work, decision) ? work : null;
  };
  const isUnread = ({ readAt, cycle }: DecisionRecord): boolean => readAt === null && cycle !== null;
  const due = decisions.filter((decision) => isUnread(decision) || findUnseen(decision) !== null);
  if (due.length === 0) return decisions;
  const before = await stored.latest(due.map(({ service }) => service));
  const known = new Map(before.map((decision) => [decision.service, decision]));
  return decisions.map((decision) => {
    const last = known.get(decision.service);
    const lastRead = isUnread(decision) ? toLastReading(last, decision) : null;
    const work = findUnseen(decision);
    if (last === undefined || (lastRead === null && work === null)) return decision;
    const besides = work === null ? {} : besidesAfter(run, work, last);
    return {
      ...decision,
      inputs: { ...(decision.inputs as object), ...besides, ...(lastRead !== null && { lastRead }) },
    };
  });
}
