import type { NoticeChannelKind } from '@sluice/contract/ports';
import { CLIENT_EVENTS, EVENTS } from '../notice-events.js';
import { LANGUAGES } from '@sluice/messages/languages';
import { listPlaceholders, PLACEHOLDERS, type TemplateText, unknownPlaceholders } from '../template.js';
import { suggestion } from '../suggestion.js';
import { namedChannels, type NotifySettings } from './notify-schema.js';
import type { RuleFinding } from './rule.js';
import type { Config } from './schema.js';

/** Shorter than the shortest wait between two attempts, so that these never overlap. */
const LONGEST_MS = 30_000;

const DAY_MINUTES = 1440;

/** Returns what is wrong with `notify` beyond its schema. */
export function checkNotify(config: Config, channels: readonly NoticeChannelKind[]): RuleFinding[] {
  const { notify, heartbeat } = config;
  const named = namedChannels(notify, channels);
  const found = named.flatMap(({ index, kind, settings }) => {
    const wrong = [
      ...forClients(settings),
      ...templates(settings, config),
      ...links(settings, config),
      ...quietHours(settings),
      ...(settings.timeout > LONGEST_MS ? [{ key: 'timeout', message: 'is longer than 30s' }] : []),
      ...(kind.check?.(settings) ?? []),
    ];
    return wrong.map(({ key, message }) => ({ severity: 'error' as const, path: `notify.${index}.${key}`, message }));
  });
  return [...found, ...wrongHeartbeat(heartbeat)];
}

function forClients({ for: reader, events = [], clients }: NotifySettings): Wrong[] {
  if (reader === 'operator')
    return clients === undefined ? [] : [{ key: 'clients', message: 'is only for entries with "for: client"' }];
  const known = CLIENT_EVENTS.join(', ');
  return events
    .filter((event) => !CLIENT_EVENTS.includes(event))
    .map((event) => ({ key: 'events', message: `clients are not notified of "${event}"; known: ${known}` }));
}

interface Wrong {
  key: string;
  message: string;
}

function templates(settings: NotifySettings, config: Config): Wrong[] {
  const { template = {} } = settings;
  const check = (text: string, key: string): Wrong[] => checkTemplate(text, key, { settings, config });
  if (typeof template === 'string') return check(template, 'template');
  const names = [...EVENTS, 'default', ...LANGUAGES];
  return Object.entries(template).flatMap(([name, texts]) => {
    const key = `template.${name}`;
    if (!names.includes(name))
      return [{ key, message: `there is no event or language "${name}"${suggestion(name, names)}` }];
    if (typeof texts === 'string') return check(texts, key);
    const isLanguage = LANGUAGES.some((language) => language === name);
    if (isLanguage) return [{ key, message: 'has texts by event: name the event first, then the language' }];
    return byLanguage(texts, key, check);
  });
}

function byLanguage(
  texts: Exclude<TemplateText, string>,
  key: string,
  check: (text: string, key: string) => Wrong[],
): Wrong[] {
  return Object.entries(texts).flatMap(([language, text]) =>
    LANGUAGES.some((known) => known === language)
      ? check(text, `${key}.${language}`)
      : [{ key: `${key}.${language}`, message: `there is no language "${language}"; known: ${LANGUAGES.join(', ')}` }],
  );
}

function checkTemplate(
  text: string,
  key: string,
  { settings, config }: { settings: NotifySettings; config: Config },
): Wrong[] {
  const unknown = unknownPlaceholders(text).map((name) => ({
    key,
    message: `there is no placeholder {${name}}${suggestion(name, [...PLACEHOLDERS])}`,
  }));
  if (!listPlaceholders(text).includes('link')) return unknown;
  // Another billing system may have a page of each service.
  const isOfClient = settings.link !== undefined || config.billing !== 'ledger';
  const isKnown = settings.for === 'client' ? isOfClient : config.serve.publicUrl !== undefined;
  const missing = settings.for === 'client' ? '"link" of the entry' : 'serve.publicUrl';
  return isKnown ? unknown : [...unknown, { key, message: `{link} needs ${missing}` }];
}

/** An address that is filled in has to be one whatever the ids are. */
function links({ for: reader, link }: NotifySettings, { serve }: Config): Wrong[] {
  if (link === undefined) return [];
  const wrong = (message: string): Wrong[] => [{ key: 'link', message }];
  if (reader === 'operator') return wrong('is only for entries with "for: client"');
  if (link === 'share') return serve.publicUrl === undefined ? wrong('"share" needs serve.publicUrl') : [];
  const [unknown] = unknownPlaceholders(link, ['service', 'client']);
  if (unknown !== undefined) return wrong(`there is no placeholder {${unknown}}; known: {service}, {client}`);
  return isWebAddress(link.replaceAll(/[{}]/g, '')) ? [] : wrong('is neither "share" nor an address of the web');
}

/** What waits longer would count as planned while the clock was ahead. */
function quietHours({ quietHours: quiet }: NotifySettings): Wrong[] {
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
