import type { CycleRecord, FingerprintRecord } from '@sluice/state-store';
import type { ItemError, Panel, UsageAnswer } from '@sluice/panel-kind';
import type { Work } from './work.js';

/** Falls and rises below this are noise of consolidated data. */
const NOISE_BYTES = 100 * 1024 ** 2;
/** With fewer services to compare, a majority says nothing. */
const FEWEST_COMPARED = 3;

/** How many readings of a panel could be compared with earlier ones of the same cycle, and how many fell by more than half. */
export interface FallCount {
  compared: number;
  fell: number;
}

/** Why a reading can't be what it seems to be; null when nothing speaks against it. Its figures are then not used. */
export function doubt(
  panel: Panel,
  work: Work,
  answer: UsageAnswer,
  fingerprint: FingerprintRecord | null,
  window: { start: string; end: string },
): ItemError | null {
  const { reading } = answer;
  if (!reading.known || !work.cycle) return null;
  return (
    otherShape(answer, fingerprint) ??
    panel.implausible?.(work.cycle.counter, window, reading) ??
    (work.cycleIsNew ? null : otherDirections(work.cycle, reading))
  );
}

/** The answer has other figures than the ones that the operator has confirmed. */
function otherShape({ shape }: UsageAnswer, fingerprint: FingerprintRecord | null): ItemError | null {
  if (!fingerprint || shape.length === 0 || shape.join() === fingerprint.shape.join()) return null;
  return {
    code: 'shape_changed',
    message: `the panel answers with other figures (${shape.join(', ')}) than it did on ${fingerprint.since} (${fingerprint.shape.join(', ')}); if that is right, accept it with "sluice doctor --contract"`,
  };
}

/** Inside a cycle both directions only grow: when one fell by more than half while the other rose, they are not the same. */
function otherDirections(
  cycle: CycleRecord,
  reading: { inBytes: number | null; outBytes: number | null },
): ItemError | null {
  const { peakInBytes, peakOutBytes } = cycle;
  const { inBytes, outBytes } = reading;
  if (peakInBytes === null || peakOutBytes === null || inBytes === null || outBytes === null) return null;
  const fell = (now: number, before: number): boolean => now * 2 < before && before - now > NOISE_BYTES;
  const rose = (now: number, before: number): boolean => now - before > NOISE_BYTES;
  const crossed =
    (fell(inBytes, peakInBytes) && rose(outBytes, peakOutBytes)) ||
    (fell(outBytes, peakOutBytes) && rose(inBytes, peakInBytes));
  if (!crossed) return null;
  return {
    code: 'directions_changed',
    message: `one direction fell by more than half while the other rose (in ${peakInBytes} to ${inBytes}, out ${peakOutBytes} to ${outBytes} bytes): the panel seems to have swapped them; check trafficDirection`,
  };
}

/** Counts a reading in; called before the cycle's peaks are raised by it. */
export function countFall(count: FallCount, work: Work): void {
  const peak = work.cycleIsNew ? null : (work.cycle?.peakTotalBytes ?? null);
  const total = work.usage?.totalBytes ?? null;
  if (peak === null || total === null || peak < NOISE_BYTES) return;
  count.compared++;
  if (total * 2 < peak) count.fell++;
}

/** Most of a panel's readings fell by more than half inside their cycles: its figures are not what they were. */
export function mostFell({ compared, fell }: FallCount): ItemError | null {
  if (compared < FEWEST_COMPARED || fell * 2 <= compared) return null;
  return {
    code: 'readings_fell',
    message: `the readings of ${fell} of ${compared} services fell by more than half inside their cycle: the panel's unit or its data seem to have changed; nothing was held or released by them. Look at "sluice doctor --contract"`,
  };
}
