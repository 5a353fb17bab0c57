import { beginRequest, type Begun, endRequest, type KeyedAnswer, renewRequests } from '../features/requests/once.js';
import { type KeyedRequest, RunningRequests } from '../features/requests/running.js';
import type { RunCall } from './call.js';

/** Requests with a key: a repeated one returns the answer of the first. */
export interface Requests {
  /**
   * Begins a request. One that a killed process began may run again: use cases finish what an earlier call left. If the
   * process was one of another host, a minute after it was last seen.
   *
   * @throws SluiceError `key_reused` if the key belongs to another request, `request_running` while it runs
   */
  begin(request: KeyedRequest): Promise<Begun>;
  /** Stores the answer for a week; null drops the key, so that a failed request can be repeated with it. */
  end(request: KeyedRequest, answer: KeyedAnswer | null): Promise<void>;
}

/** Returns the calls about requests. */
export function requestsApi(call: RunCall): Requests {
  const running = new RunningRequests((requests) => call(undefined, (context) => renewRequests(context, requests)));
  return {
    begin: (request) => call(undefined, (context) => beginRequest(context, request, running)),
    end: (request, answer) => {
      running.delete(request);
      return call(undefined, (context) => endRequest(context, request, answer));
    },
  };
}
