import { type FakeEasyDcim } from '../fake-easydcim.js';
import { manualClock, type ManualClock } from '../../core/manual-clock.js';
import { type FakeEasyDcimOptions, startFakeEasyDcim } from '../start-fake-easydcim.js';

/** An answer, read in full. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; text that is none stays text. */
  readonly body: unknown;
}

/** Who calls, where that is not the administrator. */
export interface Caller {
  readonly token?: string | null;
  readonly as?: number | string;
}

/** A fake with the two services of most tests, its clock, and calls to it. */
export interface PanelUnderTest {
  readonly fake: FakeEasyDcim;
  readonly clock: ManualClock;
  get(path: string, caller?: Caller): Promise<Answer>;
  post(path: string, body?: unknown, caller?: Caller): Promise<Answer>;
  /** Asks for the bandwidth of service 501, by default of 15 October 2026. */
  bandwidth(startDate?: string, endDate?: string, extra?: object): Promise<Answer>;
}

/** Noon of 15 October 2026, UTC. */
export const noon = Date.parse('2026-10-15T12:00:00Z');

/**
 * User 17 has service 501 (order 342, server 163): eth0 up, eth1 shut from the start, iDRAC.
 * User 18 has service 502 (order 343, server 164) with one port. Both: 1000 bytes/s in, 100 out, since noon.
 */
export async function panelUnderTest(options: FakeEasyDcimOptions = {}): Promise<PanelUnderTest> {
  const clock = manualClock(noon);
  const fake = await startFakeEasyDcim({
    now: clock.now,
    token: 'admin-token',
    users: [
      { id: 17, email: 'client@example.test', active: true },
      { id: 18, email: 'other@example.test', active: true },
    ],
    ...options,
  });
  const rate = { inBytesPerSecond: 1000, outBytesPerSecond: 100 };
  fake.addService({
    id: 501,
    orderId: 342,
    serverId: 163,
    user: 17,
    ports: [
      { id: 9001, name: 'eth0', description: 'uplink A', switchPortId: 7001 },
      { id: 9002, name: 'eth1', description: 'uplink B', adminState: 'down' },
      { id: 9003, name: 'iDRAC', management: true },
    ],
    rate,
  });
  fake.addService({ id: 502, orderId: 343, serverId: 164, user: 18, ports: [{ id: 9101, name: 'eth0' }], rate });

  const call = async (method: string, path: string, body: unknown, caller: Caller): Promise<Answer> => {
    const token = caller.token === undefined ? 'admin-token' : caller.token;
    const response = await fetch(fake.url + path, {
      method,
      redirect: 'manual',
      headers: {
        Accept: 'application/json',
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...(caller.as === undefined ? {} : { 'X-Impersonate-User': String(caller.as) }),
      },
      ...(method === 'POST' ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  };
  const post: PanelUnderTest['post'] = (path, body = {}, caller = {}) => call('POST', path, body, caller);
  return {
    fake,
    clock,
    get: (path, caller = {}) => call('GET', path, undefined, caller),
    post,
    bandwidth: (startDate = '2026-10-15 00:00:00', endDate = '2026-10-15 23:59:59', extra = {}) =>
      post('/api/v3/client/services/501/bandwidth', { startDate, endDate, ...extra }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
