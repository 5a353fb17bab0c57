import { SluiceError } from '@sluice/panel-kind';
import type { RequestRecord } from '@sluice/state-store';
import type { Session } from '../session.js';

/** A request with a key, as its sender repeats it. */
export interface KeyedRequest {
  /** Who sends it; keys of different senders are independent. */
  who: string;
  key: string;
  /** Digest of everything that the request says: a key belongs to one request. */
  fingerprint: string;
}

/** The answer of a request. */
export interface KeyedAnswer {
  status: number;
  answer: unknown;
}

/** How a request with a key begins: with the answer of the first one, or as the one that runs. */
export type Begun =
  | { repeated: true; answer: KeyedAnswer }
  /** `interrupted`: a process that ended began it, and its outcome is unknown. */
  | { repeated: false; interrupted: boolean };

/** Stores that a request runs, unless it was answered before. */
export async function beginRequest(session: Session, { who, key, fingerprint }: KeyedRequest): Promise<Begun> {
  const { owner, isAlive } = session.deps;
  const record: RequestRecord = {
    ...{ who, key, fingerprint, owner, at: session.now() },
    ...{ state: 'running', status: null, answer: null },
  };
  return session.store.write(async (tables) => {
    if (await tables.requests.add(record)) return { repeated: false, interrupted: false };
    const found = await tables.requests.get(who, key);
    if (found === null || found.fingerprint !== fingerprint)
      throw new SluiceError('key_reused', 'The key of the request was used for a different request', {
        details: { key },
      });
    if (found.state === 'done')
      return { repeated: true, answer: { status: found.status ?? 200, answer: found.answer } };
    if (found.owner === null || isAlive(found.owner))
      throw new SluiceError('request_running', 'The request with this key is still running', {
        kind: 'busy',
        details: { key },
      });
    await tables.requests.put({ ...record, at: found.at });
    return { repeated: false, interrupted: true };
  });
}

/** Stores the answer of a request; null drops the key, so that a failed request can be repeated with it. */
export async function endRequest(
  session: Session,
  { who, key, fingerprint }: KeyedRequest,
  answer: KeyedAnswer | null,
): Promise<void> {
  if (answer === null) return session.store.requests.remove(who, key);
  const done = { who, key, fingerprint, state: 'done', owner: null, at: session.now() } as const;
  await session.store.requests.put({ ...done, ...answer });
}
