import { documentSpellings, isSameDocument } from '@sluice/quota-core/telephony';
import type { OperationName, ResourceName } from '../profile/schema.js';
import type { CanonicalRecord } from '../wire/codec.js';
import { CANONICAL_FIELDS } from '../wire/fields.js';
import { Mismatch } from '../wire/mismatch.js';
import { countAt, findAt } from '../wire/pointer.js';
import { toCanonical } from './canonical.js';
import type { Connection } from './connection.js';
import { unsentRecords } from './page.js';
import { readPages } from './pages.js';
import { splitFilters } from './filters.js';
import type { AstbillingCallOptions } from './types.js';
import { isPanelError } from '@sluice/panel-http';

interface Search {
  filters: CanonicalRecord;
  /** Compare every filter here again. */
  exact: boolean;
}

/** The operations of one resource, in canonical records. */
export class ResourceClient<Row> {
  readonly #connection: Connection;
  readonly #resource: ResourceName;
  readonly #toRow: (record: CanonicalRecord) => Row;

  constructor(connection: Connection, resource: ResourceName, toRow: (record: CanonicalRecord) => Row) {
    this.#connection = connection;
    this.#resource = resource;
    this.#toRow = toRow;
  }

  async list(filters: object = {}, options: AstbillingCallOptions = {}): Promise<Row[]> {
    return this.#readAll('list', { filters: toCanonical(filters), exact: false }, options);
  }

  async find(filters: object, options: AstbillingCallOptions = {}): Promise<Row[]> {
    const name = this.#connection.find(this.#resource, 'find') === null ? 'list' : 'find';
    const found: Row[] = [];
    const ids = new Set<unknown>();
    for (const one of this.#spell(toCanonical(filters))) {
      for (const row of await this.#readAll(name, { filters: one, exact: true }, options)) {
        const { id } = row as { id?: unknown };
        if (!ids.has(id)) found.push(row);
        ids.add(id);
      }
    }
    return found;
  }

  async get(id: string, options: AstbillingCallOptions = {}): Promise<Row | null> {
    try {
      const row = await this.#read(id, options);
      if (row !== null) this.#refuseOther(id, row);
      return row;
    } catch (error) {
      if (isPanelError(error) && error.code === 'PANEL_NOT_FOUND') return null;
      throw error;
    }
  }

