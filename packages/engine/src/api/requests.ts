import { beginRequest, type Begun, endRequest, type KeyedAnswer, type KeyedRequest } from '../requests/once.js';
import type { RunCall } from './call.js';

/** Requests with a key: a repeated one returns the answer of the first. */
export interface Requests {
  /**
   * Begins a request. One that a killed process began may run again: use cases finish what an earlier call left.
   *
   * @throws SluiceError `key_reused` if the key belongs to another request, `request_running` while it runs
   */
  begin(request: KeyedRequest): Promise<Begun>;
  /** Stores the answer for a week; null drops the key, so that a failed request can be repeated with it. */
  end(request: KeyedRequest, answer: KeyedAnswer | null): Promise<void>;
}

/** Returns the calls about requests. */
export function requestsApi(call: RunCall): Requests {
  return {
    begin: (request) => call(undefined, (session) => beginRequest(session, request)),
    end: (request, answer) => call(undefined, (session) => endRequest(session, request, answer)),
  };
}
