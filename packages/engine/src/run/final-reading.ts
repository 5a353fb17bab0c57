import type { Panel, UsageAnswer, UsageRequest } from '@sluice/panel-kind';
import type { CycleRecord, FingerprintRecord } from '@sluice/state-store';
import { isInterrupted } from '../interruption.js';
import type { Session } from '../session.js';
import { findDoubt, mappingError, toPeaks, toTotal } from './observe.js';
import { type Read, withError } from './stages.js';

/**
 * Reads the cycles that end in this run once more, on a panel that answers for a window: the last run did not read their end. A
 * cycle without a plausible reading keeps its figures.
 */
export async function readEndedCycles(
  session: Session,
  panel: Panel,
  reads: readonly Read[],
  fingerprint: FingerprintRecord | null,
): Promise<Read[]> {
  const isAsked = (read: Read): boolean => read.closing !== null && mappingError(read, panel) === null;
  const asked = panel.kind.capabilities.includes('window-usage') ? reads.filter(isAsked) : [];
  if (asked.length === 0) return [...reads];
  const ended = new Map(asked.map((read) => [read.service.id, read]));
  const requests = asked.flatMap(({ service, product, history, unresolved, closing }): UsageRequest[] => {
    if (closing === null) return [];
    const { start, end } = closing;
    return [{ service, product, window: { start, end }, ...history, unresolved: [...unresolved] }];
  });
  const take = (id: string, answer: UsageAnswer): void => {
    const read = ended.get(id);
    if (read?.closing != null) ended.set(id, withFinal(panel, read, read.closing, { answer, fingerprint }));
  };
  await panel.readUsage(requests, take, session.deps.signal, { allowShort: true });
  return reads.map((read) => ended.get(read.service.id) ?? read);
}

function withFinal(
  panel: Panel,
  read: Read,
  closing: Readonly<CycleRecord>,
  { answer, fingerprint }: { answer: UsageAnswer; fingerprint: FingerprintRecord | null },
): Read {
  const { reading, counter } = answer;
  if (!reading.known) return isInterrupted(reading) ? withError(read, reading) : read;
  const { start, end } = closing;
  const facts = { cycle: closing, cycleIsNew: false };
  if (counter !== undefined || findDoubt(panel, facts, answer, { fingerprint, window: { start, end } })) return read;
  const { at, inBytes, outBytes } = reading;
  const totalBytes = toTotal(reading);
  if (totalBytes !== null && closing.totalBytes !== null && totalBytes * 2 < closing.totalBytes) return read;
  const final = { ...closing, inBytes, outBytes, totalBytes, readAt: at };
  return { ...read, closing: { ...final, ...toPeaks(final) } };
}
