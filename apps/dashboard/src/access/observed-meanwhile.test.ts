import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { FakeAstbilling } from '@sluice/fake-panels';
import type { DashboardBench } from '../test/dashboard-bench.js';
import { NUMBER, startLineBench } from '../test/line-bench.js';
import { Link } from '../test/share-link.js';

let at: DashboardBench;
let voice: FakeAstbilling;
let token: string;
let link: Link;

beforeEach(async () => {
  ({ at, voice } = await startLineBench());
  token = await at.token('client:c-1', 'manage');
  link = await Link.open(at, { client: 'c-1', manage: true, changePassword: true });
});
afterEach(() => at.close());

/** The panel is switched to `observe` between the last answer about what the client may do, and its change. */
function observeBefore<Name extends string>(calls: Record<Name, (...asked: never[]) => Promise<unknown>>, name: Name) {
  const change = calls[name];
  calls[name] = async (...asked) => {
    await at.sluice.panels.observe('voice');
    voice.server.clearCalls();
    return change(...asked);
  };
}

const CHANGES = ['destination', 'caller-id', 'password'] as const;
type Change = (typeof CHANGES)[number];

function observeMeanwhile(change: Change): void {
  const { dids, telephony, provision } = at.sluice;
  if (change === 'destination') observeBefore(dids, 'set');
  else if (change === 'caller-id') observeBefore(telephony, 'set');
  else observeBefore(provision, 'changePassword');
}

const REQUESTS: Record<Change, [string, object]> = {
  destination: [`PATCH /services/line-1/numbers/${encodeURIComponent(NUMBER)}`, { destination: '11987654321' }],
  'caller-id': ['PATCH /services/line-1/line', { callerId: '1142000077' }],
  password: ['POST /services/line-1/provision/change-password', {}],
};
const FORMS: Record<Change, Record<string, string>> = {
  destination: { number: NUMBER, destination: '11987654321' },
  'caller-id': { caller_id: '1142000077' },
  password: {},
};
const WHY = 'Nothing of this service can be changed at present';

it.each(CHANGES)('a change that a client asked for before the switch to observe is not made: %s', async (change) => {
  observeMeanwhile(change);
  const [request, body] = REQUESTS[change];
  const { status, json } = await at.call(request, { token, body });
  expect([status, JSON.stringify(json)]).toEqual([403, expect.stringContaining(WHY)]);
  expect(voice.server.changingCalls()).toEqual([]);
});

it.each(CHANGES)('a form of a link that was sent before the switch to observe changes nothing: %s', async (change) => {
  observeMeanwhile(change);
  const answer = await link.post(`/services/line-1/${change}`, FORMS[change]);
  expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining(WHY)]);
  expect(voice.server.changingCalls()).toEqual([]);
});

it('what an operator asks for is changed all the same', async () => {
  observeMeanwhile('password');
  expect((await at.call(REQUESTS.password[0], { body: {} })).status).toBe(200);
  expect(voice.server.changingCalls()).not.toEqual([]);
});
