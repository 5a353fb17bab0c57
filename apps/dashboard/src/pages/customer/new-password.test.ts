import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { astbilling } from '@sluice/astbilling-client/panel';
import {
  type FakeAstbilling,
  type FakeFlvx,
  manualClock,
  startFakeAstbilling,
  startFakeFlvx,
} from '@sluice/fake-panels';
import { flvx } from '@sluice/flvx-client/panel';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

let at: DashboardBench;
let voice: FakeAstbilling;
let relay: FakeFlvx;
let link: Link;
let user: number;
let token: string;
beforeAll(async () => {
  const { now } = manualClock('2026-11-20T12:00:00Z');
  voice = await startFakeAstbilling({ now });
  relay = await startFakeFlvx({ now });
  const tunnelId = relay.addTunnel({ name: 'HK-01', entryNodes: [relay.addNode('hk-entry')] });
  const expTime = Date.parse('2026-12-15T00:00:00Z');
  user = relay.addUser({ user: 'sl-relay', flow: 100, expTime });
  relay.addPermission(user, tunnelId, { flow: 100, expTime });
  voice.add('plans', { id: '11', name: 'Plan' });
  voice.addCustomer({ id: '501', name: 'Ana', document: '12345678909' });
  const access = { allowHttp: true, retries: 0, timeout: '1s' };
  const login = { username: 'admin_user', password: 'admin_user' };
  at = await startBench({
    fakes: [voice, relay],
    kinds: [astbilling, flvx],
    panels: {
      voice: { kind: 'astbilling', url: voice.url, token: voice.token, ...access },
      relay: { kind: 'flvx', url: relay.url, publicUrl: 'https://relay.example.com', ...login, ...access },
    },
    products: {
      line: { panel: 'voice', astbilling: { planId: 11 } },
      relay: { panel: 'relay', quota: { total: '100GB' }, flvx: { tunnelId } },
    },
  });
  await at.sluice.services.add('relay-1', {
    ...{ panel: 'relay', product: 'relay', client: '501', status: 'active', billing_cycle: 'monthly' },
    ...{ next_due_date: '2026-12-15', flvx_user_id: String(user) },
  });
  await at.sluice.poll({ panel: 'relay' });
  link = await Link.open(at, { client: '501', changePassword: true });
  token = await at.token('client:501', 'password');
});
afterAll(() => at.close());
afterEach(() => {
  voice.server.clearFaults();
  relay.server.clearFaults();
});

let lines = 0;
/** Adds a line of the client. */
async function addLine(): Promise<{ id: string; password: () => string }> {
  const n = ++lines;
  const made = { id: `900${n}`, username: `114200000${n}`, customer: '501', plan: '11' };
  const row = { panel: 'voice', product: 'line', client: '501', status: 'active' };
  await at.sluice.services.add(`line-${n}`, { ...row, astbilling_subscriber_id: voice.addSubscriber(made) });
  return { id: `line-${n}`, password: () => voice.subscriber(made.id).password };
}

const CHANGE = /^(PUT|PATCH) /;

/** The panel does the change, or does not, and from then on no answer arrives. */
function loseAnswers(when: 'before' | 'after'): void {
  let isDone = false;
  const match = (): boolean => (isDone = true);
  voice.server.inject({ match: () => isDone, fault: { kind: 'cut' } });
  voice.server.inject({ endpoint: CHANGE, match, when, fault: { kind: 'cut' } });
}

/** Returns what a page shows after a label of its facts; null where it has none. */
function factOf(page: string, label: string): string | null {
  return new RegExp(` ${label} (\\S{16,}) Back`).exec(page)?.[1] ?? null;
}

async function getOnPage(id: string): Promise<{ status: number; page: string; shown: string | null }> {
  const answer = await link.post(`/services/${id}/password`, {});
  const page = textOf(await answer.text());
  return { status: answer.status, page, shown: factOf(page, 'New password') };
}

interface Answer {
  run: { outcome: string };
  service: { status: string; error: { code: string; message: string } | null };
  credentials: { password: string; inDoubt?: true } | null;
}

