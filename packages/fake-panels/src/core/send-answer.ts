import { once } from 'node:events';
import { type ServerResponse } from 'node:http';
import { type FakeBody, type FakeResponse } from './fake-response.js';

const bodiless = new Set([204, 304]);

/** Sends an answer, or its first half before the connection is destroyed. */
export function sendAnswer(reply: ServerResponse, answer: FakeResponse, half = false): void {
  const body = bodiless.has(answer.status) ? '' : textOrBytes(answer.body);
  reply.statusCode = answer.status;
  const type = contentType(answer.body);
  if (type !== undefined) reply.setHeader('content-type', type);
  for (const [name, value] of Object.entries(answer.headers ?? {})) reply.setHeader(name, value);
  if (!bodiless.has(answer.status)) reply.setHeader('content-length', Buffer.byteLength(body));
  if (!half) {
    // A text goes out in one piece with the head.
    reply.end(body);
    return;
  }
  const bytes = Buffer.from(body);
  // An empty first half would never be flushed: the head has to go out in any case.
  reply.flushHeaders();
  reply.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => {
    reply.socket?.destroy();
  });
}

/** Streams a JSON object of at least `bytes` bytes and of unannounced length, as fast as the client reads. */
export async function sendHuge(reply: ServerResponse, bytes: number): Promise<void> {
  const piece = Buffer.alloc(65_536, 'x');
  reply.statusCode = 200;
  reply.setHeader('content-type', 'application/json');
  reply.write('{"padding":"');
  let left = bytes;
  while (left > 0 && !reply.destroyed) {
    const length = Math.min(left, piece.length);
    left -= length;
    if (!reply.write(piece.subarray(0, length))) await drained(reply);
  }
  reply.end('"}');
}

async function drained(reply: ServerResponse): Promise<void> {
  const stop = new AbortController();
  try {
    await Promise.race([once(reply, 'drain', { signal: stop.signal }), once(reply, 'close', { signal: stop.signal })]);
  } finally {
    stop.abort();
  }
}

/** The bytes that a body is sent as. */
export function toBytes(body: FakeBody | undefined): Buffer {
  return Buffer.from(textOrBytes(body));
}

function textOrBytes(body: FakeBody | undefined): string | Buffer {
  if (body === undefined) return '';
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

function contentType(body: FakeBody | undefined): string | undefined {
  if (body === undefined) return undefined;
  if (Buffer.isBuffer(body)) return 'application/octet-stream';
  if (typeof body !== 'string') return 'application/json';
  return body.startsWith('<') ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8';
}
