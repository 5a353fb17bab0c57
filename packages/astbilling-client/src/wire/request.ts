import type { CallOperation, Formats, Lookup, Profile, ResourceName } from '../profile/schema.js';
import { type CanonicalRecord, type Codec, createCodecs, type WireEntry } from './codec.js';
import { writeForm, writeJson } from './form.js';
import { toReadRange } from './times.js';

/** A half-open range of instants. */
export interface TimeRange {
  from: string;
  to: string;
}

/** Only records with a greater, or a smaller, id; by the wire name of that filter. */
export interface IdBound {
  name: string;
  op: 'after' | 'before';
  value: string;
}

/** One filter for the wire. */
interface WireFilter {
  name: string;
  op: 'eq' | 'from' | 'to' | IdBound['op'];
  value: unknown;
}

/** What a request is made of, in canonical names. */
export interface RequestParts {
  id?: string | undefined;
  /** Fields to be sent. */
  record?: CanonicalRecord | undefined;
  /** Filters that the profile has. */
  filters?: CanonicalRecord | undefined;
  range?: TimeRange | undefined;
  /** Parameters of the page. */
  page?: readonly WireEntry[] | undefined;
  bound?: IdBound | undefined;
  /** Results of the operation's lookups. */
  results?: Readonly<Record<string, string>> | undefined;
}

/** A request before its credential is added. */
export interface WireRequest {
  method: CallOperation['method'];
  path: string;
  query: WireEntry[];
  /** Null for a request without a body. */
  body: WireEntry[] | null;
  encoding: 'json' | 'form';
}

/** A field or an id that can't be sent. */
export class NotSendable extends Error {}

/** Writes the requests of one profile. */
export class RequestWriter {
  readonly #profile: Profile;
  readonly codec: (name: ResourceName) => Codec;

  constructor(profile: Profile) {
    this.#profile = profile;
    this.codec = createCodecs(profile);
  }

  /** Writes the request of an operation. Throws `NotSendable` before anything is sent. */
  write(name: ResourceName, operation: CallOperation, parts: RequestParts): WireRequest {
    const resource = this.#profile.resources[name] ?? {};
    const { idIn = 'path', idName = resource.idField ?? 'id' } = operation;
    const { id } = parts;
    const identified = (place: string): WireEntry[] => (idIn === place && id !== undefined ? [[idName, id]] : []);
    const sent: WireEntry[] = [
      ...identified('body'),
      ...(parts.page ?? []),
      ...this.#encodeFilters(name, operation, parts),
      ...this.#encodeRecord(name, operation, parts.record ?? {}),
      ...this.#compose(name, operation, parts),
    ];
    // A system that signs what it parsed refuses a name that comes twice.
    const names = new Set(sent.map(([wire]) => wire));
    const fixed = Object.entries(operation.fixed ?? {}).filter(([wire]) => !names.has(wire));
    const own = [...fixed, ...sent];
    const base = operation.root === true ? '' : (resource.path ?? '');
    const path = this.#profile.basePath + fillPath(base + (operation.path ?? ''), id);
    const query = [...Object.entries(operation.query ?? {}), ...identified('query')];
    return this.#assemble(operation, { path, query, own });
  }

  /** Writes the read that comes before a write. */
  writeLookup(name: ResourceName, lookup: Lookup, parts: RequestParts): WireRequest {
    const filters = Object.entries(lookup.filters).map(([wire, text]): WireFilter => {
      const value = this.#fill(name, text, parts);
      if (value === null) throw new NotSendable(`a value for the filter ${wire} of the lookup is missing`);
      return { name: wire, op: 'eq', value };
    });
    const own = [...Object.entries(lookup.fixed ?? {}), ...this.#toEntries(filters, lookup.method)];
    const path = this.#profile.basePath + fillPath(lookup.path, undefined);
    return this.#assemble(lookup, { path, query: Object.entries(lookup.query ?? {}), own });
  }

  #assemble(
    operation: Pick<CallOperation, 'method' | 'bodyEncoding'>,
    { path, query, own }: { path: string; query: WireEntry[]; own: WireEntry[] },
  ): WireRequest {
    const { method, bodyEncoding } = operation;
    const encoding = bodyEncoding ?? this.#profile.http?.bodyEncoding ?? 'json';
    if (method === 'GET') return { method, path, query: [...query, ...own], body: null, encoding };
    return { method, path, query, body: own.length === 0 ? null : own, encoding };
  }

  #encodeRecord(name: ResourceName, operation: CallOperation, record: CanonicalRecord): WireEntry[] {
    const { send } = operation;
    const fields = Object.keys(record).filter((field) => record[field] !== undefined);
    const composed = new Set(listTemplates(operation).flatMap(placeholdersIn));
    for (const field of fields) {
      const sendable = (send === undefined || send.includes(field)) && this.#toCodec(name, field).has(field);
      if (!sendable && !composed.has(field) && record[field] !== null) {
        throw new NotSendable(`the profile has no way to send ${field}`);
      }
    }
    const ordered = send === undefined ? fields : send.filter((field) => fields.includes(field));
    return ordered.flatMap((field) => this.#toCodec(name, field).encode(field, record[field]) ?? []);
  }

