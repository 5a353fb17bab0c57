import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BillingSystem, Charge, Invoice, NewLine } from '@sluice/contract/ports';
import type { Fault } from '@sluice/fake-panels';
import { charge } from '@sluice/engine';
import type { ChargeRequest } from '@sluice/engine/options';
import { SluiceError } from '@sluice/panel-kind';
import { SENDING } from '../test/describe-billing.js';
import { openWhmcsWorld, type WhmcsWorld } from './whmcs-world.js';

/** More calls than any method of the port makes. */
const MOST_CALLS = 40;

let world: WhmcsWorld;
let billing: BillingSystem;
/** Waits briefly; for answers that never come. */
let hasty: BillingSystem;
let keys = 0;
beforeAll(async () => {
  world = await openWhmcsWorld({ quirks: { taxRate: '20.000' } });
  ({ billing } = world);
  hasty = await world.openWith({ timeout: 100 });
});
beforeEach(() => {
  world.fake.server.clearFaults();
});
afterAll(async () => {
  expect(world.fake.server.failures).toEqual([]);
  await world.close();
});

interface Trouble {
  name: string;
  when?: 'before' | 'after';
  fault: Fault;
}

const troubles: Trouble[] = [
  { name: 'cut before the work', fault: { kind: 'cut' } },
  { name: 'cut after the work', when: 'after', fault: { kind: 'cut' } },
  { name: '500 before the work', fault: { kind: 'status', status: 500 } },
  { name: '500 after the work', when: 'after', fault: { kind: 'status', status: 500 } },
  { name: 'a page after the work', when: 'after', fault: { kind: 'html' } },
  { name: 'a page with 403 after the work', when: 'after', fault: { kind: 'html', status: 403 } },
  { name: 'half an answer', fault: { kind: 'truncated' } },
  { name: 'no answer before the work', fault: { kind: 'hang' } },
  { name: 'no answer after the work', when: 'after', fault: { kind: 'hang' } },
];

const newRequest = (client: string, fields: Partial<ChargeRequest> = {}): ChargeRequest => ({
  key: `key-${(keys += 1)}`,
  description: 'Extra traffic',
  amount: '10.00',
  taxed: true,
  client,
  currency: 'EUR',
  since: world.now(),
  whenShort: 'refuse',
  ...fields,
});

const lives = (client: string): { status: string; credit: string }[] =>
  world.fake.invoices(Number(client)).filter(({ status }) => status !== 'Cancelled');

/** Checks that a failure is one of the port's, and returns its code. */
function expectClear(error: unknown): string {
  if (!(error instanceof SluiceError)) throw error;
  expect(['outcome_unknown', 'billing_unavailable']).toContain(error.code);
  return error.code;
}

/** Returns what the first call ended with. A failed one has changed nothing, or says that it may have. */
async function outcome<T>(client: string, call: Promise<T>): Promise<T | null> {
  const before = JSON.stringify([world.fake.invoices(Number(client)), world.fake.credit(Number(client))]);
  try {
    return await call;
  } catch (error) {
    const code = expectClear(error);
    const after = JSON.stringify([world.fake.invoices(Number(client)), world.fake.credit(Number(client))]);
    if (code === 'billing_unavailable') expect(after).toBe(before);
    return null;
  }
}

async function repeated<T>(call: () => Promise<T>): Promise<T> {
  for (let left = 3; left > 0; left -= 1) {
    const done = await call().catch((error: unknown) => {
      expectClear(error);
      return null;
    });
    if (done !== null) return done;
  }
  throw new Error('It stays unclear.');
}

/** Between the calls that fail in turn. */
const STEP = process.env['SLUICE_LONG'] === '1' ? 1 : 9;

/** Runs a scene with trouble in its first call, its second and so on, until it ends without the trouble. */
async function atEveryCall(scene: (skip: number) => Promise<void>): Promise<number> {
  const { server } = world.fake;
  for (let skip = 0; skip < MOST_CALLS; skip += STEP) {
    server.clearFaults();
    server.clearCalls();
    await scene(skip);
    if (!server.calls.some(({ fault }) => fault !== null)) return skip;
  }
  throw new Error('The scene has too many calls.');
}

const charges = (request: ChargeRequest): Promise<Charge> => charge(billing, request);

