import { toDecimal, unitsAt } from './decimal.js';
import type {
  CallRow,
  CatalogueRow,
  CustomerRow,
  DestinationRow,
  DidRow,
  NewAstCall,
  NewAstCustomer,
  NewAstDid,
  NewAstSubscriber,
  PrefixRow,
  RefillRow,
  ReportRow,
  SipRow,
  SubscriberRow,
} from './model.js';
import type { AstQuirks } from './quirks.js';
import { ZoneTime } from './zone-time.js';

/** Catalogues whose rows all three wires show. */
export const catalogues = ['plans', 'carriers', 'trunks', 'routes', 'rates', 'countries'] as const;
export type Catalogue = (typeof catalogues)[number];

const firstIds: Record<string, number> = {
  customers: 501,
  subscribers: 9001,
  dids: 6001,
  plans: 11,
  carriers: 21,
  routes: 31,
  trunks: 41,
  rates: 701,
  countries: 1,
  cdrs: 100_001,
  archive: 1,
  reports: 77,
  sips: 7001,
  destinations: 8001,
  prefixes: 1,
  refills: 1,
  requests: 1,
};

/** The database of the fake: one state behind the three wires. */
export class AstWorld {
  readonly customers = new Map<string, CustomerRow>();
  readonly subscribers = new Map<string, SubscriberRow>();
  readonly dids = new Map<string, DidRow>();
  readonly catalogue: Record<Catalogue, Map<string, CatalogueRow>>;
  readonly reports = new Map<string, ReportRow>();
  readonly sips = new Map<number, SipRow>();
  readonly destinations = new Map<number, DestinationRow>();
  readonly prefixes = new Map<number, PrefixRow>();
  readonly refills: RefillRow[] = [];
  calls: CallRow[] = [];
  /** MagnusBilling's archive of calls. */
  archive: CallRow[] = [];
  readonly time: ZoneTime;
  readonly #lastIds = new Map<string, number>();
  /** States that reads still show, and how often. */
  readonly #shown = new Map<string, { state: string; reads: number }>();

  constructor(
    readonly now: () => number,
    readonly quirks: AstQuirks,
    timeZone: string,
  ) {
    this.time = new ZoneTime(timeZone);
    this.catalogue = {
      plans: new Map(),
      carriers: new Map(),
      trunks: new Map(),
      routes: new Map(),
      rates: new Map(),
      countries: new Map(),
    };
  }

  /** The next id of a kind; `wanted` is taken as it is, and later ids are above it. */
  nextId(kind: string, wanted?: string): string {
    const last = this.#lastIds.get(kind) ?? (firstIds[kind] ?? 1) - 1;
    const id = wanted ?? String(last + 1);
    const number = Number(id);
    this.#lastIds.set(kind, Number.isSafeInteger(number) ? Math.max(last, number) : last);
    return id;
  }

  addCustomer(customer: NewAstCustomer): string {
    const id = this.nextId('customers', customer.id);
    this.customers.set(id, {
      id,
      name: customer.name ?? `Cliente ${id}`,
      document: customer.document ?? null,
      email: customer.email ?? null,
      phone: customer.phone ?? null,
      externalRef: customer.externalRef ?? null,
      status: 'active',
      createdAt: this.now(),
    });
    return id;
  }

  addSubscriber(line: NewAstSubscriber): string {
    const id = this.nextId('subscribers', line.id);
    const customerId = line.customer ?? this.addCustomer({ name: line.username });
    known(this.customers.get(customerId), 'customer', customerId);
    const password = line.password ?? `fake-password-of-${line.username}`;
    this.subscribers.set(id, {
      id,
      username: line.username,
      customerId,
      planId: line.plan ?? null,
      areaCode: line.areaCode ?? '11',
      channels: line.channels === undefined ? 1 : line.channels,
      status: line.status ?? 'active',
      password,
      callerId: line.callerId ?? null,
      billingType: line.billingType ?? 'postpaid',
      externalRef: line.externalRef ?? null,
      createdAt: this.now(),
      updatedAt: this.now(),
      credit: unitsAt(toDecimal(line.credit ?? '0'), 4),
      extra: {},
    });
    this.addSip(id, line.username, password, line.callerId ?? '');
    return id;
  }

  addSip(userId: string, name: string, secret: string, callerId: string): SipRow {
    const id = Number(this.nextId('sips'));
    const row: SipRow = { id, userId, name, secret, callerId, extra: {} };
    this.sips.set(id, row);
    return row;
  }

