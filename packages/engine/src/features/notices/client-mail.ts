import { type ConfiguredChannel, configuredChannels } from '../../kernel/run/channels.js';
import type { Context } from '../../context/context.js';

/** Returns the channel that sends mails to clients; undefined where the config has none. */
export function findClientMail(context: Pick<Context, 'config' | 'deps'>): ConfiguredChannel | undefined {
  return configuredChannels(context).find(isClientMail);
}

/** Returns whether a channel sends mails to clients themselves. */
export function isClientMail({ kind, settings }: Pick<ConfiguredChannel, 'kind' | 'settings'>): boolean {
  return kind.clientAddress === 'email' && settings.for === 'client';
}
