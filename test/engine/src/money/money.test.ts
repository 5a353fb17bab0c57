import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeWhmcs, few } from '@sluice/fake-panels';
import { SluiceError } from '@sluice/panel-kind';
import { during } from '../bench/during.js';
import { MINUTE } from '../bench/engine-bench.js';
import { type MoneyWorld, openBill, openPurchase, openRefund } from './worlds.js';

let world: MoneyWorld;
afterEach(() => world.close());

/** More than any line takes. */
const MOMENTS = Array.from({ length: 90 }, (_, index) => index + 1);

const ofWhmcs = (): FakeWhmcs => {
  if (world.fake === null) throw new Error('no WHMCS');
  return world.fake;
};

/** Makes the line; what fails is finished later. */
async function tryMake(signal?: AbortSignal): Promise<void> {
  await world.make(world.sluice, signal).catch((error: unknown) => {
    if (!(error instanceof SluiceError)) throw error;
  });
}

const DONE = ['paid', 'confirmed', 'made'];

/** The line is on one invoice once, and all that is stored says so; also after another run. */
async function expectOnce(): Promise<void> {
  for (let run = 0; run < 2; run += 1) {
    await world.finish();
    expect(await world.lines()).toEqual([world.amount]);
    const states = await world.states();
    expect([states.length, DONE.includes(states[0] ?? '')]).toEqual([1, true]);
    expect(await world.problems()).toEqual([]);
  }
}

interface Kind {
  name: string;
  open: () => Promise<MoneyWorld>;
}

const IN_LEDGER: Kind[] = [
  { name: 'a purchase in the ledger', open: () => openPurchase('ledger') },
  { name: 'a refund in the ledger', open: () => openRefund('ledger') },
  { name: 'a bill of calls in the ledger', open: () => openBill('ledger', false) },
];
const ON_INVOICES: Kind[] = [
  { name: 'a purchase in WHMCS', open: () => openPurchase('whmcs') },
  { name: 'a bill of calls on an invoice of its own in WHMCS', open: () => openBill('whmcs', false) },
  { name: 'a bill of calls on the invoice of its service in WHMCS', open: () => openBill('whmcs', true) },
];
const REFUND: Kind = { name: 'a refund in WHMCS', open: () => openRefund('whmcs') };
const IN_WHMCS: Kind[] = [...ON_INVOICES, REFUND];
/** What can't be taken back where it was made twice. */
const IRREVOCABLE: Kind[] = [...ON_INVOICES.slice(1), REFUND];
const SENDS = ['CreateInvoice', 'UpdateInvoice', 'AddCredit'];

describe.each([...IN_LEDGER, ...IN_WHMCS])('$name', ({ open }) => {
  beforeEach(async () => {
    world = await open();
  });

  it('is made once, killed before any write or call', async () => {
    let moments = 0;
    for (const moment of few(MOMENTS, world.fake === null ? 1 : 6)) {
      if (!(await world.killedAt(moment, (sluice) => world.make(sluice)))) break;
      moments = moment;
      await expectOnce();
      await world.close();
      world = await open();
    }
    expect(moments).toBeGreaterThan(3);
    await expectOnce();
  });

  it('is made once by two at once', async () => {
    const two = await Promise.allSettled([world.make(world.sluice), world.make(world.sluice)]);
    expect(two.map(({ status }) => status)).toContain('fulfilled');
    await expectOnce();
  });

  it('is found again where a process was killed that had sent it, also one of an earlier version', async () => {
    await world.make(world.sluice);
    await world.putInDoubt();
    await expectOnce();
  });
});

