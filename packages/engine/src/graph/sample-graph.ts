import type { Allowance, Mode } from '@sluice/quota-core';
import { zoneOf } from '../config/zone-of.js';
import { requireService, type Session } from '../session.js';
import { type GraphRange, type GraphWindow, windowOf } from './window.js';

/** Usage inside the cycle as it stood at an instant; null is unknown. */
export interface GraphPoint {
  at: string;
  inBytes: number | null;
  outBytes: number | null;
  totalBytes: number | null;
}

/** What the store knows of a service's usage over a stretch of time. */
export interface SampleGraph {
  service: string;
  window: GraphWindow;
  timeZone: string;
  mode: Mode;
  allowedBytes: number | null;
  /** Oldest first. */
  series: GraphPoint[];
  /** Where a cycle begins inside: usage begins again there. */
  breaks: string[];
}

/** The stored readings of a service, from the store alone. */
export async function sampleGraph(session: Session, id: string, range: GraphRange): Promise<SampleGraph> {
  const { store, config } = session;
  const service = await requireService(session, id);
  const window = await windowOf(session, service, range);
  const samples = await store.samples.list(
    window.cycle === null
      ? { service: id, from: window.start, to: window.end }
      : { service: id, cycle: window.cycle, to: window.end },
  );
  const [decision] = await store.decisions.latest([id]);
  const allowance = (decision?.allowance ?? null) as Allowance | null;
  const cycles = await store.cycles.ofService(id);
  return {
    service: id,
    window,
    timeZone: zoneOf(config, service.panel),
    mode: decision?.mode ?? service.trafficMode ?? 'TOTAL',
    allowedBytes: allowance?.kind === 'limited' ? allowance.allowedBytes : null,
    series: samples.map(({ at, inBytes, outBytes, totalBytes }) => ({ at, inBytes, outBytes, totalBytes })),
    breaks: cycles.map((cycle) => cycle.start).filter((start) => start > window.start && start < window.end),
  };
}
