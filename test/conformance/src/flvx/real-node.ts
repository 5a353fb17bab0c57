import { createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { NodeAgent } from '@sluice/fake-panels';
import { clientFrame, takeFrame } from './frames.js';

interface Command {
  readonly type: string;
  readonly requestId: string;
  readonly data: unknown;
}

/** Opens a command that the panel sealed with the node's secret. */
function unseal(secret: string, sealed: string): string {
  const raw = Buffer.from(sealed, 'base64');
  const key = createHash('sha256').update(secret).digest();
  const decipher = createDecipheriv('aes-256-gcm', key, raw.subarray(0, 12));
  decipher.setAuthTag(raw.subarray(raw.length - 16));
  return decipher.update(raw.subarray(12, raw.length - 16), undefined, 'utf8') + decipher.final('utf8');
}

/** A node at a real panel: keeps the command connection and obeys with the same agent as the fake's nodes. */
export class ReplayNode {
  readonly agent = new NodeAgent();
  silent = false;
  delayMs = 0;
  failure: string | null = null;
  #socket: Duplex | null = null;

  constructor(
    private readonly panel: string,
    private readonly secret: string,
    private readonly heard: (type: string, data: unknown) => void,
  ) {}

  /** Opens the command connection. */
  async connect(): Promise<void> {
    const query = new URLSearchParams({
      type: '1',
      secret: this.secret,
      version: '2.1.4',
      http: '0',
      tls: '0',
      socks: '0',
    });
    const socket = await new Promise<Duplex>((resolve, reject) => {
      const asked = request(`${this.panel}/system-info?${query.toString()}`, {
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': randomBytes(16).toString('base64'),
        },
      });
      asked.on('upgrade', (_response, raw: Duplex) => {
        resolve(raw);
      });
      asked.on('response', (response) => {
        reject(new Error(`The panel does not want the node: ${String(response.statusCode)}.`));
      });
      asked.on('error', reject);
      asked.end();
    });
    this.#socket = socket;
    let buffer = Buffer.alloc(0);
    let text: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => {
      buffer = Buffer.concat([buffer, chunk]);
      for (let taken = takeFrame(buffer); taken !== null; taken = takeFrame(buffer)) {
        buffer = Buffer.from(taken.rest);
        const { opcode, last, payload } = taken.frame;
        if (opcode === 9) socket.write(clientFrame(10, payload));
        if (opcode > 1) continue;
        text.push(Buffer.from(payload));
        if (!last) continue;
        this.#obey(Buffer.concat(text).toString('utf8'));
        text = [];
      }
    });
    // A connection that the panel resets is as good as closed.
    socket.on('error', () => socket.destroy());
  }

  /** Closes the command connection in good order. */
  leave(): void {
    this.#socket?.end(clientFrame(8, Buffer.from([3, 232])));
    this.#socket = null;
  }

  #obey(message: string): void {
    const { encrypted, data } = JSON.parse(message) as { encrypted?: boolean; data: string };
    const command = JSON.parse(encrypted === true ? unseal(this.secret, data) : message) as Command;
    this.heard(command.type, command.data);
    if (this.silent) return;
    const error = this.failure ?? this.agent.obey(command.type, command.data);
    const reply = {
      type: `${command.type}Response`,
      success: error === null,
      message: error ?? 'OK',
      requestId: command.requestId,
    };
    const socket = this.#socket;
    setTimeout(() => socket?.write(clientFrame(1, Buffer.from(JSON.stringify(reply)))), this.delayMs);
  }
}
