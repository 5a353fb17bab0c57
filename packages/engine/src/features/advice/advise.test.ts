import { describe, expect, it } from '@jest/globals';
import { ADVICE_STATES } from '@sluice/contract/documents';
import type { Advice, PackageView, ServiceDetail } from '@sluice/contract/documents';
import { inEnglish } from '../explain/client-reasons.js';
import { type AdviceFacts, advise } from './advise.js';
import { sayAdvice } from './say-advice.js';

const GB = 1024 ** 3;
const NOW = '2026-11-20T12:00:00.000Z';
const SINCE = '2026-11-18T09:00:00.000Z';
const [START, END] = ['2026-11-15T00:00:00.000Z', '2026-12-15T00:00:00.000Z'];

type Own = Partial<Record<keyof ServiceDetail, unknown>> & { usedGb?: number | null };

/** Returns a service of 100 GB, of which it has used 10. */
function service({ usedGb = 10, ...own }: Own = {}): ServiceDetail {
  const used = usedGb === null ? null : usedGb * GB;
  return {
    ...{
      id: 'svc-1',
      panel: 'dcim',
      lifecycle: 'active',
      status: 'ok',
      observing: false,
      mode: 'TOTAL',
      client: 'c-1',
    },
    ...{ cycle: { start: START, end: END }, quota: { bytes: 100 * GB, source: 'product.total' }, protected: false },
    usage: used === null ? null : { inBytes: 0, outBytes: used, totalBytes: used, readAt: SINCE },
    allowance: { unlimited: false, baseBytes: 100 * GB, extraBytes: 0, allowedBytes: 100 * GB, remainingBytes: 0 },
    limits: [{ id: 'quota', window: { start: START, end: END }, unit: 'bytes', used, allowed: 100 * GB, held: false }],
    ...{ holds: [], purchases: [], fallen: null, termination: null, panelDownSince: null, doubted: null, error: null },
    ...{ quotaReleasedUntil: null, protectedUntil: null, unpaid: false },
    ...own,
  } as unknown as ServiceDetail;
}

const held = (reason: string, marks: object = {}): object => ({ reason, since: SINCE, ...marks });
const heldFor = (...reasons: string[]): Own => ({ usedGb: 120, holds: reasons.map((reason) => held(reason)) });

function onOffer(id: string, price: string, missingBytes: number | null = 0): PackageView {
  const effect = { missingBytes, least: null, instead: [], stays: [], stops: [] };
  return {
    id,
    name: id,
    price,
    currency: 'EUR',
    bytes: 50 * GB,
    taxed: false,
    lastCharged: null,
    withTax: null,
    products: [],
    effect,
  };
}

const PAGES = { topUpUrl: 'https://pay.example.com/add', invoicesUrl: 'https://pay.example.com/invoices' };
const FACTS: AdviceFacts = {
  ...{
    at: NOW,
    stopped: false,
    skip: null,
    packages: [],
    mayBuy: true,
    credit: null,
    contactUrl: 'mailto:help@example.com',
    outlook: null,
    owed: null,
  },
  terms: { leavesInvoice: false, ...PAGES },
};

/** Returns an advice in short: state, restriction, when it comes back, what to do, and its text. */
function toAdvice(own: Own, facts: Partial<AdviceFacts> = {}) {
  const of = service(own);
  const { state, restriction, back, action, ...rest } = advise(of, { ...FACTS, ...facts });
  const said = sayAdvice({ state, restriction, back, action, ...rest }, of, { now: facts.at ?? NOW, timeZone: 'UTC' });
  const text = said.map(inEnglish).join(' ');
  return { state, restriction, back: back?.at ?? back?.by ?? null, do: action?.do ?? null, action, text, ...rest };
}

