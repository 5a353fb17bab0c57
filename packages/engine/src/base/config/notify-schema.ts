import type { NoticeChannelKind } from '@sluice/contract/ports';
import { duration, timeZone } from '@sluice/panel-kind';
import * as z from 'zod/mini';
import { EVENTS, type NoticeEvent, URGENT_EVENTS } from '../notice-events.js';
import type { Template } from '../template.js';
import { timeOfDay } from './shared-schemas.js';

/** When a channel sends nothing, by the clocks of a time zone. */
export interface QuietHours {
  /** `22:00`. */
  from: string;
  /** `07:00`; before `from` it is of the next day. */
  to: string;
  /** Absent: that of the config. */
  timeZone?: string | undefined;
  /** Events that are sent nevertheless. */
  except: NoticeEvent[];
}

/** An entry of `notify`: the common keys, and those of its kind of channel. */
export interface NotifySettings {
  name?: string | undefined;
  events?: NoticeEvent[] | undefined;
  for: 'operator' | 'client';
  /** Longest time that one message may take, in milliseconds. */
  timeout: number;
  /** One text, or texts by event (`default` for all others), by language, or by both. */
  template?: Template | undefined;
  /** Where messages to clients lead: `share`, or an address that may contain `{service}` and `{client}`. */
  link?: string | undefined;
  quietHours?: QuietHours | undefined;
  /** Address by client, where the channel sends to the client itself. */
  clients?: Record<string, string> | undefined;
  [key: string]: unknown;
}

const text = z.string();
const filled = text.check(z.minLength(1));

const common = {
  name: z.optional(
    text.check(z.regex(/^[a-z0-9][a-z0-9_-]{0,39}$/i, { error: 'is not a name: use letters, digits and hyphens' })),
  ),
  events: z.optional(z.array(z.enum(EVENTS))),
  for: z._default(z.enum(['operator', 'client']), 'operator'),
  timeout: z._default(duration, 10_000),
  template: z.optional(z.union([filled, z.record(text, z.union([filled, z.record(text, filled)]))])),
  link: z.optional(filled),
  quietHours: z.optional(
    z.strictObject({
      from: timeOfDay,
      to: timeOfDay,
      timeZone: z.optional(timeZone),
      except: z._default(z.array(z.enum(EVENTS)), [...URGENT_EVENTS]),
    }),
  ),
  clients: z.optional(z.record(text, filled)),
};

/** Returns the schema of `notify` for these kinds of channels; without any, it has to be empty. */
export function notifySchema(channels: readonly NoticeChannelKind[]): z.ZodMiniType<NotifySettings[] | undefined> {
  const [first, ...others] = channels.map(({ shape }) => z.strictObject({ ...shape, ...common }));
  if (first === undefined) return z.optional(z.tuple([]));
  return z.optional(z.array(z.union([first, ...others])));
}

/** Returns the kind of channel of an entry. */
export function findChannelKind(
  channels: readonly NoticeChannelKind[],
  settings: Readonly<Record<string, unknown>>,
): NoticeChannelKind | undefined {
  return channels.find(({ kind }) => settings[kind] !== undefined);
}

/** Returns the entries of `notify` with their names; an entry without one has that of its kind, wherever it stands. */
export function namedChannels(
  notify: readonly NotifySettings[] | undefined,
  channels: readonly NoticeChannelKind[],
): { name: string; index: number; kind: NoticeChannelKind; settings: NotifySettings }[] {
  return (notify ?? []).flatMap((settings, index) => {
    const kind = findChannelKind(channels, settings);
    return kind === undefined ? [] : [{ name: settings.name ?? kind.kind, index, kind, settings }];
  });
}