async function getByToken(id: string): Promise<Answer> {
  const { json } = await at.call(`POST /services/${id}/provision/change-password`, { token, body: {} });
  return json as unknown as Answer;
}

describe('a password that the panel may not have', () => {
  it('is given to a client with the code of the error, and as one in doubt', async () => {
    const line = await addLine();
    loseAnswers('after');
    const { run, service, credentials } = await getByToken(line.id);
    expect(run.outcome).toBe('partial');
    expect(service).toMatchObject({ status: 'failed', error: { code: 'outcome_unknown' } });
    expect(service.error?.message).toMatch(/^It is not known yet whether this was done\..* try again/);
    expect(credentials).toMatchObject({ password: line.password(), inDoubt: true });
  });

  it.each([
    [
      'no answer comes any more',
      () => {
        loseAnswers('before');
      },
    ],
    [
      'only the answer to the change is lost',
      () => {
        voice.server.inject({ endpoint: CHANGE, when: 'before', fault: { kind: 'cut' } });
      },
    ],
  ])('is no new one on the page: %s', async (_what, lose) => {
    const line = await addLine();
    const former = line.password();
    lose();
    const { page, shown } = await getOnPage(line.id);
    expect({ shown, onPanel: line.password() }).toEqual({ shown: null, onPanel: former });
    expect(page).toContain('It is not known yet whether the password was replaced. Try this one');
    expect(factOf(page, 'Password to try')).not.toBeNull();
  });

  it('is followed by another one that the panel has', async () => {
    const line = await addLine();
    loseAnswers('before');
    await getOnPage(line.id);
    voice.server.clearFaults();
    at.clock.advance(60_000);
    const { shown } = await getOnPage(line.id);
    expect(shown).toBe(line.password());
  });
});

describe('a panel that does not answer', () => {
  it('changes nothing, and the client reads so', async () => {
    const line = await addLine();
    const former = line.password();
    voice.server.inject({ fault: { kind: 'cut' } });
    const { run, service, credentials } = await getByToken(line.id);
    expect({ outcome: run.outcome, credentials }).toEqual({ outcome: 'failed', credentials: null });
    expect(service.error).toEqual({
      code: 'PANEL_UNREACHABLE',
      message: 'This could not be done; the operator of the service sees why',
    });
    const { status, page } = await getOnPage(line.id);
    expect([status, page]).toEqual([502, expect.stringContaining('This could not be done at the moment')]);
    expect(line.password()).toBe(former);
  });
});

/** As the panel stores a password. */
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

describe('a password that was set', () => {
  /** The last poll could not read the usage of the account. */
  async function failLastPoll(): Promise<void> {
    relay.server.inject({ fault: { kind: 'cut' } });
    at.clock.advance(900_000);
    await at.sluice.poll({ panel: 'relay' });
    relay.server.clearFaults();
    expect((await at.sluice.services.show('relay-1')).error).not.toBeNull();
  }

  it('is shown on the page whatever the last poll failed with', async () => {
    await failLastPoll();
    const { status, shown } = await getOnPage('relay-1');
    expect({ status, onPanel: md5(shown ?? '') }).toEqual({ status: 200, onPanel: relay.user(user)?.pwd });
  });

  it('is given to a client without the error of the last poll', async () => {
    await failLastPoll();
    const { run, service, credentials } = await getByToken('relay-1');
    expect({ outcome: run.outcome, error: service.error }).toEqual({ outcome: 'done', error: null });
    expect(md5(credentials?.password ?? '')).toBe(relay.user(user)?.pwd);
    expect(credentials).not.toHaveProperty('inDoubt');
  });
});

it('is not offered for a service that has ended', async () => {
  expect(await link.text('/services/relay-1')).toContain('/services/relay-1/password"');
  await at.sluice.services.set('relay-1', { status: 'terminated' });
  expect(await link.text('/services/relay-1')).not.toContain('/services/relay-1/password"');
  const page = await link.get('/services/relay-1/password');
  expect([page.status, textOf(await page.text())]).toEqual([409, expect.stringContaining('This service has ended')]);
});