  /** A system that ignores the id sends any record: nothing is read from it, since it may be somebody else's. */
  #refuseOther(id: string, row: Row): void {
    const { id: sent } = row as { id?: unknown };
    if (sent === id) return;
    throw this.#connection.error(
      'PANEL_UNREADABLE',
      { resource: this.#resource, name: 'get' },
      {
        message: `sent another record of ${this.#resource} than ${id}. The answer was ignored.`,
        panelCode: 'bad_response',
      },
    );
  }

  async #read(id: string, options: AstbillingCallOptions): Promise<Row | null> {
    const call = { resource: this.#resource, name: 'get' as const };
    const operation = this.#connection.find(this.#resource, 'get');
    if (operation === null) return this.#getFromList(id, options);
    const json = await this.#connection.read({ ...call, parts: { id } }, options);
    const envelope = this.#connection.envelope(operation);
    const item = findAt(json, envelope.item ?? '');
    if (operation.idIn === 'filter' && (item === null || item.value === null)) {
      const count = countAt(json, envelope.total) ?? 0;
      if (count > 0) throw unsentRecords(this.#connection, call, count);
      return null;
    }
    return this.#connection.decode(call, () => {
      if (item === null) throw new Mismatch('envelope.item', 'expected a record there, but nothing came');
      return this.#toRow(this.decode(item.value));
    });
  }

  /** A system's filter finds a document only as it is written there. */
  #spell(filters: CanonicalRecord): CanonicalRecord[] {
    const { document } = filters;
    const isSent = Object.hasOwn(this.#connection.profile.resources[this.#resource]?.filters ?? {}, 'document');
    if (typeof document !== 'string' || !isSent) return [filters];
    return documentSpellings(document).map((spelling) => ({ ...filters, document: spelling }));
  }

  /** A system without a read of one record has a list. */
  async #getFromList(id: string, options: AstbillingCallOptions): Promise<Row | null> {
    const [row = null] = await this.#readAll('list', { filters: { id }, exact: false }, options);
    return row;
  }

  /** Converts a row and adds what only its other fields say. */
  decode(row: unknown): CanonicalRecord {
    const record = this.#connection.writer.codec(this.#resource).decode(row);
    if (this.#resource === 'dids') addAvailability(record, this.#connection);
    return record;
  }

  toRow(record: CanonicalRecord): Row {
    return this.#toRow(record);
  }

  async #readAll(name: 'list' | 'find', search: Search, options: AstbillingCallOptions): Promise<Row[]> {
    try {
      return await this.#readOnce(name, search, options);
    } catch (error) {
      // A list that changed while it was read is read once more.
      const again =
        isPanelError(error) && (error.panelCode === 'list_changed' || error.panelCode === 'list_incomplete');
      if (!again) throw error;
      return this.#readOnce(name, search, options);
    }
  }

  async #readOnce(name: 'list' | 'find', { filters, exact }: Search, options: AstbillingCallOptions): Promise<Row[]> {
    const call = { resource: this.#resource, name };
    const { sent, local } = splitFilters(this.#connection, call, filters);
    // A find compares everything again: a system's own filter may ignore case and accents.
    const compared = exact ? filters : local;
    const found: Row[] = [];
    const ids = new Set<unknown>();
    let unusable = 0;
    for await (const { rows } of readPages(this.#connection, { ...call, filters: sent }, options)) {
      rows.forEach((row, index) => {
        const record = this.#connection.decode(call, () => this.decode(row), index);
        if (ids.has(record['id'])) return;
        if (typeof record['id'] === 'string') ids.add(record['id']);
        if (!matches(this.#resource, record, { filters: compared, sent })) return;
        if (isOrphan(this.#resource, record)) unusable += 1;
        else found.push(this.#connection.decode(call, () => this.#toRow(record), index));
      });
    }
    if (unusable > 0) {
      const rates = `${unusable} rate${unusable === 1 ? '' : 's'} without a prefix`;
      this.#connection.warn(`Panel "${this.#connection.panel}" has ${rates}, left out: they fit no call.`);
    }
    return found;
  }

  async create(values: object, options: AstbillingCallOptions = {}): Promise<Row> {
    const id = await this.#make(values, options);
    let why = 'does not show it';
    let cause: unknown;
    try {
      const row = await this.get(id, options);
      if (row !== null) return row;
    } catch (error) {
      if (!isPanelError(error)) throw error;
      why = `reading it back failed: ${error.statement.replace(/\.$/, '')}`;
      cause = error;
    }
    throw this.#connection.error(
      'PANEL_UNREADABLE',
      { resource: this.#resource, name: 'create' },
      {
        message: `has made ${id} in ${this.#resource}, but ${why}.`,
        panelCode: 'not_shown',
        outcomeUnknown: true,
        cause,
      },
    );
  }

  /** Returns the new id. */
  async #make(values: object, options: AstbillingCallOptions): Promise<string> {
    const call = { resource: this.#resource, name: 'create' as const };
    const record = toCanonical(values);
    const operation = this.#connection.operation(this.#resource, 'create');
    this.#refuseLink(record, 'create');
    const json = await this.#connection.write({ ...call, parts: { record }, secrets: listSecrets(record) }, options);
    const item = findAt(json, this.#connection.envelope(operation).item ?? '')?.value;
    const id = this.#connection.writer.codec(this.#resource).findId(item);
    if (id !== null) return id;
    throw this.#connection.error('PANEL_UNREADABLE', call, {
      message: `sent an answer to ${this.#resource}.create without the new id (envelope.item, idField of the profile).`,
      panelCode: 'bad_response',
      outcomeUnknown: true,
    });
  }

  async update(id: string, values: object, options: AstbillingCallOptions = {}): Promise<void> {
    const record = toCanonical(values);
    this.#refuseLink(record, 'update');
    if (Object.keys(record).length > 0) await this.run('update', { id, record }, options);
  }

  async remove(id: string, options?: AstbillingCallOptions): Promise<void> {
    await this.run('delete', { id }, options);
  }

  async suspend(id: string, options?: AstbillingCallOptions): Promise<void> {
    await this.run('suspend', { id }, options);
  }

  async unsuspend(id: string, options?: AstbillingCallOptions): Promise<void> {
    await this.run('unsuspend', { id }, options);
  }

  async terminate(id: string, options?: AstbillingCallOptions): Promise<void> {
    await this.run('terminate', { id }, options);
  }

  /** Performs an operation whose answer is not read as a record, by itself or by the one that it names. */
  async run(
    name: OperationName,
    { id, record }: { id: string; record?: CanonicalRecord },
    options: AstbillingCallOptions = {},
  ): Promise<void> {
    const operation = this.#connection.profile.resources[this.#resource]?.operations?.[name];
    if (operation === undefined || operation === false) throw this.#connection.unsupported(this.#resource, name);
    if ('via' in operation) {
      await this.run(operation.via, 'set' in operation ? { id, record: operation.set } : { id }, options);
      return;
    }
    const secrets = record === undefined ? [] : listSecrets(record);
    await this.#connection.write({ resource: this.#resource, name, parts: { id, record }, secrets }, options);
  }

  /** Where a profile has a link, a line is never set by another write. */
  #refuseLink(record: CanonicalRecord, name: string): void {
    const hasLink = this.#resource === 'dids' && this.#connection.find('dids', 'link') !== null;
    if (hasLink && record['subscriber_id'] !== undefined) {
      throw this.#connection.unsupported('dids', name, 'the profile links numbers by a request of its own');
    }
  }
}

/** A number without a line is available where the profile has no word for that. */
function addAvailability(record: CanonicalRecord, connection: Connection): void {
  const { fields = {}, values = {} } = connection.profile.resources.dids ?? {};
  const stated =
    fields['status'] !== null && (values['status'] === undefined || Object.hasOwn(values['status'], 'available'));
  if (stated || record['status'] === 'suspended') return;
  const free = record['subscriber_id'] === null || record['subscriber_id'] === undefined;
  if (free) record['status'] = 'available';
  else record['status'] ??= 'active';
}

/** A rate whose prefix was removed: it is not the default rate, whose prefix is empty. */
export function isOrphan(resource: ResourceName, record: CanonicalRecord): boolean {
  return resource === 'rates' && record['prefix'] === null;
}

/** A field that a record lacks fits only when the system itself compared it. */
function matches(
  resource: ResourceName,
  record: CanonicalRecord,
  { filters, sent }: { filters: CanonicalRecord; sent: CanonicalRecord },
): boolean {
  const isDocument = (field: string): boolean => CANONICAL_FIELDS[resource][field] === 'document';
  const isSame = (field: string, value: unknown): boolean =>
    isDocument(field) ? isSameDocument(toText(record[field]), toText(value)) : record[field] === value;
  return Object.entries(filters).every(([field, value]) => (field in record ? isSame(field, value) : field in sent));
}

const toText = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function listSecrets(record: CanonicalRecord): string[] {
  return [record['sip_password'], record['password']].filter((value): value is string => typeof value === 'string');
}
