import { randomBytes } from 'node:crypto';

/** A frame of a WebSocket, in short: 1 text, 8 close, 9 ping, 10 pong. */
export interface Frame {
  readonly opcode: number;
  readonly last: boolean;
  readonly payload: Buffer;
}

function lengthAt(buffer: Buffer): { readonly size: number; readonly head: number } | null {
  const short = (buffer[1] ?? 0) & 127;
  if (short < 126) return { size: short, head: 2 };
  const head = short === 126 ? 4 : 10;
  if (buffer.length < head) return null;
  return { size: short === 126 ? buffer.readUInt16BE(2) : Number(buffer.readBigUInt64BE(2)), head };
}

/** The first whole frame that a server sent, and what follows it; null while it is not whole. */
export function takeFrame(buffer: Buffer): { readonly frame: Frame; readonly rest: Buffer } | null {
  const length = buffer.length < 2 ? null : lengthAt(buffer);
  if (length === null || buffer.length < length.head + length.size) return null;
  const first = buffer[0] ?? 0;
  const end = length.head + length.size;
  const payload = buffer.subarray(length.head, end);
  return { frame: { opcode: first & 15, last: first >= 128, payload }, rest: buffer.subarray(end) };
}

/** A frame as a client sends it: whole and masked. */
export function clientFrame(opcode: number, payload: Buffer): Buffer {
  const mask = randomBytes(4);
  const { length } = payload;
  const long = length >= 126;
  const head = Buffer.alloc(long ? 4 : 2);
  head[0] = 128 | opcode;
  head[1] = 128 | (long ? 126 : length);
  if (long) head.writeUInt16BE(length, 2);
  const masked = Buffer.from(payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0)));
  return Buffer.concat([head, mask, masked]);
}
