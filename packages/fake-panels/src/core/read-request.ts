import { type IncomingMessage } from 'node:http';
import { type FakeRequest } from './fake-request.js';

/** Reads a request in full. Rejects if the client disconnects while it sends. */
export async function readRequest(incoming: IncomingMessage): Promise<FakeRequest> {
  const body = await readBody(incoming);
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    method: (incoming.method ?? 'GET').toUpperCase(),
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    headers,
    body,
    json: () => (body.length === 0 ? undefined : (JSON.parse(body.toString('utf8')) as unknown)),
  };
}

function readBody(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => pieces.push(piece));
    incoming.once('end', () => {
      resolve(Buffer.concat(pieces));
    });
    incoming.once('error', reject);
    incoming.once('close', () => {
      if (!incoming.complete) reject(new Error('The client went away while it sent.'));
    });
  });
}
