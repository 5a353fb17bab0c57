import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { type FakeWhmcs, type FakeWhmcsOptions, startFakeWhmcs } from '@sluice/fake-panels';
import type { CallEvent } from '@sluice/panel-http';
import { createWhmcsClient, type WhmcsClient, type WhmcsOptions } from '../index.js';

/** A fake WHMCS with a client of it. */
export interface Site {
  readonly fake: FakeWhmcs;
  readonly whmcs: WhmcsClient;
  readonly events: CallEvent[];
  /** Makes every call be answered with this JSON. */
  answer(body: object, status?: number): void;
  /** The fields of the last call, without the credentials. */
  lastFields(): [string, string][];
  close(): Promise<void>;
}

/** A site for all tests of a file or group; each test begins without faults and calls. */
export function useSite(): Site {
  const site = {} as Site;
  beforeAll(async () => {
    Object.assign(site, await openSite());
  });
  beforeEach(() => {
    site.fake.server.clearFaults();
    site.fake.server.clearCalls();
  });
  afterAll(() => site.close());
  return site;
}

const CREDENTIALS = ['identifier', 'secret', 'accesskey', 'responsetype'];

export async function openSite(options: FakeWhmcsOptions = {}, settings: Partial<WhmcsOptions> = {}): Promise<Site> {
  const fake = await startFakeWhmcs(options);
  const events: CallEvent[] = [];
  const whmcs = createWhmcsClient({
    panel: 'whmcs',
    baseUrl: fake.url,
    allowHttp: true,
    identifier: fake.identifier,
    secret: fake.secret,
    clock: { now: Date.now, sleep: () => Promise.resolve() },
    random: () => 0,
    breaker: false,
    onCall: (event) => events.push(event),
    ...settings,
  });
  return {
    fake,
    whmcs,
    events,
    answer: (body, status = 200) => {
      fake.server.clearFaults();
      fake.server.inject({ fault: { kind: 'body', body, status } });
    },
    lastFields: () => {
      const body = fake.server.calls.at(-1)?.body ?? '';
      return [...new URLSearchParams(body)].filter(([name]) => !CREDENTIALS.includes(name));
    },
    close: async () => {
      whmcs.close();
      await fake.close();
    },
  };
}
