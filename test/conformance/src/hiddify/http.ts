import { request } from 'node:http';

/** One call as it goes over the wire; nothing is added to the headers but what HTTP itself needs. */
export interface WireCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends one call, follows no redirect. */
export function send(call: WireCall): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const length = call.body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(call.body)) };
    const outgoing = request(call.url, { method: call.method, headers: { ...call.headers, ...length } }, (incoming) => {
      const pieces: Buffer[] = [];
      incoming.on('data', (piece: Buffer) => pieces.push(piece));
      incoming.on('end', () => {
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          text: Buffer.concat(pieces).toString(),
        });
      });
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(call.body);
  });
}