const SHOP = { packages: [onOffer('large', '9.00'), onOffer('small', '4.00', 5 * GB), onOffer('medium', '5.00')] };
const TWO_CURRENCIES = { packages: [onOffer('a', '5.00'), { ...onOffer('b', '4.00'), currency: 'IRR' }] };
const BUY_ANY = { do: 'buy', package: null, invoice: null, url: null };
const ORDERED = {
  purchases: [{ client: 'c-1', status: 'pending', invoice: '1016', invoiceUrl: 'https://pay.example.com/1016' }],
};
/** The outlook of a graph that runs out, on these days of November and December. */
const toOutlook = (at: string, earliest: string, latest: string | null): Partial<AdviceFacts> => {
  const growth = { readAt: SINCE, usedBytes: GB, perDayBytes: GB, lowPerDayBytes: GB, highPerDayBytes: GB };
  return { outlook: { outlook: 'runs-out', ...growth, at, earliest, latest } };
};
const SOON = toOutlook('2026-11-22T08:00:00.000Z', '2026-11-22T01:00:00.000Z', '2026-11-22T20:00:00.000Z');
const BETWEEN = toOutlook('2026-11-24T08:00:00.000Z', '2026-11-22T01:00:00.000Z', '2026-11-29T20:00:00.000Z');
const DOUBTFUL = toOutlook('2026-12-10T08:00:00.000Z', '2026-12-01T01:00:00.000Z', null);
const TRAFFIC_LIMIT = {
  ...{ id: 'quota', window: { start: START, end: END }, unit: 'bytes', used: 10 * GB, allowed: 100 * GB, held: false },
};
const LINE_LIMIT = { id: 'spend', window: { start: START, end: END }, unit: 'BRL', used: '20.53', allowed: '20.00' };

type Case = [what: string, own: Own, facts: Partial<AdviceFacts>, expected: object];
const RESTRICTED = 'The service is restricted.';
const COMES_BACK = 'The service comes back on 2026-12-15';
const USED_UP = 'The traffic of this period is used up';

