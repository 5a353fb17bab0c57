import type { NoticeChannelKind } from '@sluice/contract/ports';
import { secret } from '@sluice/panel-kind';
import * as z from 'zod/mini';
import { ENDS } from './ends.js';
import { isMailAddress, isSmtpAddress, isWebAddress } from './settings.js';

const filled = z.string().check(z.minLength(1));

/** A reference to a secret is resolved, and checked, when it is used. */
const isReference = (value: unknown): boolean => typeof value === 'string' && value.startsWith('${');

function wrong(
  settings: Readonly<Record<string, unknown>>,
  key: string,
  isRight: (text: string) => boolean,
  message: string,
): { key: string; message: string }[] {
  const value = settings[key];
  return typeof value !== 'string' || isReference(value) || isRight(value) ? [] : [{ key, message }];
}

const NO_WEB_ADDRESS = 'is not an address that begins with https:// or http://';

/** Sends notices as signed JSON to an address of the web. */
export const webhook: NoticeChannelKind = {
  kind: 'webhook',
  title: 'Webhook',
  shape: { webhook: secret, secret },
  descriptions: {
    webhook: 'Address that each notice is posted to',
    secret: 'Key of the signature; see notifications.md',
  },
  secrets: ['webhook', 'secret'],
  clientAddress: 'none',
  check: (settings) => wrong(settings, 'webhook', isWebAddress, NO_WEB_ADDRESS),
  async open(_settings, dependencies) {
    return (await import('./webhook.js')).openWebhook(dependencies);
  },
};

/** Sends notices by mail. */
export const mail: NoticeChannelKind = {
  kind: 'mail',
  title: 'Mail',
  shape: {
    mail: filled,
    from: filled,
    smtp: secret,
    password: z.optional(secret),
    requireTls: z._default(z.boolean(), true),
  },
  descriptions: {
    mail: 'E-mail address; with "for: client" that of clients without one',
    from: 'Address of the sender, such as "Sluice <sluice@example.com>"',
    smtp: 'Mail server: smtp://user@host:587, or smtps://user@host:465',
    password: 'Password of the user at the mail server',
    requireTls: 'false also sends over a connection that the server does not encrypt',
  },
  secrets: ['password'],
  clientAddress: 'email',
  check: (settings) => [
    ...wrong(settings, 'mail', isMailAddress, 'is not an e-mail address'),
    ...wrong(settings, 'smtp', isSmtpAddress, 'is not an address such as smtp://user@mail.example.com:587'),
    ...wrong(
      settings,
      'smtp',
      (text) => !/^smtps?:\/\/[^@]*:[^@]*@/.test(text),
      'has a password: move it to "password"',
    ),
    ...Object.entries((settings['clients'] ?? {}) as Record<string, string>).flatMap(([client, address]) =>
      isMailAddress(address) ? [] : [{ key: `clients.${client}`, message: 'is not an e-mail address' }],
    ),
  ],
  async open(settings, dependencies) {
    const { openMail } = await import('./mail.js');
    const { mail: address, from, requireTls } = settings as { mail: string; from: string; requireTls: boolean };
    return openMail({ mail: address, from, requireTls }, dependencies);
  },
};

/** Sends notices through a Telegram bot. */
export const telegram: NoticeChannelKind = {
  kind: 'telegram',
  title: 'Telegram',
  shape: { telegram: filled, token: secret, api: z.optional(filled) },
  descriptions: {
    telegram: 'Id of the chat, in quotes; with "for: client" that of clients without one',
    token: 'Token of the bot',
    api: 'Address of another server of the bot API; default https://api.telegram.org',
  },
  secrets: ['token'],
  clientAddress: 'listed',
  check: (settings) => wrong(settings, 'api', isWebAddress, NO_WEB_ADDRESS),
  async open(settings, dependencies) {
    return (await import('./telegram.js')).openTelegram(settings['telegram'] as string, dependencies);
  },
};

/** Sends notices into a channel of Slack. */
export const slack: NoticeChannelKind = {
  kind: 'slack',
  title: 'Slack',
  shape: { slack: secret },
  descriptions: { slack: 'Address of an incoming webhook; that of Mattermost and others that accept the same, too' },
  secrets: ['slack'],
  clientAddress: 'none',
  check: (settings) => wrong(settings, 'slack', isWebAddress, NO_WEB_ADDRESS),
  async open(_settings, dependencies) {
    return (await import('./chats.js')).openSlack(dependencies);
  },
};

/** Sends notices into a channel of Discord. */
export const discord: NoticeChannelKind = {
  kind: 'discord',
  title: 'Discord',
  shape: { discord: secret },
  descriptions: { discord: 'Address of a webhook of the channel' },
  secrets: ['discord'],
  clientAddress: 'none',
  check: (settings) => wrong(settings, 'discord', isWebAddress, NO_WEB_ADDRESS),
  async open(_settings, dependencies) {
    return (await import('./chats.js')).openDiscord(dependencies);
  },
};

/** Whether a text is an address with a path, and without a query, which ntfy would not get. */
const isTopic = (text: string): boolean =>
  isWebAddress(text) && /[^/]/.test(new URL(text).pathname) && new URL(text).search === '';

/** Sends notices to phones that follow a topic of ntfy. */
export const ntfy: NoticeChannelKind = {
  kind: 'ntfy',
  title: 'ntfy',
  shape: { ntfy: secret, token: z.optional(secret) },
  descriptions: {
    ntfy: 'Address of the topic, such as https://ntfy.sh/TOPIC: who knows it can read the notices',
    token: 'Token of a user who may write to the topic',
  },
  secrets: ['ntfy', 'token'],
  clientAddress: 'none',
  check: (settings) => wrong(settings, 'ntfy', isTopic, 'is not the address of a topic, such as https://ntfy.sh/TOPIC'),
  async open(_settings, dependencies) {
    return (await import('./chats.js')).openNtfy(dependencies);
  },
};

/** Opens and resolves incidents of PagerDuty. */
export const pagerduty: NoticeChannelKind = {
  kind: 'pagerduty',
  title: 'PagerDuty',
  shape: { pagerduty: secret, api: z.optional(filled) },
  descriptions: {
    pagerduty: 'Integration key of a service (Events API v2)',
    api: 'Another address of the events; default https://events.pagerduty.com, in Europe https://events.eu.pagerduty.com',
  },
  secrets: ['pagerduty'],
  clientAddress: 'none',
  ends: ENDS,
  check: (settings) => wrong(settings, 'api', isWebAddress, NO_WEB_ADDRESS),
  async open(_settings, dependencies) {
    return (await import('./chats.js')).openPagerDuty(dependencies);
  },
};

/** Runs a program for each notice. */
export const command: NoticeChannelKind = {
  kind: 'command',
  title: 'Command',
  shape: { command: filled },
  descriptions: {
    command: 'Program and its arguments, split at blanks and run without a shell; it reads the notice as JSON',
  },
  secrets: [],
  runsProgram: true,
  clientAddress: 'none',
  async open(_settings, dependencies) {
    return (await import('./command.js')).openCommand(dependencies);
  },
};
