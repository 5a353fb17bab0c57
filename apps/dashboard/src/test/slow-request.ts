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