const CASES: Case[] = [
  [
    ...(['a service within its quota', {}, SHOP] as const),
    {
      ...{ state: 'fine', restriction: 'none', back: null, do: null, lastReadAt: null },
      text: 'Everything is in order: 10 GB of 100 GB (10%) are used. The next period begins on 2026-12-15.',
    },
  ],
  [
    ...(['one whose traffic runs out before the next period', {}, { ...SHOP, ...SOON }] as const),
    {
      ...{ state: 'running-out', restriction: 'none', back: null, do: 'buy' },
      text: 'At the present rate, the traffic runs out on 2026-11-22, before the next period begins on 2026-12-15.',
    },
  ],
  [
    ...(['one whose traffic runs out where nothing is sold', {}, BETWEEN] as const),
    {
      ...{ state: 'running-out', do: null },
      text: 'At the present rate, the traffic runs out between 2026-11-22 and 2026-11-29, before the next period begins on 2026-12-15.',
    },
  ],
  [
    ...(['one whose traffic only may run out', {}, { ...SHOP, ...DOUBTFUL }] as const),
    {
      ...{ state: 'running-out', do: null },
      text: 'At the present rate, the traffic may run out on 2026-12-10, before the next period begins on 2026-12-15.',
    },
  ],
  [
    ...(['nearly used up, and runs out', { usedGb: 85 }, { ...SHOP, ...SOON }] as const),
    {
      ...{ state: 'near', do: 'buy' },
      text: 'Nearly used up: 85 GB of 100 GB (85%) are used. At the present rate, the traffic runs out on 2026-11-22, before the next period begins on 2026-12-15.',
    },
  ],
  ['held while an outlook is known', heldFor('quota'), { ...SHOP, ...SOON }, { state: 'used-up', runsOut: null }],
  [
    ...(['one whose calls are not paid', { quota: null, limits: [], usage: null }] as const),
    { owed: { invoice: 'inv-1', amount: '1.79', currency: 'BRL', url: null } },
    {
      ...{ state: 'owing', restriction: 'none', do: 'pay', text: 'Calls are not paid yet: 1.79 BRL are due.' },
      action: expect.objectContaining({ invoice: 'inv-1', url: PAGES.topUpUrl }),
    },
  ],
  ['one without a quota', { quota: null, limits: [], allowance: null, usage: null }, {}, { state: 'fine', do: null }],
  ['one with an ordered package', ORDERED, {}, { state: 'fine', do: 'pay' }],
  ['79 %', { usedGb: 79 }, SHOP, { state: 'fine', do: null }],
  [
    ...(['80 %', { usedGb: 80 }, SHOP] as const),
    {
      ...{ state: 'near', do: 'buy', restriction: 'none' },
      text: 'Nearly used up: 80 GB of 100 GB (80%) are used. The next period begins on 2026-12-15.',
    },
  ],
  ['80 % where nothing is sold', { usedGb: 80 }, {}, { state: 'near', do: null }],
  [
    ...(['used up and held', heldFor('quota'), SHOP] as const),
    {
      ...{ state: 'used-up', restriction: 'whole', back: END, do: 'buy' },
      text: `${RESTRICTED} ${USED_UP}. ${COMES_BACK}, or once you have bought enough traffic.`,
    },
  ],
  [
    ...(['used up where nothing is sold', heldFor('quota'), {}] as const),
    { do: 'ask', text: `${RESTRICTED} ${USED_UP}. ${COMES_BACK}.` },
  ],
  [
    ...(['used up, with prices in two currencies of which nobody knows which is less', heldFor('quota')] as const),
    ...([TWO_CURRENCIES, { do: 'buy', action: BUY_ANY }] as const),
  ],
  [
    ...(['used up without any credit, with prices in two currencies', heldFor('quota')] as const),
    ...([{ ...TWO_CURRENCIES, credit: { balance: '0', currency: null } }, { do: 'add-credit' }] as const),
  ],
  ['used up, read by a link that may not buy', heldFor('quota'), { ...SHOP, mayBuy: false }, { do: 'ask' }],
  [
    ...(['used up with an ordered package', { ...heldFor('quota'), ...ORDERED }, SHOP] as const),
    {
      ...{ state: 'used-up', do: 'pay' },
      text: `${RESTRICTED} ${USED_UP}. ${COMES_BACK}, or once enough traffic is paid for.`,
    },
  ],
  [
    ...(['used up and not restricted yet', { usedGb: 120 }, SHOP] as const),
    {
      ...{ state: 'used-up', restriction: 'due', back: null, do: 'buy' },
      text: `${USED_UP}; the service is to be restricted. The next period begins on 2026-12-15.`,
    },
  ],
  [
    ...([
      'held, and nothing on the panel yet',
      { usedGb: 120, holds: [held('quota', { restricting: true })] },
    ] as const),
    ...([SHOP, { state: 'used-up', restriction: 'due', do: 'buy' }] as const),
  ],
  [
    ...(['held in part', { usedGb: 120, holds: [held('quota', { partly: true })] }, SHOP] as const),
    {
      restriction: 'part',
      text: `A part of the service is restricted. ${USED_UP}. ${COMES_BACK}, or once you have bought enough traffic.`,
    },
  ],
  [
    ...(['used up under observe', { usedGb: 120, observing: true }, SHOP] as const),
    { restriction: 'none', text: `${USED_UP}. The next period begins on 2026-12-15.` },
  ],
  [
    ...(['held under observe', { ...heldFor('quota'), observing: true }, SHOP] as const),
    {
      back: 'provider',
      do: 'buy',
      text: `${RESTRICTED} ${USED_UP}. It comes back once your provider allows that.`,
    },
  ],
  [
    ...(['used up while the panel is away', { ...heldFor('quota'), panelDownSince: SINCE }, SHOP] as const),
    {
      ...{ state: 'used-up', back: END, do: 'buy', lastReadAt: SINCE },
      text: `${RESTRICTED} ${USED_UP}. ${COMES_BACK}, or once you have bought enough traffic. Newer figures can’t be read at the moment: these are from ${SINCE}.`,
    },
  ],
  [
    ...(['held with room again', { usedGb: 10, holds: [held('quota')] }, SHOP] as const),
    {
      ...{ state: 'used-up', back: 'reading', do: null },
      text: 'The service is restricted. The traffic of this period was used up, and there is room again. It comes back with the next reading of its usage, unless your provider has to allow that first.',
    },
  ],
  [
    ...(['held with room again, and the brake on', { usedGb: 10, holds: [held('quota')] }] as const),
    ...([
      { ...SHOP, stopped: true },
      { back: 'provider', do: 'ask' },
    ] as const),
  ],
  [
    ...(['held in a period that has ended', heldFor('quota'), { ...SHOP, at: '2026-12-16T00:00:00.000Z' }] as const),
    { state: 'used-up', back: 'reading', do: null, text: expect.stringContaining('a new period has begun') },
  ],
  [
    ...(['held by a figure that fell', { ...heldFor('quota'), fallen: { usedBytes: 0, peakBytes: GB } }] as const),
    ...([
      SHOP,
      {
        back: 'provider',
        do: 'ask',
        text: expect.stringMatching(/^The service is restricted\. Earlier in this period 1 GB/),
      },
    ] as const),
  ],
  [
    ...(['used up and overdue, which no run reads', { ...heldFor('quota'), unpaid: undefined }] as const),
    { ...SHOP, skip: 'overdue' },
    { back: 'payment', do: 'pay', text: expect.stringContaining('it is renewed') },
  ],
  [
    'used up on a panel that no run reads',
    heldFor('quota'),
    { ...SHOP, skip: 'panel' },
    { back: 'provider', do: 'ask' },
  ],
  [
    'held under observe, and nothing on the panel',
    { usedGb: 120, holds: [held('quota', { restricting: true })], observing: true },
    {},
    { restriction: 'none', text: expect.stringContaining(`${USED_UP}; the service is not restricted.`) },
  ],
  [
    'used up while the brake is on',
    { usedGb: 120 },
    { ...SHOP, stopped: true },
    { restriction: 'none', do: 'buy', text: `${USED_UP}. The next period begins on 2026-12-15.` },
  ],
  ['unpaid while the brake is on', { unpaid: true }, { stopped: true }, { state: 'unpaid', restriction: 'none' }],
  ['held without a quota any more', { ...heldFor('quota'), quota: null }, SHOP, { back: 'provider', do: 'ask' }],
  [
    ...(['unpaid', { ...heldFor('billing'), lifecycle: 'suspended', unpaid: true }, SHOP] as const),
    {
      ...{ state: 'unpaid', back: 'payment', do: 'pay', action: expect.objectContaining({ url: PAGES.invoicesUrl }) },
      text: 'The service is restricted. An invoice is not paid. The service comes back after the payment.',
    },
  ],
  [
    ...(['unpaid where no page of invoices is known', { ...heldFor('billing'), unpaid: true }] as const),
    ...([{ terms: { ...FACTS.terms, invoicesUrl: null } }, { state: 'unpaid', do: 'ask' }] as const),
  ],
  [
    'paid by now',
    heldFor('billing'),
    SHOP,
    {
      state: 'unpaid',
      back: 'reading',
      do: null,
      text: expect.stringMatching(/^The service is restricted\. An invoice was not paid/),
    },
  ],
  ['unpaid, not held yet', { unpaid: true }, SHOP, { state: 'unpaid', restriction: 'due', do: 'pay' }],
  [
    'unpaid and protected',
    { unpaid: true, protected: true },
    SHOP,
    { state: 'unpaid', restriction: 'none', do: 'pay' },
  ],
  [
    ...(['unpaid and used up', { ...heldFor('quota', 'billing'), unpaid: true }, SHOP] as const),
    {
      ...{ state: 'unpaid', also: true, back: null, do: 'pay' },
      text: 'The service is restricted. An invoice is not paid. Another reason restricts it, too; see below.',
    },
  ],
  [
    ...(['suspended by the provider', heldFor('quota', 'billing', 'manual'), SHOP] as const),
    { state: 'suspended', do: 'ask', action: expect.objectContaining({ url: 'mailto:help@example.com' }) },
  ],
  ['suspended alone', heldFor('manual'), SHOP, { state: 'suspended', back: 'provider', do: 'ask' }],
  ['held for its reseller', heldFor('agent-limit'), SHOP, { state: 'reseller', back: 'provider', do: 'ask' }],
  [
    ...(['over a limit in money', { holds: [held('spend')], limits: [LINE_LIMIT], quota: null, usage: null }] as const),
    SHOP,
    {
      ...{ state: 'limit', restriction: 'whole', back: END, do: 'ask' },
      text: `${RESTRICTED} The limit “spend” is used up: 20.53 of 20.00 BRL are spent. ${COMES_BACK}.`,
    },
  ],
  [
    ...(['near a limit in money', { limits: [{ ...LINE_LIMIT, used: '16.00' }], quota: null, usage: null }] as const),
    ...([SHOP, { state: 'near', do: null, text: 'Nearly used up: 16.00 of 20.00 BRL are spent.' }] as const),
  ],
  [
    ...([
      'near a limit in money, of little traffic',
      { limits: [TRAFFIC_LIMIT, { ...LINE_LIMIT, used: '16.00' }] },
    ] as const),
    ...([SHOP, { state: 'near', do: null, text: expect.stringContaining('16.00 of 20.00 BRL are spent') }] as const),
  ],
  [
    ...(['released, but not undone', { holds: [held('quota', { releasing: true })] }, SHOP] as const),
    { state: 'coming-back', back: 'panel', do: null },
  ],
  [
    ...(['released while the brake is on', { holds: [held('quota', { releasing: true })] }] as const),
    ...([{ stopped: true }, { state: 'coming-back', back: 'provider', do: 'ask' }] as const),
  ],
  ['stopped on its panel', { stoppedByPanel: { since: SINCE, message: null } }, SHOP, { state: 'stopped', do: 'ask' }],
  [
    ...(['unread while the panel is away', { panelDownSince: SINCE }, SHOP] as const),
    {
      ...{ state: 'unreachable', do: null, lastReadAt: SINCE },
      text: `The service is not restricted, as far as is known; its panel can’t be read at the moment. The figures are from ${SINCE}.`,
    },
  ],
  [
    'on a panel that was removed',
    { panelDownSince: SINCE, panelRemoved: true },
    {},
    { state: 'unreachable', do: 'ask' },
  ],
  ['nearly used up, panel away', { usedGb: 90, panelDownSince: SINCE }, SHOP, { state: 'near', lastReadAt: SINCE }],
  ['never read', { usedGb: null }, SHOP, { state: 'unknown', do: null, text: 'How much is used is not known yet.' }],
  ['in a new period', {}, { at: '2026-12-16T00:00:00.000Z' }, { state: 'new-period', do: null }],
  ['pending', { lifecycle: 'pending' }, SHOP, { state: 'not-begun', do: 'ask' }],
  ['being ended', { termination: { since: SINCE, by: null, remains: [] } }, SHOP, { state: 'ending', do: 'ask' }],
  ['ended', { ...heldFor('quota'), lifecycle: 'terminated' }, SHOP, { state: 'ended', do: 'ask', lastReadAt: null }],
];

