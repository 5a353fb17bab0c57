import { connect } from 'node:net';
import type { DashboardBench } from './dashboard-bench.js';

/** A request whose headers and first bytes were sent. */
export interface SlowRequest {
  /** The whole answer, when the connection has ended. */
  answer: Promise<string>;
  /** Sends the rest of its body. */
  finish: () => void;
}

/** Sends a request such as `POST /login` but for the end of its body; without a body, more is announced than ever comes. */
export function beginRequest(
  at: Pick<DashboardBench, 'dashboard'>,
  request: string,
  {
    headers = {},
    body,
    length = 1_000_000,
  }: { headers?: Record<string, string>; body?: string; length?: number | undefined },
): SlowRequest {
  const { port } = new URL(at.dashboard.url);
  const all = { host: 'x', 'content-length': String(body?.length ?? length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(Number(port), '127.0.0.1');
  const answer = new Promise<string>((resolve) => {
    let got = '';
    socket.on('data', (data) => (got += data.toString()));
    socket.on('close', () => {
      resolve(got);
    });
  });
  socket.write(`${request} HTTP/1.1\r\n${lines.join('')}\r\n${body?.slice(0, 3) ?? '[[[['}`);
  return { answer, finish: () => socket.write(body?.slice(3) ?? '') };
}

/** More than the server and the buffers of a connection accept of a body that nobody reads. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Sends a body in chunks until an answer comes; null where the server has read as much as nobody may send. */
export function sendEndless(
  at: Pick<DashboardBench, 'dashboard'>,
  request: string,
  headers: Record<string, string>,
): Promise<string | null> {
  const socket = connect(Number(new URL(at.dashboard.url).port), '127.0.0.1');
  const lines = Object.entries({ host: 'x', 'transfer-encoding': 'chunked', ...headers });
  socket.write(`${request} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
  const chunk = `10000\r\n${' '.repeat(0x1_00_00)}\r\n`;
  return new Promise((resolve) => {
    let got = '';
    let sent = 0;
    const end = (answer: string | null): void => {
      resolve(answer);
      socket.destroy();
    };
    const send = (): void => {
      while (sent < MOST_BYTES && !socket.destroyed) {
        sent += chunk.length;
        if (!socket.write(chunk)) return;
      }
      if (sent >= MOST_BYTES) end(null);
    };
    socket.on('data', (data) => {
      got += data.toString();
      end(got);
    });
    socket.on('error', () => {
      end(got);
    });
    socket.on('close', () => {
      end(got);
    });
    socket.on('drain', send);
    send();
  });
}
