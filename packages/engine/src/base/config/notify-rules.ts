import type { NoticeChannelKind } from '@sluice/contract/ports';
import { CLIENT_EVENTS, EVENTS } from '../notice-events.js';
import { PLACEHOLDERS, unknownPlaceholders } from '../template.js';
import { suggestion } from '../suggestion.js';
import { namedChannels, type NotifySettings } from './notify-schema.js';
import type { RuleFinding } from './rule.js';
import type { Config } from './schema.js';

/** Shorter than the shortest wait between two attempts, so that these never overlap. */
const LONGEST_MS = 30_000;

const DAY_MINUTES = 1440;

/** Returns what is wrong with `notify` beyond its schema. */
export function checkNotify({ notify, heartbeat }: Config, channels: readonly NoticeChannelKind[]): RuleFinding[] {
  const named = namedChannels(notify, channels);
  const found = named.flatMap(({ index, kind, settings }) => {
    const wrong = [
      ...forClients(settings),
      ...templates(settings),
      ...quietHours(settings),
      ...(settings.timeout > LONGEST_MS ? [{ key: 'timeout', message: 'is longer than 30s' }] : []),
      ...(kind.check?.(settings) ?? []),
    ];
    return wrong.map(({ key, message }) => ({ severity: 'error' as const, path: `notify.${index}.${key}`, message }));
  });
  return [...found, ...wrongHeartbeat(heartbeat)];
}

function forClients({ for: reader, events = [], clients }: NotifySettings): { key: string; message: string }[] {
  if (reader === 'operator')
    return clients === undefined ? [] : [{ key: 'clients', message: 'is only for entries with "for: client"' }];
  const known = CLIENT_EVENTS.join(', ');
  return events
    .filter((event) => !CLIENT_EVENTS.includes(event))
    .map((event) => ({ key: 'events', message: `clients are not notified of "${event}"; known: ${known}` }));
}

function templates({ template = {} }: NotifySettings): { key: string; message: string }[] {
  const events = [...EVENTS, 'default'];
  return Object.entries(template).flatMap(([event, text]) => {
    const key = `template.${event}`;
    const unknown = unknownPlaceholders(text).map((name) => ({
      key,
      message: `there is no placeholder {${name}}${suggestion(name, [...PLACEHOLDERS])}`,
    }));
    if (events.includes(event)) return unknown;
    return [{ key, message: `there is no event "${event}"${suggestion(event, events)}` }, ...unknown];
  });
}

/** What waits longer would count as planned while the clock was ahead. */
function quietHours({ quietHours: quiet }: NotifySettings): { key: string; message: string }[] {
  if (quiet === undefined) return [];
  const minutes = minuteOfDay(quiet.to) - minuteOfDay(quiet.from);
  const message =
    minutes === 0
      ? 'begin and end at the same time'
      : 'last longer than 12 hours: name the events of the channel in "events" instead';
  return minutes === 0 || (minutes + DAY_MINUTES) % DAY_MINUTES > DAY_MINUTES / 2
    ? [{ key: 'quietHours', message }]
    : [];
}

function minuteOfDay(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** A reference is checked when it is used. */
function wrongHeartbeat(heartbeat: string | undefined): RuleFinding[] {
  if (heartbeat === undefined || heartbeat.startsWith('${') || isWebAddress(heartbeat)) return [];
  return [{ severity: 'error', path: 'heartbeat', message: 'is not an address that begins with https:// or http://' }];
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && ['https:', 'http:'].includes(new URL(text).protocol);
}