describe('the advice for a service that is', () => {
  it.each(CASES)('%s', (_what, own, facts, expected) => {
    expect(toAdvice(own, facts)).toMatchObject(expected);
  });

  it('in each state that there is', () => {
    const found = new Set(CASES.map(([, own, facts]) => toAdvice(own, facts).state));
    expect([...ADVICE_STATES].filter((state) => !found.has(state))).toEqual([]);
  });
});

describe('what is bought', () => {
  const action = (facts: Partial<AdviceFacts>, own: Own = heldFor('quota')): Advice['action'] =>
    toAdvice(own, facts).action;

  it('is the cheapest package that is enough, and any where none is', () => {
    expect(action(SHOP)).toMatchObject({ do: 'buy', package: 'medium' });
    expect(action(SHOP, { usedGb: 85 })).toMatchObject({ do: 'buy', package: 'small' });
    expect(action({ packages: [onOffer('small', '4.00', 5 * GB)] })).toMatchObject({ do: 'buy', package: null });
    expect(action({ packages: [{ ...onOffer('medium', '5.00'), refused: 'no_client' }] })?.do).toBe('ask');
  });

  it('needs credit, where no invoice is left for what it does not cover', () => {
    const credit = { balance: '4.99', currency: 'EUR' };
    expect(action({ ...SHOP, credit })).toMatchObject({ do: 'add-credit', url: PAGES.topUpUrl });
    expect(toAdvice(heldFor('quota'), { ...SHOP, credit }).text).toBe(
      `${RESTRICTED} ${USED_UP}. ${COMES_BACK}, or once you have added credit and bought enough traffic. For the cheapest package that helps, 0.01 EUR of credit are missing.`,
    );
    expect(action({ ...SHOP, credit: { ...credit, balance: '5.00' } })?.do).toBe('buy');
    expect(action({ ...SHOP, credit, terms: { ...FACTS.terms, leavesInvoice: true } })?.do).toBe('buy');
    expect(action({ ...SHOP, credit, terms: { ...FACTS.terms, topUpUrl: null } })?.do).toBe('ask');
    const taxed = [{ ...onOffer('medium', '5.00'), taxed: true, lastCharged: '5.95' }];
    expect(action({ packages: taxed, credit: { ...credit, balance: '5.50' } })?.do).toBe('add-credit');
    expect(action({ ...SHOP, credit: { balance: '0', currency: 'USD' } })?.do).toBe('buy');
  });
});
