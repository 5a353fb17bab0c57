import { createHmac } from 'node:crypto';
import type { ChannelDependencies, NoticeChannel } from '@sluice/contract/ports';
import { requireAcknowledged, sendRequest } from './http-request.js';
import { requireWebAddress } from './settings.js';

/** Returns the value of `Sluice-Signature`: the time in seconds, and the HMAC-SHA256 of `TIME.BODY` in hex. */
export function sign(secret: string, body: string, now: number): string {
  const time = Math.floor(now / 1000);
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}

/** Opens a webhook; every attempt has the same body and id, and a signature of its own. */
export function openWebhook({ secret, now, timeoutMs }: ChannelDependencies): NoticeChannel {
  const url = requireWebAddress(secret('webhook'), 'webhook');
  const key = secret('secret');
  return {
    async send({ view: _view, ...message }, signal) {
      const body = JSON.stringify(message);
      const headers = {
        'content-type': 'application/json',
        'sluice-delivery': message.delivery,
        'sluice-event': message.event,
        'sluice-signature': sign(key, body, now()),
      };
      requireAcknowledged(await sendRequest(url, { method: 'POST', headers, body, timeoutMs, signal }));
    },
    close: () => undefined,
  };
}
