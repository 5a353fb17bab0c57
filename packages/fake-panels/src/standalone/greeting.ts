import type { FakeServer } from '../core/fake-server.js';

/** What a fake in a separate process prints first, as one line of JSON. */
export interface StandaloneGreeting {
  readonly panel: string;
  readonly url: string;
  /** What opens the panel: a token, an API key, or the administrator's password. */
  readonly token: string;
  /** How many services there are; on Hiddify and FLVX users. */
  readonly services: number;
}

/** A fake started from the command line. */
export interface Standalone {
  readonly greeting: StandaloneGreeting;
  readonly server: FakeServer;
}