  /** Where customer and line are one record, the customer's fields travel with the line. */
  #toCodec(name: ResourceName, field: string): Codec {
    const own = this.codec(name);
    const within = name === 'subscribers' && this.#profile.resources.customers?.within !== undefined;
    return within && !own.knows(field) && this.codec('customers').knows(field) ? this.codec('customers') : own;
  }

  #compose(name: ResourceName, { compose = {} }: CallOperation, parts: RequestParts): WireEntry[] {
    return Object.entries(compose).flatMap(([wire, text]): WireEntry[] => {
      const value = this.#fill(name, text, parts);
      return value === null ? [] : [[wire, value]];
    });
  }

  /** Replaces the placeholders of a text; null when one has no value. */
  #fill(name: ResourceName, text: string, { id, record = {}, results = {} }: RequestParts): string | null {
    let missing = 0;
    const filled = text.replace(/\{([^}]*)\}/g, (_, word: string) => {
      const value = Object.hasOwn(results, word)
        ? results[word]
        : word === 'id'
          ? id
          : this.#filled(name, word, record);
      if (value === undefined || value === null || value === '') missing += 1;
      return String(value);
    });
    return missing === 0 ? filled : null;
  }

  #filled(name: ResourceName, field: string, record: CanonicalRecord): unknown {
    const value = record[field];
    return value === undefined || value === null ? null : this.#toCodec(name, field).encodeValue(field, value);
  }

  #encodeFilters(name: ResourceName, operation: CallOperation, parts: RequestParts): WireEntry[] {
    const { filters: names = {}, fixedFilters = {} } = this.#profile.resources[name] ?? {};
    const { id, filters = {}, range, bound } = parts;
    const reads = parts.page !== undefined || operation.idIn === 'filter';
    const items: WireFilter[] = reads
      ? Object.entries(fixedFilters).map(([wire, value]) => ({ name: wire, op: 'eq', value }))
      : [];
    if (operation.idIn === 'filter') {
      const { idName = this.#profile.resources[name]?.idField ?? 'id' } = operation;
      items.push({ name: idName, op: 'eq', value: id });
    }
    for (const [field, value] of Object.entries(filters)) {
      const wire = names[field];
      if (wire !== undefined) items.push({ name: wire, op: 'eq', value: this.codec(name).encodeValue(field, value) });
    }
    if (range !== undefined) items.push(...this.#encodeRange(name, range));
    if (bound !== undefined) items.push(bound);
    return this.#toEntries(items, operation.method, operation.bodyEncoding);
  }

  #encodeRange(name: ResourceName, range: TimeRange): WireFilter[] {
    const names = this.#profile.resources[name]?.filters ?? {};
    const codec = this.codec(name);
    const asked = toAskedRange(toReadRange(range, codec.formats), codec.formats);
    return (['from', 'to'] as const).flatMap((op): WireFilter[] => {
      const wire = names[op];
      return wire === undefined ? [] : [{ name: wire, op, value: codec.encodeValue('started_at', asked[op]) }];
    });
  }

  #toEntries(items: WireFilter[], method: string, bodyEncoding = this.#profile.http?.bodyEncoding): WireEntry[] {
    const { filtersEncoding = { style: 'params' } } = this.#profile;
    if (filtersEncoding.style === 'params') return items.map(({ name, value }) => [name, value]);
    if (items.length === 0) return [];
    const { param, item, ops } = filtersEncoding;
    const list = items.map(({ name, op, value }) =>
      Object.fromEntries(
        Object.entries(item).map(([key, text]) => [
          key,
          text.replace(/\{(name|op|value)\}/g, (_, word: 'name' | 'op' | 'value') =>
            word === 'name' ? name : word === 'op' ? (ops[op] ?? '') : String(value),
          ),
        ]),
      ),
    );
    const asText = method === 'GET' || bodyEncoding === 'form';
    return [[param, asText ? JSON.stringify(list) : list]];
  }
}

/** The range as the system has to be asked for it: whole seconds, a second more where an end is exclusive or inclusive otherwise. */
function toAskedRange({ from, to }: TimeRange, { rangeStart, rangeEnd }: Formats): TimeRange {
  const first = Math.floor(Date.parse(from) / 1000) - (rangeStart === 'exclusive' ? 1 : 0);
  const last = Math.ceil(Date.parse(to) / 1000) - (rangeEnd === 'inclusive' ? 1 : 0);
  return { from: new Date(first * 1000).toISOString(), to: new Date(last * 1000).toISOString() };
}

function fillPath(path: string, id: string | undefined): string {
  if (!path.includes('{id}')) return path;
  if (id === undefined || id === '' || id === '.' || id === '..') throw new NotSendable('this id can not be in a path');
  return path.replaceAll('{id}', () => encodeURIComponent(id));
}

/** Returns the texts of an operation that may have placeholders: composed values, and filters of lookups. */
export function listTemplates({ compose = {}, lookup = {} }: CallOperation): string[] {
  return [...Object.values(compose), ...Object.values(lookup).flatMap(({ filters }) => Object.values(filters))];
}

/** Returns the names in braces. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(/\{([^}]*)\}/g)].map(([, word = '']) => word);
}

/** Writes the body of a request; undefined for none. */
export function writeBody({ body, encoding }: WireRequest, more: readonly WireEntry[] = []): string | undefined {
  const entries = [...(body ?? []), ...more];
  if (entries.length === 0) return undefined;
  return encoding === 'form' ? writeForm(entries) : writeJson(entries);
}
