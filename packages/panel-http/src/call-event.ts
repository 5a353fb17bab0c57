import type { PanelError } from './errors.js';
import type { PreparedRequest } from './prepare-request.js';
import type { CallEvent, PanelRequest } from './types.js';

/** One attempt, before it is redacted. */
export interface CallFacts {
  at: number;
  panel: string;
  request: PanelRequest<unknown>;
  prepared: PreparedRequest;
  clean: (text: string) => string;
  status: number | null;
  headers: Record<string, string> | null;
  durationMs: number;
  attempt: number;
  responseBytes: number;
  error: PanelError | null;
}

/** Reports one attempt to the listener. A listener that throws causes a warning and no failed call. */
export function reportCall(onCall: (event: CallEvent) => void, facts: CallFacts): void {
  const { request, prepared, clean, error } = facts;
  try {
    onCall({
      at: new Date(facts.at).toISOString(),
      panel: facts.panel,
      endpoint: request.endpoint,
      method: request.method,
      path: clean(prepared.path),
      status: facts.status,
      serverTime: facts.headers === null ? null : parseServerTime(facts.headers),
      durationMs: facts.durationMs,
      attempt: facts.attempt,
      ok: error === null,
      code: error?.code ?? null,
      message: error?.message ?? null,
      requestBytes: prepared.body === undefined ? 0 : Buffer.byteLength(prepared.body),
      responseBytes: facts.responseBytes,
      tag: request.tag === undefined ? null : clean(request.tag),
      changing: prepared.changing,
    });
  } catch (thrown) {
    process.emitWarning(
      `The call listener of panel "${facts.panel}" failed: ${clean(String(thrown))}`,
      'PanelHttpWarning',
    );
  }
}

/** An answer from a cache is as old as its `Age`. */
function parseServerTime({ date = '', age }: Record<string, string>): number | null {
  const sent = date.endsWith(' GMT') ? Date.parse(date) : Number.NaN;
  const seconds = /^\d{1,9}$/.test(age ?? '') ? Number(age) : 0;
  return Number.isNaN(sent) ? null : sent + seconds * 1000;
}
