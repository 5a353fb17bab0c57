import { createHash } from 'node:crypto';
import { SluiceError } from '@sluice/panel-kind';
import type { FastifyRequest } from 'fastify';
import type { Context } from '../server/options.js';

/** An answer, and whether it is that of an earlier request with the key. */
export interface Answered {
  status: number;
  answer: unknown;
  replayed: boolean;
}

/** Outcomes of runs after which the same request may be sent again. */
const UNFINISHED = ['failed', 'busy', 'brake', 'interrupted', 'terminated'];

/**
 * Returns the `Idempotency-Key` of a request.
 *
 * @throws SluiceError `no_key`
 */
export function keyOf(request: FastifyRequest): string {
  const key = request.headers['idempotency-key'];
  if (typeof key === 'string' && /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw new SluiceError(
    'no_key',
    'A request that changes something needs the header Idempotency-Key: up to 200 printable characters, new for each request',
    { kind: 'usage' },
  );
}

/** Returns a short text that is unique for a sender and key. */
export function refOf(who: string, key: string): string {
  return `api-${digest([who, key]).slice(0, 24)}`;
}

/** Performs a request once: a repeated one returns the stored answer. One that failed may be sent again with its key. */
export async function answerOnce(
  { sluice }: Context,
  request: { who: string; key: string; content: unknown },
  work: () => Promise<{ status: number; answer: unknown; stored: unknown }>,
): Promise<Answered> {
  const keyed = { who: request.who, key: request.key, fingerprint: digest(request.content) };
  const begun = await sluice.requests.begin(keyed);
  if (begun.repeated) return { ...begun.answer, replayed: true };
  let done: { status: number; answer: unknown; stored: unknown } | null = null;
  try {
    done = await work();
    return { status: done.status, answer: done.answer, replayed: false };
  } finally {
    const stored = done === null || isUnfinished(done.answer) ? null : { status: done.status, answer: done.stored };
    await sluice.requests.end(keyed, stored);
  }
}

function isUnfinished(answer: unknown): boolean {
  const { run } = (answer ?? {}) as { run?: { outcome?: string } | null };
  return UNFINISHED.includes(run?.outcome ?? '');
}

function digest(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url');
}
