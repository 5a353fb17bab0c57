import type { ItemError, Observation } from '@sluice/panel-kind';
import type { UsageBytes } from '@sluice/quota-core';
import { figureNames } from '../client/bandwidth.js';
import type { EasyDcimState, PortState } from './state.js';

/** Returns the key paths of the figures: the other parts of an answer may vary. */
export function figurePaths(shape: string[]): string[] {
  return shape.filter((path) => figureNames.has(path.slice(path.lastIndexOf('.') + 1)));
}

/** The line of a service: the highest observed speed of each port, by its id; null is unknown. */
interface LineBounds {
  portSpeeds: Record<string, number | null>;
}

/**
 * Returns the bounds by an observation of the ports; undefined when they were not read. A disabled port or one without a link may
 * show any speed, and a running one may have been faster before: both keep their speed of the previous bounds.
 */
export function lineBounds(observation: Observation<EasyDcimState>, previous: unknown): LineBounds | undefined {
  const ports = observation.state?.ports?.filter((port) => !port.management);
  if (!ports) return undefined;
  const before = parseSpeeds(previous) ?? {};
  const portSpeeds = ports.map((port): [string, number | null] => {
    const highest = before[port.id] ?? null;
    const shown = isUp(port) ? port.speedBitsPerSecond : null;
    return [port.id, shown === null ? highest : Math.max(shown, highest ?? 0)];
  });
  return { portSpeeds: Object.fromEntries(portSpeeds) };
}

function isUp({ adminEnabled, linkUp }: PortState): boolean {
  return adminEnabled !== false && linkUp !== false && (adminEnabled === true || linkUp === true);
}

function parseSpeeds(bounds: unknown): LineBounds['portSpeeds'] | null {
  return (bounds as Partial<LineBounds> | null)?.portSpeeds ?? null;
}

/** Returns the total speed of all ports in bits per second; null unless the speed of each is known. */
export function lineSpeed(bounds: unknown): number | null {
  const speeds = Object.values(parseSpeeds(bounds) ?? {});
  return speeds.reduce(
    (sum, speed) => (sum === null || speed === null ? null : sum + speed),
    speeds.length > 0 ? 0 : null,
  );
}

/** Clocks and consolidation may differ by this factor. */
const TOLERANCE = 1.1;

/** Refuses more bytes than the line can carry in the window: they have another unit (docs/panels/easydcim.md, H4). */
export function beyondTheLine(
  bounds: unknown,
  window: { start: string; end: string },
  usage: UsageBytes,
): ItemError | null {
  const bits = lineSpeed(bounds);
  if (bits === null || bits <= 0) return null;
  const seconds = (Date.parse(window.end) - Date.parse(window.start)) / 1000;
  const oneWay = (bits / 8) * seconds * TOLERANCE;
  const most = Math.max(usage.inBytes ?? 0, usage.outBytes ?? 0, (usage.totalBytes ?? 0) / 2);
  if (most <= oneWay) return null;
  return {
    code: 'impossible_rate',
    message: `${String(usage.totalBytes ?? most)} bytes in ${Math.round(seconds)} s are more than the ports of the service can carry (${bits} bit/s): the figures are not in the configured unit; check units of the panel`,
  };
}
