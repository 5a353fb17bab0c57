import { createHash } from 'node:crypto';
import type { ChannelDependencies, NoticeChannel } from '@sluice/contract/ports';
import { requireAcknowledged, sendRequest } from './http-request.js';
import { cut, quoteAnswer } from './quote-answer.js';
import { ENDS } from './ends.js';
import { withFigures } from './message-text.js';
import { requireWebAddress } from './settings.js';

const JSON_HEADERS = { 'content-type': 'application/json' };

/** Characters of a message that every chat still shows whole. */
const SLACK_CHARACTERS = 3000;
const DISCORD_CHARACTERS = 2000;
/** Longer ones become a file: 4,096 bytes, and a character has at most three bytes. */
const NTFY_CHARACTERS = 1300;

function shortened(text: string, most: number): string {
  return text.length > most ? `${cut(text, most - 1)}…` : text;
}

/** Posts JSON once; what the receiver says is in the error, without the secrets. */
async function post(
  url: string,
  body: unknown,
  { headers = {}, secrets = [], timeoutMs, signal }: PostOptions,
): Promise<void> {
  const answer = await sendRequest(url, {
    method: 'POST',
    headers: { ...JSON_HEADERS, ...headers },
    body: JSON.stringify(body),
    timeoutMs,
    signal,
  });
  // Of these addresses each long part may be what makes them secret.
  const { pathname, search, searchParams } = new URL(url);
  const parts = [...pathname.split('/'), search, ...searchParams.values()].filter((part) => part.length >= 4);
  requireAcknowledged(answer, quoteAnswer(answer.text, [url, ...parts, ...secrets]));
}

interface PostOptions {
  headers?: Record<string, string>;
  secrets?: string[];
  timeoutMs: number;
  signal: AbortSignal | undefined;
}

/** Opens an incoming webhook of Slack, or of a chat that accepts the same; texts are never read as formatting. */
export function openSlack({ secret, timeoutMs }: ChannelDependencies): NoticeChannel {
  const url = requireWebAddress(secret('slack'), 'slack');
  return {
    send: (message, signal) => {
      const escaped = shortened(withFigures(message), SLACK_CHARACTERS)
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;');
      return post(url, { text: escaped, mrkdwn: false, unfurl_links: false }, { timeoutMs, signal });
    },
    close: () => undefined,
  };
}

/** Opens a webhook of Discord; nobody is mentioned, and texts are never read as formatting. */
export function openDiscord({ secret, timeoutMs }: ChannelDependencies): NoticeChannel {
  const url = requireWebAddress(secret('discord'), 'discord');
  return {
    send: (message, signal) => {
      const plain = withFigures(message).replaceAll(/[\\*_~`|<>[\]]|^[#-]/gm, (mark) => `\\${mark}`);
      const body = { content: shortened(plain, DISCORD_CHARACTERS), allowed_mentions: { parse: [] } };
      return post(url, body, { timeoutMs, signal });
    },
    close: () => undefined,
  };
}

/** Opens a topic of ntfy, at ntfy.sh or a server of one's own. */
export function openNtfy({ secret, timeoutMs }: ChannelDependencies): NoticeChannel {
  const address = new URL(requireWebAddress(secret('ntfy'), 'ntfy'));
  const [topic = '', ...parents] = address.pathname.split('/').filter(Boolean).reverse();
  const server = new URL(`/${parents.reverse().join('/')}`, address).href;
  const token = secret('token');
  return {
    send: (message, signal) => {
      const { event, subject, view } = message;
      const text = withFigures(message);
      const priority = view.isUrgent ? 4 : 3;
      const body = { topic, title: subject, message: shortened(text, NTFY_CHARACTERS), priority, tags: [event] };
      const headers: Record<string, string> = token === '' ? {} : { authorization: `Bearer ${token}` };
      return post(server, body, { headers, secrets: token === '' ? [] : [token], timeoutMs, signal });
    },
    close: () => undefined,
  };
}

/** Ids may be longer than a key. */
function toDedupKey(parts: readonly string[]): string {
  const key = ['sluice', ...parts].join('/');
  return key.length <= 255 ? key : `sluice/${createHash('sha256').update(key).digest('hex')}`;
}

const SEVERITIES: Readonly<Record<string, string>> = {
  brake: 'critical',
  'panel-unreachable': 'critical',
  account: 'error',
  billing: 'error',
  drift: 'warning',
  attention: 'warning',
};

/** Opens the events of PagerDuty: a notice opens an incident of its object, and one that it has ended resolves it. */
export function openPagerDuty({ secret, timeoutMs }: ChannelDependencies): NoticeChannel {
  const key = secret('pagerduty');
  const api = requireWebAddress(secret('api') || 'https://events.pagerduty.com', 'api').replace(/\/$/, '');
  return {
    send: ({ delivery, event, code, at, panel, service, client, subject, text }, signal) => {
      const begun = ENDS[code];
      const lasting = begun ?? (Object.values(ENDS).includes(code) ? code : undefined);
      const body = {
        routing_key: key,
        event_action: begun === undefined ? 'trigger' : 'resolve',
        // What no notice ends is an incident of its own: others of its kind may be about something else.
        dedup_key: toDedupKey(lasting === undefined ? [delivery] : [lasting, panel ?? '', service ?? '']),
        payload: {
          summary: shortened(subject, 1024),
          source: panel ?? 'sluice',
          severity: SEVERITIES[event] ?? 'info',
          timestamp: at,
          component: service ?? undefined,
          class: event,
          custom_details: { text, code, client, delivery },
        },
      };
      return post(`${api}/v2/enqueue`, body, { secrets: [key], timeoutMs, signal });
    },
    close: () => undefined,
  };
}
