import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A mail that the server accepted. */
export interface FakeMail {
  from: string;
  to: string[];
  /** Headers and body, as received. */
  data: string;
}

/** What the server does with the next mails. */
export type MailBehaviour = 'accept' | 'refuse-recipient' | 'busy' | 'hang' | 'lose-answer' | 'drip';

/** A mail server on 127.0.0.1 that keeps what it accepts; it offers no encryption. */
export interface FakeMailServer {
  /** `smtp://127.0.0.1:PORT` */
  readonly url: string;
  readonly mails: readonly FakeMail[];
  /** Usernames and passwords that were sent. */
  readonly logins: readonly string[];
  behaviour: MailBehaviour;
  close: () => Promise<void>;
}

/** Starts a mail server on 127.0.0.1. */
export async function startFakeMailServer(): Promise<FakeMailServer> {
  const mails: FakeMail[] = [];
  const logins: string[] = [];
  const sockets = new Set<Socket>();
  const fake = { mails, logins, behaviour: 'accept' as MailBehaviour };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    serve(socket, fake);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(fake, {
    url: `smtp://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  });
}

interface State {
  mails: FakeMail[];
  logins: string[];
  behaviour: MailBehaviour;
}

function serve(socket: Socket, state: State): void {
  let buffer = '';
  let data: string | null = null;
  let mail: FakeMail = { from: '', to: [], data: '' };
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  const acceptMail = (): void => {
    state.mails.push({ ...mail, data: data ?? '' });
    if (state.behaviour === 'lose-answer') socket.destroy();
    else say('250 accepted');
    [mail, data] = [{ from: '', to: [], data: '' }, null];
  };
  if (state.behaviour === 'hang') return;
  if (state.behaviour === 'drip') {
    const timer = setInterval(() => socket.write('220-wait\r\n'), 50);
    socket.once('close', () => {
      clearInterval(timer);
    });
    return;
  }
  say('220 mail.test ESMTP');
  const answer = (line: string): void => {
    const word = line.slice(0, 4).toUpperCase();
    if (word === 'EHLO') return void socket.write('250-mail.test\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n');
    if (word === 'STAR') return say('502 not here');
    if (word === 'AUTH') {
      state.logins.push(
        Buffer.from(line.split(' ')[2] ?? '', 'base64')
          .toString('utf8')
          .replaceAll('\0', ' ')
          .trim(),
      );
      return say('235 welcome');
    }
    if (word === 'MAIL') mail.from = /<(.*?)>/.exec(line)?.[1] ?? '';
    if (word === 'MAIL' && state.behaviour === 'busy') return say('451 try again later');
    if (word === 'RCPT') {
      if (state.behaviour === 'refuse-recipient') return say('550 no such user');
      mail.to.push(/<(.*?)>/.exec(line)?.[1] ?? '');
    }
    if (word === 'DATA') {
      data = '';
      return say('354 go on');
    }
    say(word === 'QUIT' ? '221 bye' : '250 ok');
    if (word === 'QUIT') socket.end();
  };
  socket.on('data', (chunk) => {
    buffer += chunk.toString('utf8');
    for (let end = buffer.indexOf('\r\n'); end >= 0; end = buffer.indexOf('\r\n')) {
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + 2);
      if (data === null) answer(line);
      else if (line === '.') acceptMail();
      else data += `${line.replace(/^\.\./, '.')}\n`;
    }
  });
}