describe.each(troubles)('$name, in any call', ({ fault, when = 'before' }) => {
  // Without an answer every call waits, repeats too.
  const system = (): BillingSystem => (fault.kind === 'hang' ? hasty : billing);

  it('of a charge: then one invoice, paid once', async () => {
    const calls = await atEveryCall(async (skip) => {
      const client = await world.addClient('EUR', '30.00');
      const request = newRequest(client);
      world.fake.server.inject({ skip, times: 1, when, fault });
      await outcome(client, charge(system(), request));
      expect(await repeated(() => charge(system(), request))).toMatchObject({
        state: 'paid',
        invoice: { total: '12.00' },
      });
      expect(lives(client)).toMatchObject([{ status: 'Paid', credit: '12.00' }]);
      // A search that comes too late cancels the invoices that it should have prevented.
      if (fault.kind !== 'hang') expect(world.fake.invoices(Number(client))).toHaveLength(1);
      expect(world.fake.credit(Number(client))).toBe('18.00');
    });
    expect(calls).toBeGreaterThan(8);
  });

  it('of a charge that the credit does not cover with tax: then nothing to pay', async () => {
    await atEveryCall(async (skip) => {
      const client = await world.addClient('EUR', '11.00');
      const request = newRequest(client);
      world.fake.server.inject({ skip, times: 1, when, fault });
      await outcome(client, charge(system(), request));
      const { state } = await repeated(() => charge(system(), request));
      expect(['short', 'cancelled']).toContain(state);
      expect(lives(client)).toEqual([]);
      expect(world.fake.credit(Number(client))).toBe('11.00');
    });
  });

  it('of an addition, a cancellation and a refund: then each is made once', async () => {
    await atEveryCall(async (skip) => {
      const client = await world.addClient('EUR', '20.00');
      const items = [{ description: 'x', amount: '5.00' }];
      const open = String(world.fake.addInvoice({ client: Number(client), items }));
      const sold = [{ description: `x [sluice:sold-${skip}]`, amount: '5.00' }];
      const paid = world.fake.addInvoice({ client: Number(client), items: sold });
      const own = newRequest(client, { amount: '100.00', whenShort: 'leave-open' });
      const alone = await charge(billing, own);
      if (alone.state !== 'open') throw new Error(alone.state);
      const { id } = alone.invoice;
      world.fake.pay(paid);
      const { key, description, amount } = newRequest(client);
      const line = { key, description, amount, taxed: false };
      const put = async (one: NewLine): Promise<Invoice> => system().put(one, await system().invoice(open), SENDING);
      world.fake.server.inject({ skip, times: 1, when, fault });
      await outcome(client, put(line));
      expect((await repeated(() => put(line))).lines).toHaveLength(2);
      const request = { key, charge: `sold-${skip}`, client, amount: '5.00', currency: 'EUR' };
      const refund = () => system().refund(String(paid), request, SENDING);
      await outcome(client, refund());
      expect(await repeated(refund)).toMatchObject({ balance: '25.00' });
      await outcome(client, system().cancel(id, own.key));
      const cancelled = await repeated(() => system().cancel(id, own.key));
      expect(cancelled).toMatchObject({ status: 'cancelled', total: '120.00' });
    });
  });
});

describe('a change that is completed late', () => {
  it.each(['before', 'after'] as const)('%s the repeat: then one invoice, paid once', async (order) => {
    await atEveryCall(async (skip) => {
      const client = await world.addClient('EUR', '30.00');
      const request = newRequest(client);
      let release: () => void = () => undefined;
      const until = new Promise<void>((resolve) => (release = resolve));
      world.fake.server.inject({ skip, times: 1, fault: { kind: 'wait', until: () => until } });
      await outcome(client, charge(hasty, request));
      if (order === 'after') await outcome(client, charge(hasty, request));
      release();
      expect(await repeated(() => charges(request))).toMatchObject({ state: 'paid' });
      expect(await repeated(() => charges(request))).toMatchObject({ state: 'paid' });
      expect(lives(client)).toMatchObject([{ status: 'Paid', credit: '12.00' }]);
      expect(world.fake.credit(Number(client))).toBe('18.00');
    });
  });
});

it('a charge that is killed in any call is completed by the next', async () => {
  const { server } = world.fake;
  for (let kill = 1; kill < MOST_CALLS; kill += 1) {
    const client = await world.addClient('EUR', '30.00');
    const request = newRequest(client);
    const killer = new AbortController();
    let calls = 0;
    const off = server.onCall(() => {
      if ((calls += 1) === kill) killer.abort(new Error('killed'));
    });
    const first = await charge(billing, request, killer.signal).catch((error: unknown) => error);
    off();
    if (first instanceof Error) {
      const wrote = first instanceof SluiceError;
      expect(wrote ? first.code : first.message).toBe(wrote ? 'outcome_unknown' : 'killed');
    }
    expect(await repeated(() => charges(request))).toMatchObject({ state: 'paid' });
    expect(lives(client)).toMatchObject([{ status: 'Paid', credit: '12.00' }]);
    expect(world.fake.credit(Number(client))).toBe('18.00');
    if (calls < kill) return;
  }
  throw new Error('The charge has too many calls.');
});
