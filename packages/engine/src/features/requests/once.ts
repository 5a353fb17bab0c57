import { isDeepStrictEqual } from 'node:util';
import { SluiceError } from '@sluice/panel-kind';
import type { RequestRecord } from '@sluice/state-store';
import { hasEnded, TTL_MS } from '../../context/leases.js';
import type { Context } from '../../context/context.js';
import type { KeyedRequest, RunningRequests } from './running.js';

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
export async function beginRequest(context: Context, request: KeyedRequest, running: RunningRequests): Promise<Begun> {
  const { who, key, fingerprint, mostKept } = request;
  const record: RequestRecord = {
    ...{ who, key, fingerprint, owner: context.deps.owner, at: context.now() },
    ...{ state: 'running', status: null, answer: null },
  };
  const started = await context.store.write(async (tables): Promise<Begun> => {
    if (await tables.requests.add(record)) {
      if (mostKept !== undefined) await tables.requests.trim(who, mostKept);
      return { repeated: false, interrupted: false };
    }
    const found = await tables.requests.get(who, key);
    if (found === null || found.fingerprint !== fingerprint)
      throw new SluiceError('key_reused', 'The key of the request was used for a different request', {
        details: { key },
      });
    if (found.state === 'done')
      return { repeated: true, answer: { status: found.status ?? 200, answer: found.answer } };
    if (running.has(request) || isRunning(context, found))
      throw new SluiceError('request_running', 'The request with this key is still running', {
        kind: 'busy',
        details: { key },
      });
    await tables.requests.put(record);
    return { repeated: false, interrupted: true };
  });
  if (!started.repeated) running.add(request);
  return started;
}

/**
 * Returns whether a process still runs a request, by the rule of leases: it is renewed, and its process, if it is one of
 * this host, is alive. An instant far ahead is from before the clock was set back.
 */
function isRunning({ deps }: Context, { owner, at }: RequestRecord): boolean {
  if (owner !== null && hasEnded(deps, owner)) return false;
  return Math.abs(deps.clock.now() - Date.parse(at)) < TTL_MS;
}

/** Renews requests that this process runs. */
export async function renewRequests(context: Context, requests: readonly KeyedRequest[]): Promise<void> {
  const { owner } = context.deps;
  await context.store.write(async (tables) => {
    for (const { who, key } of requests) await tables.requests.renew({ who, key, owner, at: context.now() });
  });
}

/** Stores the answer of a request; null drops the key, so that a failed request can be repeated with it. */
export async function endRequest(
  context: Context,
  { who, key, fingerprint }: KeyedRequest,
  answer: KeyedAnswer | null,
): Promise<void> {
  await context.store.write(async (tables) => {
    const found = await tables.requests.get(who, key);
    // Another process took it over, and stores the answer of its own call.
    if (found === null || !isDeepStrictEqual(found.owner, context.deps.owner)) return;
    if (answer === null) return tables.requests.remove(who, key);
    const done = { who, key, fingerprint, state: 'done', owner: null, at: context.now() } as const;
    await tables.requests.put({ ...done, ...answer });
  });
}
