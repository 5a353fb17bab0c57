import { connect, type Socket } from 'node:net';
import type { ChannelDependencies, ChannelMessage, MessageBrand, NoticeChannel } from '@sluice/contract/ports';
import { toNotSent } from '@sluice/panel-kind';
import { createTransport } from 'nodemailer';
import { toMailHtml, toPictureId } from './mail-html.js';
import { toMailText } from './mail-text.js';
import { quoteAnswer } from './quote-answer.js';
import { isMailAddress, parseSmtpAddress } from './settings.js';

/** Settings of a mail channel. */
export interface MailSettings {
  mail: string;
  from: string;
  requireTls: boolean;
}

/** Opens a mail server; the connection is encrypted unless the settings permit a plain one. */
export function openMail(
  { mail, from, requireTls }: MailSettings,
  { secret, timeoutMs, brand = {} }: ChannelDependencies,
): NoticeChannel {
  const { host, port, secure, user } = parseSmtpAddress(secret('smtp'));
  const password = secret('password');
  return {
    async send(message, signal) {
      const to = message.recipient ?? mail;
      if (!isMailAddress(to)) throw toNotSent('the address of the client is not an e-mail address', { answered: true });
      signal?.throwIfAborted();
      const socket = connect({ host, port });
      // Failures of the connection are reported by the transport; without a listener they would end the process.
      socket.on('error', () => undefined);
      const transport = createTransport({
        host,
        port,
        secure,
        requireTLS: requireTls,
        getSocket: (_options, done) => {
          whenConnected(socket, done);
        },
        ...(user === '' ? {} : { auth: { user, pass: password } }),
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      await withEnd(socket, { timeoutMs, signal }, async () => {
        try {
          await transport.sendMail({ from, ...toMail(message, to, brand) });
        } catch (error) {
          throw toFailure(error, [password]);
        }
      });
    },
    close: () => undefined,
  };
}

function whenConnected(socket: Socket, done: (error: Error | null, options: { connection: Socket }) => void): void {
  socket.once('connect', () => {
    done(null, { connection: socket });
  });
  socket.once('error', (error) => {
    done(error, { connection: socket });
  });
}

/** Ends the connection after the time-out, when the call is aborted, and when the work is done. */
async function withEnd(
  socket: Socket,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal | undefined },
  work: () => Promise<void>,
): Promise<void> {
  let stop: (reason: Error) => void = () => undefined;
  const ended = new Promise<never>((_, reject) => {
    stop = reject;
  });
  const timer = setTimeout(() => {
    stop(toNotSent(`the mail server did not accept the mail within ${timeoutMs / 1000} s`, { answered: false }));
  }, timeoutMs);
  const abort = (): void => {
    stop(signal?.reason as Error);
  };
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([work(), ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    socket.destroy();
  }
}

function toMail(message: ChannelMessage, to: string, brand: MessageBrand) {
  const { delivery, subject, view } = message;
  const shown = message.for === 'client' ? brand : {};
  const { unsubscribe } = view;
  return {
    to: { name: '', address: to },
    subject,
    text: toMailText(message, shown),
    html: toMailHtml(message, shown),
    attachments: view.pictures.map(({ png }, index) => ({
      ...{ filename: `picture-${index + 1}.png`, contentType: 'image/png', contentDisposition: 'inline' as const },
      ...{ content: Buffer.from(png), cid: toPictureId(index) },
    })),
    // The same in every attempt: most mail programs show a repeated one once.
    messageId: `<${delivery}@sluice.invalid>`,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'Content-Language': view.language,
      ...(unsubscribe !== null && {
        'List-Unsubscribe': `<${unsubscribe.href}>`,
        // By RFC 8058 over HTTPS alone.
        ...(unsubscribe.href.startsWith('https:') && { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }),
      }),
    },
  };
}

/** A reply of the server refuses this mail; without one it did not answer. */
function toFailure(error: unknown, secrets: string[]): Error {
  const {
    code = '',
    responseCode,
    response = '',
    message = '',
  } = error as {
    code?: string;
    responseCode?: number;
    response?: string;
    message?: string;
  };
  const refused = responseCode !== undefined && (code === 'EENVELOPE' || code === 'EMESSAGE');
  if (responseCode !== undefined)
    return toNotSent(`the mail server answered ${quoteAnswer(response || String(responseCode), secrets)}`, {
      answered: refused,
    });
  return toNotSent(`the mail server could not be used (${quoteAnswer(code || message, secrets)})`, { answered: false });
}
