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
export interface FakeMailServer extends AsyncDisposable {
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
  const close = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => {
        resolve();
      });
    });
  return Object.assign(fake, { url: `smtp://127.0.0.1:${port}`, close, [Symbol.asyncDispose]: close });
}

interface State {
  mails: FakeMail[];
  logins: string[];
  behaviour: MailBehaviour;
}

function serve(socket: Socket, state: State): void {
  if (state.behaviour === 'hang') return;
  if (state.behaviour === 'drip') {
    const timer = setInterval(() => socket.write('220-wait\r\n'), 50);
    socket.once('close', () => {
      clearInterval(timer);
    });
    return;
  }
  new MailSession(socket, state).begin();
}

/** One connection. */
class MailSession {
  #buffer = '';
  #data: string | null = null;
  #mail: FakeMail = { from: '', to: [], data: '' };

  constructor(
    private readonly socket: Socket,
    private readonly state: State,
  ) {}

  begin(): void {
    this.#say('220 mail.test ESMTP');
    this.socket.on('data', (chunk) => {
      this.#buffer += chunk.toString('utf8');
      for (let end = this.#buffer.indexOf('\r\n'); end >= 0; end = this.#buffer.indexOf('\r\n')) {
        const line = this.#buffer.slice(0, end);
        this.#buffer = this.#buffer.slice(end + 2);
        if (this.#data === null) this.#answer(line);
        else if (line === '.') this.#accept(this.#data);
        else this.#data += `${line.replace(/^\.\./, '.')}\n`;
      }
    });
  }

  #say(line: string): void {
    this.socket.write(`${line}\r\n`);
  }

  #accept(data: string): void {
    this.state.mails.push({ ...this.#mail, data });
    this.#mail = { from: '', to: [], data: '' };
    this.#data = null;
    if (this.state.behaviour === 'lose-answer') this.socket.destroy();
    else this.#say('250 accepted');
  }

  #answer(line: string): void {
    const word = line.slice(0, 4).toUpperCase();
    const address = /<(.*?)>/.exec(line)?.[1] ?? '';
    const { behaviour, logins } = this.state;
    if (word === 'AUTH') {
      const login = Buffer.from(line.split(' ')[2] ?? '', 'base64').toString('utf8');
      logins.push(login.replaceAll('\0', ' ').trim());
    } else if (word === 'MAIL') this.#mail.from = address;
    else if (word === 'RCPT' && behaviour !== 'refuse-recipient') this.#mail.to.push(address);
    else if (word === 'DATA') this.#data = '';
    this.#say(replyTo(word, behaviour));
    if (word === 'QUIT') this.socket.end();
  }
}

function replyTo(word: string, behaviour: MailBehaviour): string {
  if (word === 'EHLO') return '250-mail.test\r\n250-AUTH PLAIN\r\n250 8BITMIME';
  if (word === 'MAIL' && behaviour === 'busy') return '451 try again later';
  if (word === 'RCPT' && behaviour === 'refuse-recipient') return '550 no such user';
  const replies: Record<string, string> = {
    STAR: '502 not here',
    AUTH: '235 welcome',
    DATA: '354 go on',
    QUIT: '221 bye',
  };
  return replies[word] ?? '250 ok';
}
