import type { ItemError, Observation, WindowReading } from '@sluice/panel-kind';
import { formatBytes, type UsageBytes } from '@sluice/quota-core';
import { figureNames } from '../client/bandwidth.js';
import { formatSpeed } from '../client/values.js';
import { type GrowthState, measureCarried, measureGrowth, stepGrowth } from './growth.js';
import type { EasyDcimState, PortState } from './state.js';

/** Returns the key paths of the figures: the other parts of an answer may vary. */
export function figurePaths(shape: string[]): string[] {
  return shape.filter((path) => figureNames.has(path.slice(path.lastIndexOf('.') + 1)));
}

/** The line of a service, and what was read of it. Plain JSON. */
interface LineBounds {
  /** The highest observed speed of each port, by its id; null is unknown. */
  portSpeeds: Record<string, number | null>;
  /** Known speeds of ports that the service had earlier in the window. */
  formerSpeeds?: Record<string, number>;
  growth?: GrowthState;
}

/**
 * Returns the bounds by an observation of the ports; undefined when they were not read. A disabled port or one without a link may
 * show any speed, and a running one may have been faster before: both keep their speed of the previous bounds. A port that is
 * gone has carried a part of what the window shows.
 */
export function lineBounds(observation: Observation<EasyDcimState>, previous: unknown): LineBounds | undefined {
  const ports = observation.state?.ports?.filter((port) => !port.management);
  if (!ports) return undefined;
  const { portSpeeds: before, formerSpeeds = {}, ...others } = parseBounds(previous);
  const known = new Map<string, number | null>([...Object.entries(formerSpeeds), ...Object.entries(before)]);
  const portSpeeds = ports.map((port): [string, number | null] => {
    const highest = known.get(port.id) ?? null;
    const shown = isUp(port) ? port.speedBitsPerSecond : null;
    return [port.id, shown === null ? highest : Math.max(shown, highest ?? 0)];
  });
  const ids = new Set(ports.map(({ id }) => id));
  const former = [...known].filter((entry): entry is [string, number] => !ids.has(entry[0]) && entry[1] !== null);
  return {
    ...others,
    portSpeeds: Object.fromEntries(portSpeeds),
    ...(former.length === 0 ? {} : { formerSpeeds: Object.fromEntries(former) }),
  };
}

function isUp({ adminEnabled, linkUp }: PortState): boolean {
  return adminEnabled !== false && linkUp !== false && (adminEnabled === true || linkUp === true);
}

function parseBounds(bounds: unknown): LineBounds {
  return { portSpeeds: {}, ...(bounds as Partial<LineBounds> | null) };
}

/** Returns the total speed of all ports in bits per second; null unless the speed of each is known. */
export function lineSpeed(bounds: unknown): number | null {
  const { portSpeeds, formerSpeeds = {} } = parseBounds(bounds);
  const speeds = Object.values(portSpeeds);
  if (speeds.length === 0) return null;
  const known = [...speeds, ...Object.values(formerSpeeds)].filter((speed) => speed !== null);
  return speeds.includes(null) ? null : known.reduce((sum, speed) => sum + speed, 0);
}

/** Returns the bounds with an accepted reading. */
export function withReading(bounds: unknown, reading: WindowReading): LineBounds {
  const { formerSpeeds, growth, ...line } = parseBounds(bounds);
  const isLater = growth !== undefined && reading.start > growth.start;
  return {
    ...line,
    ...(formerSpeeds === undefined || isLater ? {} : { formerSpeeds }),
    growth: stepGrowth(growth ?? null, reading),
  };
}

/** Refuses growth that the line can't carry in the time since the earlier readings (docs/panels/easydcim.md, H4). */
export function growthBeyondTheLine(bounds: unknown, reading: WindowReading): ItemError | null {
  const bits = lineSpeed(bounds);
  if (bits === null || bits <= 0) return null;
  const found = measureGrowth(parseBounds(bounds).growth ?? null, reading, bits / 8);
  if (found === null || found.grown <= found.most) return null;
  const { since, grown, most } = found;
  return {
    code: 'impossible_jump',
    message: `the figures rose by ${formatBytes(Math.round(grown))} in one direction since ${since}, and the ports of the service can carry ${formatBytes(Math.round(most))} in that time (${formatSpeed(bits)}): the reading is not used until the line could have carried it; compare it with the panel`,
  };
}

/** Returns whether the line can carry the growth of a reading in the time since the last one; false where its speed is not known. */
export function isCarried(bounds: unknown, reading: WindowReading): boolean {
  const bits = lineSpeed(bounds) ?? 0;
  const { grown, most } = measureCarried(parseBounds(bounds).growth ?? null, reading, bits / 8);
  return bits > 0 && grown <= most;
}

/** Clocks and consolidation may differ by this factor. */
const TOLERANCE = 1.1;
/** At the start of a window, the first step of consolidated data may begin before it, and the local clock may be behind. */
const EDGE_SECONDS = 2 * 3600;

/** Refuses more bytes than the line can carry in the window: they have another unit (docs/panels/easydcim.md, H4). */
export function exceedsLineSpeed(
  bounds: unknown,
  window: { start: string; end: string },
  usage: UsageBytes,
): ItemError | null {
  const bits = lineSpeed(bounds);
  if (bits === null || bits <= 0) return null;
  const seconds = (Date.parse(window.end) - Date.parse(window.start)) / 1000;
  const oneWay = (bits / 8) * (seconds * TOLERANCE + EDGE_SECONDS);
  const most = Math.max(usage.inBytes ?? 0, usage.outBytes ?? 0, (usage.totalBytes ?? 0) / 2);
  if (most <= oneWay) return null;
  return {
    code: 'impossible_rate',
    message: `${formatBytes(usage.totalBytes ?? most)} in ${formatSpan(seconds)} are more than the ports of the service can carry (${formatSpeed(bits)}): the figures are not in the configured unit; check units of the panel`,
  };
}

function formatSpan(seconds: number): string {
  const [unit, length] = seconds >= 7200 ? ['hours', 3600] : seconds >= 120 ? ['minutes', 60] : ['seconds', 1];
  return `${Math.round(seconds / length)} ${unit}`;
}
