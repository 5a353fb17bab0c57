import type { Panel, UsageAnswer, UsageRequest } from '@sluice/panel-kind';
import type { CycleRecord, FingerprintRecord } from '@sluice/state-store';
import { isInterrupted } from '../base/interruption.js';
import type { Context } from '../context/context.js';
import { mappingError, toPeaks, toTotal } from './meter.js';
import { findDoubt } from './plausible.js';
import { findCounted } from '../kernel/subject/history.js';
import { isOfSource } from '../kernel/subject/source.js';
import type { Read } from '../kernel/subject/stages.js';
import { withError } from '../kernel/subject/to-stage.js';

/**
 * Reads the cycles that end in this run once more, on a panel that answers for a window: the last run did not read their end. A
 * cycle without a plausible reading keeps its figures. Where a limit counts such a cycle, later runs read it again.
 */
export async function readEndedCycles(
  context: Context,
  panel: Panel,
  reads: readonly Read[],
  fingerprint: FingerprintRecord | null,
): Promise<Read[]> {
  const isAsked = (read: Read): boolean => {
    const ending = findEnded(read);
    return ending !== null && isOfSource(panel, read.service, ending) && mappingError(read, panel) === null;
  };
  const asked = reads.filter(isAsked);
  if (asked.length === 0) return reads.map(withoutUnread);
  const ended = new Map(asked.map((read) => [read.service.id, read]));
  const requests = asked.flatMap((read): UsageRequest[] => {
    const { service, product, history, unresolved } = read;
    const ending = findEnded(read);
    if (ending === null) return [];
    const { start, end } = ending;
    const counted = findCounted(history.checkpoint);
    return [{ service, product, window: { start, end }, ...history, counted, unresolved: [...unresolved] }];
  });
  const take = (id: string, answer: UsageAnswer): void => {
    const read = ended.get(id);
    const ending = read === undefined ? null : findEnded(read);
    if (read !== undefined && ending !== null) ended.set(id, withFinal(panel, read, ending, { answer, fingerprint }));
  };
  await panel.readUsage(requests, take, context.deps.signal, { allowShort: true });
  return reads.map((read) => withoutUnread(ended.get(read.service.id) ?? read));
}

function findEnded({ closing, awaited }: Read): Readonly<CycleRecord> | null {
  return closing ?? awaited;
}

/** Returns the service without a cycle whose final figures are still not known. */
function withoutUnread(read: Read): Read {
  const { awaited } = read;
  return awaited === null || (awaited.readAt ?? '') >= awaited.end ? read : { ...read, awaited: null };
}

function withFinal(
  panel: Panel,
  read: Read,
  ending: Readonly<CycleRecord>,
  { answer, fingerprint }: { answer: UsageAnswer; fingerprint: FingerprintRecord | null },
): Read {
  const { reading, counter } = answer;
  if (!reading.known) return isInterrupted(reading) ? withError(read, reading) : read;
  const { start, end } = ending;
  const facts = { cycle: ending, cycleIsNew: false };
  const options = { fingerprint, window: { start, end }, believed: false };
  if (counter !== undefined || findDoubt(panel, facts, answer, options) !== null) return read;
  const { at, inBytes, outBytes } = reading;
  const totalBytes = toTotal(reading);
  if (totalBytes !== null && ending.totalBytes !== null && totalBytes * 2 < ending.totalBytes) return read;
  const final = { ...ending, inBytes, outBytes, totalBytes, readAt: at };
  const known = { ...final, ...toPeaks(final) };
  return read.closing === null ? { ...read, awaited: known } : { ...read, closing: known };
}
