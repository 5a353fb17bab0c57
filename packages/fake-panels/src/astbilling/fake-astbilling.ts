import type { FakeServer } from '../core/fake-server.js';
import { fromUnits } from './decimal.js';
import type {
  AstCallState,
  CallRow,
  DidRow,
  NewAstCall,
  NewAstCustomer,
  NewAstDid,
  NewAstSubscriber,
  SubscriberRow,
} from './model.js';
import type { AstQuirks } from './quirks.js';
import type { AstSite } from './site.js';
import { type AstWorld, type Catalogue, toInstant, known } from './world.js';

/**
 * A stateful telephony system on 127.0.0.1, for tests: one state behind the default wire, the Portuguese one and
 * MagnusBilling's. All methods throw `RangeError` for what does not exist. Amounts are decimal text.
 */
export class FakeAstbilling implements AsyncDisposable {
  /** How it behaves; may be changed at any time. */
  readonly quirks: AstQuirks;
  readonly #world: AstWorld;

  constructor(
    readonly server: FakeServer,
    private readonly site: AstSite,
  ) {
    this.#world = site.world;
    this.quirks = site.world.quirks;
  }

  /** Without a path: each wire lies below the base path of its profile. */
  get url(): string {
    return this.server.url;
  }

  /** The token of the default and the Portuguese wire. */
  get token(): string {
    return this.site.tokens.token;
  }

  /** MagnusBilling's `KEY:SECRET`. */
  get credential(): string {
    return `${this.site.key}:${this.site.secret}`;
  }

  addCustomer(customer: NewAstCustomer = {}): string {
    return this.#world.addCustomer(customer);
  }

  addSubscriber(line: NewAstSubscriber): string {
    return this.#world.addSubscriber(line);
  }

  addDid(did: NewAstDid): string {
    return this.#world.addDid(did);
  }

  /** Adds a plan, a carrier, a trunk, a route, a rate or a country; `fields` are canonical, `id` among them if it matters. */
  add(kind: Catalogue, fields: Record<string, unknown>): string {
    return this.#world.addCatalogueRow(kind, fields);
  }

  /** Writes a call record; with `visibleAt` lists show it late. */
  addCall(call: NewAstCall): string {
    return this.#world.addCall(call);
  }

  /** Adds a row with the id of a call, as lists that repeat rows have; `changes` make it differ. */
  repeatCall(id: string, changes: Partial<Omit<CallRow, 'id'>> = {}): void {
    const calls = this.#world.calls;
    const at = calls.findIndex((call) => call.id === id);
    calls.splice(at + 1, 0, { ...known(calls[at], 'call', id), ...changes });
  }

  /** Changes a call record, as staff does after the fact. */
  changeCall(id: string, changes: Partial<Omit<CallRow, 'id'>>): void {
    Object.assign(
      known(
        this.#world.calls.find((call) => call.id === id),
        'call',
        id,
      ),
      changes,
    );
  }

  deleteCall(id: string): void {
    known(
      this.#world.calls.find((call) => call.id === id),
      'call',
      id,
    );
    this.#world.calls = this.#world.calls.filter((call) => call.id !== id);
  }

  /** Moves a call record to MagnusBilling's archive, where it has another id; `copy`: the call stays where it was for now. */
  archiveCall(id: string, { copy = false } = {}): string {
    const world = this.#world;
    const call = world.calls.find((one) => one.id === id);
    const archived = { ...known(call, 'call', id), id: world.nextId('archive') };
    world.archive.push(archived);
    if (!copy) this.deleteCall(id);
    return archived.id;
  }

  /** All call records, also those that lists do not show yet, in the order of their making. */
  calls(): AstCallState[] {
    return this.#world.calls.map(({ id, subscriberId, startedAt, charge }) => ({
      id,
      subscriber: subscriberId,
      startedAt: this.#world.time.iso(startedAt),
      charge,
    }));
  }

  /** A line's row, by its id or its username; its fields may be changed, as staff would. */
  subscriber(key: string): SubscriberRow {
    const rows = [...this.#world.subscribers.values()];
    return known(this.#world.subscribers.get(key) ?? rows.find(({ username }) => username === key), 'subscriber', key);
  }

  /** Deletes a line with its SIP accounts, as staff does. */
  deleteSubscriber(key: string): void {
    const row = this.subscriber(key);
    for (const [sip, { userId }] of this.#world.sips) if (userId === row.id) this.#world.sips.delete(sip);
    row.status = 'terminated';
  }

  /** All lines, also terminated ones. */
  subscribers(): SubscriberRow[] {
    return [...this.#world.subscribers.values()];
  }

  /** A number's row, by its id or its number; its fields may be changed, as staff would. */
  did(key: string): DidRow {
    const rows = [...this.#world.dids.values()].filter(({ number }) => number === key);
    return known(this.#world.dids.get(key) ?? rows.at(-1), 'DID', key);
  }

  /** A line's prepaid credit in MagnusBilling. */
  credit(key: string): string {
    return fromUnits(this.subscriber(key).credit, 4);
  }

  /** The destinations of a number in MagnusBilling: the lines that its calls go to. */
  destinations(did: string): string[] {
    const { id } = this.did(did);
    return [...this.#world.destinations.values()].filter(({ didId }) => didId === id).map(({ userId }) => userId);
  }

  /** Adds a SIP account in MagnusBilling beside those that lines have. */
  addSipAccount(line: string, name: string): void {
    this.#world.addSip(this.subscriber(line).id, name, `fake-secret-of-${name}`, '');
  }

  /** Lets the token be accepted for so many calls more; null: for ever. */
  expireTokenAfter(calls: number | null): void {
    this.site.tokens.callsLeft = calls;
  }

  /** Lets the token expire at an instant; null: never. */
  expireTokenAt(instant: number | string | null): void {
    this.site.tokens.expiresAt = instant === null ? null : toInstant(instant);
  }

  close(): Promise<void> {
    return this.server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
