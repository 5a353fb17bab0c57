import {
  type CallFilter,
  type Panel,
  type PanelKind,
  type PanelTelephony,
  type Plan,
  SluiceError,
  type Step,
  type TargetState,
} from '@sluice/panel-kind';
import type { CallRecord, Rate, Subscriber } from '@sluice/quota-core/telephony';
import * as z from 'zod/mini';

/** A telephony system in memory: its calls may be changed at any time. */
export interface Exchange {
  calls: CallRecord[];
  /** Sent with each page although nobody asked for them. */
  unasked: CallRecord[];
  rates: Rate[];
  installation: string;
  timeZone: string;
  subscriber: Subscriber;
  /** Windows that were read. */
  reads: CallFilter[];
  pageSize: number;
  /** States how many records a window has. */
  statesTotal: boolean;
  simulate: PanelTelephony['simulate'];
  reports: PanelTelephony['reports'];
  /** Fails the reads of call records. */
  failure: Error | null;
  /** How the calls of a line are paid by its product. */
  sold: 'postpaid' | 'prepaid';
}

export const LINE = '9001';

export function createExchange(): Exchange {
  return {
    calls: [],
    unasked: [],
    rates: [],
    installation: 'demo',
    timeZone: 'America/Sao_Paulo',
    reads: [],
    pageSize: 2,
    statesTotal: false,
    simulate: null,
    reports: null,
    failure: null,
    sold: 'postpaid',
    subscriber: {
      id: LINE,
      username: 'joao1042',
      customerId: '501',
      planId: '11',
      areaCode: '11',
      channels: 2,
      status: 'active',
      sip: { username: null, domain: null, passwordSet: true },
      callerId: null,
      billingType: 'postpaid',
      externalRef: null,
      createdAt: '2026-02-03T13:12:00.000Z',
      updatedAt: null,
      extra: {},
    },
  };
}

let ids = 0;

/** Returns the record of an answered call. */
export function call(startedAt: string, charge: string | null, fields: Partial<CallRecord> = {}): CallRecord {
  return {
    id: `c-${String((ids += 1)).padStart(6, '0')}`,
    uniqueId: null,
    direction: 'outbound',
    subscriberId: LINE,
    username: 'joao1042',
    source: '+551133330000',
    destination: '+5511987654321',
    destinationDescription: 'Celular',
    did: null,
    carrierId: null,
    trunkId: null,
    rateId: null,
    prefix: '5511',
    startedAt: new Date(startedAt).toISOString(),
    answeredAt: null,
    endedAt: null,
    durationSeconds: 50,
    talkSeconds: 45,
    billedSeconds: 48,
    pricePerMinute: '0.290000',
    charge,
    currency: 'BRL',
    disposition: 'ANSWERED',
    ...fields,
  };
}

/** A kind of panel with telephony only. */
export function telephonyKind(exchange: Exchange): PanelKind {
  const traits = {
    kind: 'exchange',
    restrictions: ['suspend'],
    suspension: 'suspend',
    capabilities: ['calls', 'spend'],
    requiredRef: null,
  } as const;
  const none = (): never => {
    throw new SluiceError('unsupported', 'not in this panel');
  };
  return {
    ...traits,
    title: 'Exchange',
    panelShape: { billFrom: z.optional(z.string()) },
    descriptions: {},
    refs: [
      { name: 'exchange_line', fits: /^\d+$/, words: 'a number' },
      { name: 'whmcs_service_id', fits: /^\d+$/, words: 'a number' },
    ],
    init: { defaultName: 'x', secrets: [], texts: [], laterKeys: [], product: { name: 'x', lines: [] } },
    open: ({ name, settings }) =>
      Promise.resolve({
        name,
        url: 'http://exchange.example',
        kind: traits,
        telephony: toTelephony(exchange, (settings['billFrom'] as string | undefined) ?? null),
        test: none,
        readUsage: () => Promise.resolve(),
        observe: (services: { id: string }[]) =>
          Promise.resolve(
            new Map(
              services.map(({ id }) => [
                id,
                { service: id, at: new Date(0).toISOString(), state: exchange.subscriber.status, error: null },
              ]),
            ),
          ),
        plan: (target: TargetState) => planLine(target, exchange.subscriber.status),
        apply: async (_service: unknown, step: Step, { calling }: { calling: () => Promise<void> }) => {
          await calling();
          exchange.subscriber.status = step.type === 'suspend' ? 'suspended' : 'active';
          return { state: 'applied', observed: exchange.subscriber.status, error: null };
        },
        resolve: ({ type }: { type: string }) => {
          const isDone = (exchange.subscriber.status === 'suspended') === (type === 'suspend');
          return { state: isDone ? 'applied' : 'failed', observed: exchange.subscriber.status, error: null };
        },
        resources: () => [],
        close: () => undefined,
      } as unknown as Panel),
  };
}

/** Suspends a held line, and undoes only that. */
function planLine({ holds, evidence }: TargetState, status: string): Plan {
  const [hold] = holds;
  const base = { target: LINE, prior: status, payload: null };
  const steps: Step[] = [];
  if (hold !== undefined && status === 'active') {
    const begins = { kind: 'line', target: LINE, prior: status };
    steps.push({ ...base, type: 'suspend', hold: hold.id, ends: [], begins });
  }
  if (hold === undefined && evidence.length > 0) {
    const ends = evidence.map(({ id }) => id);
    steps.push({ ...base, type: 'unsuspend', hold: evidence[0]?.hold ?? null, ends, begins: null });
  }
  const left = evidence.filter((item) => hold !== undefined && !holds.some(({ id }) => id === item.hold));
  const moves = left.map((item) => ({ evidence: item.id, hold: hold?.id ?? '' }));
  return { steps, problems: [], endedEvidence: [], moves, drift: [] };
}

function toTelephony(exchange: Exchange, billFrom: string | null): PanelTelephony {
  const unsupported = (): Promise<never> => Promise.reject(new SluiceError('unsupported', 'not in this panel'));
  return {
    installation: exchange.installation,
    currency: 'BRL',
    country: 'BR',
    timeZone: exchange.timeZone,
    billFrom,
    unsupported: () => null,
    fields: () => [],
    findSubscriber: ({ refs }) => refs['exchange_line'] ?? null,
    terms: () => ({ period: 'previous-month', graceMinutes: 60, billingType: exchange.sold }),
    async *calls(filter) {
      exchange.reads.push(filter);
      if (exchange.failure !== null) throw exchange.failure;
      const from = new Date(filter.from).toISOString();
      const to = new Date(filter.to).toISOString();
      const found = exchange.calls.filter(({ startedAt }) => from <= startedAt && startedAt < to);
      for (let at = 0; at === 0 || at < found.length; at += exchange.pageSize) {
        await Promise.resolve();
        yield {
          calls: found.slice(at, at + exchange.pageSize),
          unasked: exchange.unasked,
          total: exchange.statesTotal ? found.length : null,
        };
      }
    },
    list: (resource) => (resource === 'rates' ? Promise.resolve(exchange.rates as never) : unsupported()),
    get: (resource) => (resource === 'subscribers' ? Promise.resolve(exchange.subscriber as never) : unsupported()),
    create: unsupported,
    set: unsupported,
    remove: unsupported,
    simulate: exchange.simulate,
    reports: exchange.reports,
    verifyToken: unsupported,
  };
}
