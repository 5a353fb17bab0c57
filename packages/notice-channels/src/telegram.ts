import type { ChannelDependencies, MessageView, NoticeChannel } from '@sluice/contract/ports';
import { toNotSent } from '@sluice/panel-kind';
import { type Answer, requireAcknowledged, sendRequest } from './http-request.js';
import { withFigures } from './message-text.js';
import { cut, quoteAnswer } from './quote-answer.js';
import { requireWebAddress } from './settings.js';

/** Telegram refuses longer texts. */
const MOST_CHARACTERS = 4096;

/** Opens a Telegram bot: messages are plain text, so that no name in them is read as formatting. */
export function openTelegram(chat: string, { secret, timeoutMs }: ChannelDependencies): NoticeChannel {
  const token = secret('token');
  const api = requireWebAddress(secret('api') || 'https://api.telegram.org', 'api').replace(/\/$/, '');
  return {
    async send(message, signal) {
      const { recipient, view } = message;
      const text = withLink(withFigures(message), view);
      const short = text.length > MOST_CHARACTERS ? `${cut(text, MOST_CHARACTERS - 1)}…` : text;
      const body = JSON.stringify({
        chat_id: recipient ?? chat,
        text: short,
        link_preview_options: { is_disabled: true },
      });
      const headers = { 'content-type': 'application/json' };
      const url = `${api}/bot${token}/sendMessage`;
      const answer = await sendRequest(url, { method: 'POST', headers, body, timeoutMs, signal });
      const { description, retryAfterMs } = readAnswer(answer);
      requireAcknowledged({ ...answer, retryAfterMs }, quoteAnswer(description, [token]));
      if (!/^\s*\{\s*"ok"\s*:\s*true/.test(answer.text))
        throw toNotSent('the receiver did not answer as Telegram does', { answered: true });
    },
    close: () => undefined,
  };
}

/** Adds the link of a message below its text. */
function withLink(text: string, { link }: MessageView): string {
  return link === null ? text : `${text}\n\n${link.text}: ${link.href}`;
}

function readAnswer({ text, retryAfterMs }: Answer): { description: string; retryAfterMs: number | undefined } {
  try {
    const { description, parameters } = JSON.parse(text) as {
      description?: unknown;
      parameters?: { retry_after?: unknown };
    };
    const seconds = parameters?.retry_after;
    return {
      description: typeof description === 'string' ? description : '',
      retryAfterMs: typeof seconds === 'number' && seconds >= 0 ? seconds * 1000 : retryAfterMs,
    };
  } catch {
    return { description: '', retryAfterMs };
  }
}
