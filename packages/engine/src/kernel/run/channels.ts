import type { MessageBrand, NoticeChannel, NoticeChannelKind } from '@sluice/contract/ports';
import { SluiceError } from '@sluice/panel-kind';
import { notFound } from '../../base/errors.js';
import { namedChannels, type NotifySettings } from '../../base/config/notify-schema.js';
import { brandLogo } from '../../base/config/brand-logo.js';
import type { Config } from '../../base/config/schema.js';
import { readableAccent } from '../../base/contrast.js';
import { toPublicAddress } from '../../base/config/public-address.js';
import type { Context } from '../../context/context.js';
import { suggestion } from '../../base/suggestion.js';
import { CLIENT_EVENTS, DEFAULT_EVENTS, type NoticeEvent } from '../../base/notice-events.js';

/** A channel of the config. */
export interface ConfiguredChannel {
  name: string;
  kind: NoticeChannelKind;
  settings: NotifySettings;
  events: readonly NoticeEvent[];
  /** Checks its settings, and resolves its secrets; sends nothing. */
  open(): Promise<NoticeChannel>;
}

/** Returns what messages show of the provider; the logo by its address, which only a public one is reached at. */
function messageBrand(config: Pick<Config, 'brand' | 'serve'>): MessageBrand {
  const { name, contact, terms, colour } = config.brand;
  const logo = brandLogo(config.brand);
  return {
    ...{ name, contact, terms },
    ...(colour !== undefined && { colours: readableAccent(colour, ['#ffffff'], 'light') }),
    // Most mail programs show no SVG.
    ...(logo !== null && !logo.path.endsWith('.svg') && { logo: toPublicAddress(config, logo.path) ?? undefined }),
  };
}

/** Returns the channels of the config. */
export function configuredChannels({ config, deps }: Pick<Context, 'config' | 'deps'>): ConfiguredChannel[] {
  return namedChannels(config.notify, deps.channels).map(({ name, index, kind, settings }) => ({
    name,
    kind,
    settings,
    events: settings.events ?? (settings.for === 'client' ? CLIENT_EVENTS : DEFAULT_EVENTS),
    open: () =>
      kind.open(settings, {
        secret: (key) => {
          const value = settings[key];
          return typeof value === 'string' ? deps.secret(value, `notify.${index}.${key}`) : '';
        },
        now: () => deps.clock.now(),
        timeoutMs: settings.timeout,
        childEnv: config.childEnv,
        brand: messageBrand(config),
      }),
  }));
}

/** Returns whether any channel is notified of an event. */
export function isWanted(context: Pick<Context, 'config' | 'deps'>, event: NoticeEvent): boolean {
  return configuredChannels(context).some(({ events }) => events.includes(event));
}

/**
 * Returns the channel of this name, or all of them.
 *
 * @throws SluiceError `no_channels`, `unknown_channel`
 */
export function requireChannels(context: Context, name: string | null): ConfiguredChannel[] {
  const channels = configuredChannels(context);
  if (channels.length === 0) throw new SluiceError('no_channels', 'The config names no channel for notices');
  if (name === null) return channels;
  const found = channels.filter((channel) => channel.name === name);
  if (found.length > 0) return found;
  const names = channels.map((channel) => channel.name);
  throw notFound('unknown_channel', `There is no channel "${name}"`, { channel: name }, suggestion(name, names));
}
