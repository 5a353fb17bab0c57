import { type ConfiguredChannel, configuredChannels } from '../../kernel/run/channels.js';
import type { Context } from '../../context/context.js';

/** Returns the channel that sends mails to clients; undefined where the config has none. */
export function findClientMail(context: Pick<Context, 'config' | 'deps'>): ConfiguredChannel | undefined {
  return configuredChannels(context).find(isClientMail);
}

/** Returns whether a channel sends mails in which there are charts: those to clients, and digests. */
export function hasCharts(channel: Pick<ConfiguredChannel, 'kind' | 'settings'>): boolean {
  return isClientMail(channel) || (isMail(channel) && channel.settings.events?.includes('digest') === true);
}

/** Returns whether a channel sends mails. */
export function isMail({ kind }: Pick<ConfiguredChannel, 'kind'>): boolean {
  return kind.clientAddress === 'email';
}

/** Returns whether a channel sends mails to clients themselves. */
export function isClientMail(channel: Pick<ConfiguredChannel, 'kind' | 'settings'>): boolean {
  return isMail(channel) && channel.settings.for === 'client';
}