  addDid(did: NewAstDid): string {
    const id = this.nextId('dids', did.id);
    const subscriberId = did.subscriber ?? null;
    this.dids.set(id, {
      id,
      number: did.number,
      areaCode: /^\+55(\d\d)/.exec(did.number)?.[1] ?? null,
      carrierId: did.carrier ?? null,
      subscriberId,
      destination: subscriberId === null ? null : { type: 'subscriber', value: subscriberId },
      channels: null,
      monthlyPrice: did.monthlyPrice ?? '0.00',
      setupPrice: did.setupPrice ?? '0.00',
      status: did.status ?? (subscriberId === null ? 'available' : 'active'),
      externalRef: did.externalRef ?? null,
      changedAt: this.now(),
      extra: {},
    });
    if (subscriberId !== null) this.addDestination(id, subscriberId);
    return id;
  }

  addDestination(
    didId: string,
    userId: string,
    sipId: number | null = this.findSip(userId)?.id ?? null,
  ): DestinationRow {
    const id = Number(this.nextId('destinations'));
    const row: DestinationRow = { id, didId, userId, sipId, extra: {} };
    this.destinations.set(id, row);
    return row;
  }

  findSip(userId: string): SipRow | undefined {
    return [...this.sips.values()].find((sip) => sip.userId === userId);
  }

  addCatalogueRow(kind: Catalogue, fields: Record<string, unknown>): string {
    const wanted = fields.id;
    const id = this.nextId(kind, typeof wanted === 'string' ? wanted : undefined);
    this.catalogue[kind].set(id, { id, fields: { ...fields, id }, extra: {} });
    return id;
  }

  /** Writes a call record. A charge above zero leaves the line's credit, as MagnusBilling's trigger has it. */
  addCall(call: NewAstCall): string {
    const line = known(this.subscribers.get(call.subscriber), 'subscriber', call.subscriber);
    const id = this.nextId('cdrs', call.id);
    const startedAt = toInstant(call.startedAt);
    const { ringSeconds = 0, talkSeconds, charge = '0.0000', isMessage = false } = call;
    const disposition = call.disposition ?? (talkSeconds > 0 ? 'ANSWERED' : 'NO ANSWER');
    this.calls.push({
      id,
      uniqueId: call.uniqueId ?? `${Math.floor(startedAt / 1000)}.${id}`,
      direction: call.direction ?? 'outbound',
      subscriberId: call.subscriber,
      source: call.source === undefined ? line.callerId : call.source,
      destination: call.destination ?? '+551133334444',
      description: call.description ?? null,
      did: call.did ?? null,
      rateId: call.rate ?? null,
      prefix: call.prefix ?? null,
      startedAt,
      answeredAt: disposition === 'ANSWERED' || isMessage ? startedAt + ringSeconds * 1000 : null,
      endedAt: startedAt + (ringSeconds + talkSeconds) * 1000,
      durationSeconds: ringSeconds + talkSeconds,
      talkSeconds,
      billedSeconds: call.billedSeconds ?? talkSeconds,
      pricePerMinute: call.pricePerMinute ?? null,
      charge,
      currency: call.currency ?? 'BRL',
      disposition,
      visibleAt: call.visibleAt === undefined ? -Infinity : toInstant(call.visibleAt),
      isMessage,
    });
    if (charge !== null && !charge.startsWith('-')) line.credit -= unitsAt(toDecimal(charge), 4);
    return id;
  }

  /** The call records that lists show now, ordered by their start. */
  visibleCalls(): CallRow[] {
    const rows = this.calls.filter(({ visibleAt }) => visibleAt <= this.now());
    const direction = this.quirks.newestFirst ? -1 : 1;
    return rows.sort((left, right) => direction * (left.startedAt - right.startedAt));
  }

  /** Sets a state; the next reads may still show the one before. */
  setState(row: SubscriberRow | DidRow, state: DidRow['status']): void {
    const { stateDelay } = this.quirks;
    if (stateDelay > 0) this.#shown.set(row.id, { state: row.status, reads: stateDelay });
    row.status = state;
    if ('updatedAt' in row) row.updatedAt = this.now();
  }

  /** The state that a read shows. */
  toState(row: SubscriberRow | DidRow): string {
    const shown = this.#shown.get(row.id);
    if (shown === undefined || shown.reads === 0) return row.status;
    shown.reads -= 1;
    return shown.state;
  }

  /** The prefix of a rate in MagnusBilling; made when there is none. */
  prefixId(prefix: string, destination: string): number {
    const found = [...this.prefixes.values()].find((row) => row.prefix === prefix);
    if (found !== undefined) return found.id;
    const id = Number(this.nextId('prefixes'));
    this.prefixes.set(id, { id, prefix, destination: destination || prefix });
    return id;
  }
}

export function toInstant(instant: number | string): number {
  const at = new Date(instant).getTime();
  if (Number.isNaN(at)) throw new RangeError(`${JSON.stringify(instant)} is no instant.`);
  return at;
}

export function known<Row>(row: Row | undefined, kind: string, id: number | string): Row {
  if (row === undefined) throw new RangeError(`The fake Astbilling has no ${kind} ${id}.`);
  return row;
}