describe.each(IN_WHMCS)('$name', ({ open }) => {
  beforeEach(async () => {
    world = await open();
  });

  it.each([
    { name: 'lost before the work', when: 'before', fault: { kind: 'cut' } },
    { name: 'lost after the work', when: 'after', fault: { kind: 'cut' } },
    { name: 'a failure after the work', when: 'after', fault: { kind: 'status', status: 500 } },
    { name: 'a page after the work', when: 'after', fault: { kind: 'html' } },
  ] as const)('is made once, whichever answer is $name', async ({ when, fault }) => {
    for (const skip of few(MOMENTS, 8).map((moment) => moment - 1)) {
      const { server } = ofWhmcs();
      server.clearCalls();
      server.inject({ skip, times: 1, when, fault });
      await tryMake();
      const wasHit = server.calls.some((one) => one.fault !== null);
      server.clearFaults();
      await expectOnce();
      expect(
        ofWhmcs()
          .invoices()
          .filter(({ status }) => status === 'Draft'),
      ).toEqual([]);
      if (!wasHit) break;
      await world.close();
      world = await open();
    }
  });

  it('is made once where its run is interrupted while it is sent, and the change is completed later', async () => {
    const { server } = ofWhmcs();
    const stop = new AbortController();
    let isSent = false;
    const isSending = ({ endpoint }: { endpoint: string }): boolean =>
      !isSent && SENDS.includes(endpoint) && (isSent = true);
    await during(
      server,
      isSending,
      () => tryMake(stop.signal),
      () => {
        stop.abort('SIGINT');
        return Promise.resolve();
      },
    );
    expect(await world.states()).not.toContain('failed');
    await expectOnce();
  });
});

describe.each(ON_INVOICES)('$name whose answer is lost', ({ open }) => {
  beforeEach(async () => {
    world = await open();
  });

  /** Sends the line, and lets no answer arrive from then on; returns the invoice that has it. */
  async function lose(): Promise<number> {
    const { server } = ofWhmcs();
    let isSent = false;
    const off = server.inject({
      match: ({ endpoint }) => (isSent ||= SENDS.includes(endpoint)),
      when: 'after',
      fault: { kind: 'cut' },
    });
    await tryMake();
    off();
    expect(await world.lines()).toEqual([world.amount]);
    return findInvoice();
  }

  const findInvoice = (): number => {
    const has = ofWhmcs()
      .invoices()
      .filter(({ lines }) => lines.some(({ description }) => description.includes(world.text)));
    return has.at(-1)?.id ?? 0;
  };

  it('is found where staff merged its invoice into another one, and split it off again', async () => {
    const invoice = await lose();
    const fake = ofWhmcs();
    const { clientId } = fake.world.invoices.get(invoice) ?? { clientId: 0 };
    const items = [{ description: 'Hosting', amount: '30.00' }];
    const other = fake.addInvoice({ client: clientId, items });
    fake.mergeInvoice(invoice, other);
    for (let run = 0; run < 2; run += 1) {
      await world.finish();
      expect([await world.lines(), fake.invoice(other).status]).toEqual([[world.amount], 'Unpaid']);
    }
    const split = fake.splitInvoice(other, world.text);
    fake.pay(split);
    await world.finish();
    expect(await world.lines()).toEqual([world.amount]);
    expect(DONE).toContain((await world.states())[0]);
    expect(fake.invoice(other).status).toBe('Unpaid');
  });

  it('is not sent again where staff cancelled its invoice', async () => {
    ofWhmcs().setInvoiceStatus(await lose(), 'Cancelled');
    for (let run = 0; run < 2; run += 1) {
      await world.finish();
      expect(await world.lines()).toEqual([]);
      expect(DONE).not.toContain((await world.states())[0]);
    }
  });
});

describe.each(IRREVOCABLE)('$name that did not arrive', ({ open }) => {
  beforeEach(async () => {
    world = await open();
  });

  it.each(few([1, 6, 60], 2))(
    'is not sent again by a clock that was %i minutes ahead when it was sent',
    async (minutes) => {
      const isSent = ({ endpoint }: { endpoint: string }): boolean => SENDS.includes(endpoint);
      ofWhmcs().server.inject({ match: isSent, times: 1, fault: { kind: 'cut' } });
      await tryMake();
      world.clock.advance((1 - minutes) * MINUTE);
      for (let times = 0; times < 2; times += 1) {
        await world.again().catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'outcome_unknown' });
        });
        expect(await world.lines()).toEqual([]);
      }
      world.clock.advance((minutes + 10) * MINUTE);
      await expectOnce();
    },
  );
});
