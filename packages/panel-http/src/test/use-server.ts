import { afterEach, beforeEach } from '@jest/globals';
import { createPanelHttp } from '../create-panel-http.js';
import type { CallEvent, PanelHttp, PanelHttpOptions } from '../types.js';
import { createTestClock, type TestClock } from './test-clock.js';
import { json, startServer, type Answer, type TestServer } from './test-server.js';

/** A server that answers as a test says, and a client of it. */
export interface Served {
  server: TestServer;
  http: PanelHttp;
  clock: TestClock;
  events: CallEvent[];
  answer: Answer;
  /** Answers each call with JSON, or with a text or bytes as they are. */
  always(body: unknown, status?: number, headers?: Record<string, string>): void;
  /** Replaces the client by one with further options. */
  connect(options: Partial<PanelHttpOptions>): void;
}

/** Starts one for each test of a file or group, with a clock on which waiting takes no time; it answers with JSON at first. */
export function useServer(options: Partial<PanelHttpOptions> = {}, path = ''): Served {
  const at = {
    always(body, status = 200, headers) {
      at.answer = (_seen, response) => {
        if (typeof body !== 'string' && !Buffer.isBuffer(body)) json(response, body, status, headers);
        else response.writeHead(status, headers).end(body);
      };
    },
    connect(more) {
      at.http.close();
      at.http = open(more);
    },
  } as Served;
  const open = (more: Partial<PanelHttpOptions> = {}): PanelHttp =>
    createPanelHttp({
      panel: 'dcim',
      baseUrl: `${at.server.url}${path}`,
      clock: at.clock,
      onCall: (event) => at.events.push(event),
      ...options,
      ...more,
    });
  beforeEach(async () => {
    at.events = [];
    at.clock = createTestClock();
    at.always({ data: { id: 7 } });
    at.server = await startServer((seen, response) => {
      at.answer(seen, response);
    });
    at.http = open();
  });
  afterEach(async () => {
    at.http.close();
    await at.server.close();
  });
  return at;
}
