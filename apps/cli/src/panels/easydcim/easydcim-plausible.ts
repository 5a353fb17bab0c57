import type { UsageBytes } from '@sluice/quota-core';
import type { ItemError } from '../../errors.js';
import type { Observation } from '../panel.js';
import type { EasyDcimState } from './easydcim-state.js';

/** The endpoint that decides about holds, as fingerprints name it. */
export const USAGE_ENDPOINT = 'POST /api/v3/client/services/{id}/bandwidth';

const FIGURES =
  /(^|\.)(in|inbound|download|rx|traffic_in|BW_IN|out|outbound|upload|tx|traffic_out|BW_OUT|total|sum|traffic_total|BW_TOTAL)$/;

/** Of an answer's key paths those that hold the figures: what else an answer has may come and go. */
export function figurePaths(shape: string[]): string[] {
  return shape.filter((path) => FIGURES.test(path));
}

/** The line of a service: what its ports could carry at most. */
interface LineMemory {
  bitsPerSecond: number;
}

/** What is remembered of a look at the ports; undefined when they do not tell their speed. */
export function lineMemory(observation: Observation<EasyDcimState>): LineMemory | undefined {
  const ports = (observation.state?.ports ?? []).filter((port) => !port.management);
  if (ports.length === 0 || ports.some((port) => port.speedBitsPerSecond === null)) return undefined;
  return { bitsPerSecond: ports.reduce((sum, port) => sum + (port.speedBitsPerSecond ?? 0), 0) };
}

/** Clocks and consolidation may be off by this much. */
const TOLERANCE = 1.1;

/** More bytes than the line can carry in the window are no bytes (contract, hazard H4). */
export function beyondTheLine(
  memory: unknown,
  window: { start: string; end: string },
  usage: UsageBytes,
): ItemError | null {
  const bits = (memory as Partial<LineMemory> | null)?.bitsPerSecond;
  if (typeof bits !== 'number' || bits <= 0) return null;
  const seconds = (Date.parse(window.end) - Date.parse(window.start)) / 1000;
  const oneWay = (bits / 8) * seconds * TOLERANCE;
  const most = Math.max(usage.inBytes ?? 0, usage.outBytes ?? 0, (usage.totalBytes ?? 0) / 2);
  if (most <= oneWay) return null;
  return {
    code: 'impossible_rate',
    message: `${String(usage.totalBytes ?? most)} bytes in ${Math.round(seconds)} s are more than its ports carry (${bits} bit/s): the figures are not in the configured unit; check units`,
  };
}
