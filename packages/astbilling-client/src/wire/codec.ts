import { isSecretName } from '@sluice/panel-kind';
import type { Scalar } from '../profile/value-forms.js';
import type { Formats, Profile, Resource, ResourceName } from '../profile/schema.js';
import { decodeValue, encodeValue } from './convert.js';
import { CANONICAL_FIELDS, type FieldType } from './fields.js';
import { describeKind, Mismatch } from './mismatch.js';
import { readName, scalarText } from './pointer.js';

/** A record in canonical names (`snake_case`) with canonical values. */
export type CanonicalRecord = Record<string, unknown>;

/** One value for the wire: a name, whose dots descend, and the value. */
export type WireEntry = readonly [name: string, value: unknown];

/** The name under which a record has the system's own value of its status, where several mean the same. */
export const STATUS_VALUE = 'status_value';

/** Words of a system that are kept when the profile has no meaning for them. */
const OPEN_WORDS = new Set(['disposition']);

/** Converts the records of one resource between the wire and canonical form. */
export class Codec {
  readonly path: string;
  readonly #resource: Resource;
  readonly formats: Formats;
  readonly #types: Readonly<Record<string, FieldType>>;
  /** Canonical names that are read: those of the contract that the system has, and the profile's own. */
  readonly #read: [string, FieldType | 'extra'][];

  constructor(profile: Profile, name: ResourceName) {
    this.path = `resources.${name}`;
    this.#resource = profile.resources[name] ?? {};
    this.formats = { ...profile.formats, ...withoutUndefined(this.#resource.formats) };
    this.#types = CANONICAL_FIELDS[name];
    const { fields = {} } = this.#resource;
    const extra = Object.keys(fields).filter((field) => !Object.hasOwn(this.#types, field) && !isSecretName(field));
    this.#read = [
      ...Object.entries(this.#types).filter(([field, type]) => fields[field] !== null && type !== 'secret'),
      ...extra.map((field): [string, 'extra'] => [field, 'extra']),
    ];
  }

  /** Whether the system has the field. */
  has(field: string): boolean {
    return this.#wireName(field) !== null;
  }

  /** Whether the field is one of this resource at all. */
  knows(field: string): boolean {
    return Object.hasOwn(this.#types, field) || Object.hasOwn(this.#resource.fields ?? {}, field);
  }

  /** Whether the profile lists wire values of a canonical value. */
  hasValue(field: string, value: string): boolean {
    const values = this.#resource.values?.[field];
    return values === undefined || Object.hasOwn(values, value);
  }

  /** Returns the different values on the wire, as text, that mean a canonical value. */
  wireValues(field: string, value: unknown): string[] {
    const wire = typeof value === 'string' ? this.#resource.values?.[field]?.[value] : undefined;
    return wire === undefined ? [] : [...new Set(toList(wire).map(wireText))];
  }

  /** The id of a row; null where there is none. */
  findId(row: unknown): string | null {
    const name = this.#resource.idField ?? this.#wireName('id');
    const value = name === null || typeof name === 'object' ? undefined : readName(row, name);
    const text = scalarText(value);
    return text === '' ? null : text;
  }

  /** Converts a row. Throws a `Mismatch` for a value that is not what the profile says. */
  decode(row: unknown): CanonicalRecord {
    return this.#decode(row, { fittingOnly: false });
  }

  /** Converts the fields of a row that are what the profile says; the record lacks the others. */
  decodeFitting(row: unknown): CanonicalRecord {
    return this.#decode(row, { fittingOnly: true });
  }

  #decode(row: unknown, { fittingOnly }: { fittingOnly: boolean }): CanonicalRecord {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw new Mismatch(this.path, `expected an object for each record, but ${describeKind(row)}`);
    }
    const record: CanonicalRecord = {};
    // The area code completes short numbers of the same row.
    const areaCode =
      Object.hasOwn(this.#types, 'area_code') && this.has('area_code') ? this.#raw(row, 'area_code') : null;
    const context = { formats: this.formats, areaCode: typeof areaCode === 'string' ? areaCode : null };
    for (const [field, type] of this.#read) {
      const raw = this.#raw(row, field);
      if (raw === undefined) continue;
      try {
        record[field] = this.#decodeField(field, type, raw, context);
      } catch (error) {
        if (!fittingOnly || !(error instanceof Mismatch)) throw error;
      }
    }
    for (const [field, other] of Object.entries(this.#resource.whenEmpty ?? {})) {
      if (record[field] === null || record[field] === 0) record[field] = record[other] ?? record[field];
    }
    if (this.#types['id'] !== undefined) record['id'] = this.#requireId(row);
    if (this.wireValues('status', record['status']).length > 1) {
      record[STATUS_VALUE] = wireText(this.#raw(row, 'status'));
    }
    return record;
  }

  #requireId(row: object): string {
    const id = this.findId(row);
    if (id === null) throw new Mismatch(`${this.path}.idField`, 'no record has an id there');
    return id;
  }

  #decodeField(
    field: string,
    type: FieldType | 'extra',
    raw: unknown,
    context: { formats: Formats; areaCode: string | null },
  ): unknown {
    const { nullAs = {}, values = {} } = this.#resource;
    const isNull = nullAs[field]?.some((value) => sameScalar(value, raw) || areNegative(type, value, raw)) === true;
    if (isNull) return type === 'channels' ? 'unlimited' : null;
    const words = values[field];
    if (words !== undefined) {
      const word = Object.entries(words).find(([, wire]) => toList(wire).some((value) => sameScalar(value, raw)));
      if (word !== undefined) return word[0];
    }
    if (raw === null) return null;
    if (words !== undefined && !OPEN_WORDS.has(field)) {
      throw new Mismatch(`${this.path}.values.${field}`, 'a value came that is not listed here');
    }
    const decoded = decodeValue(type, raw, context);
    if (decoded !== undefined) return decoded;
    throw new Mismatch(`${this.path}.fields.${field}`, `expected ${EXPECTED[type]}, but ${describeKind(raw)}`);
  }

  /** Converts a field for the wire. Null for a field that the system lacks. Throws a `RangeError` for a value it can't write. */
  encode(field: string, value: unknown): WireEntry[] | null {
    const name = this.#wireName(field);
    if (name === null) return null;
    if (typeof name === 'object') {
      const [first, rest] = splitName(typeof value === 'string' ? value : '');
      return [
        [name[0], first],
        [name[1], rest],
      ];
    }
    return [[name, this.encodeValue(field, value)]];
  }

  /** Converts a value as `encode` does, for a filter or a composed text. */
  encodeValue(field: string, value: unknown): unknown {
    const { nullAs = {}, values = {} } = this.#resource;
    const type = this.#types[field] ?? 'extra';
    if (value === null) return nullAs[field]?.[0] ?? null;
    if (type === 'channels' && value === 'unlimited') {
      const none = nullAs[field]?.[0];
      if (none === undefined) throw new RangeError('the system has no word for unlimited');
      return none;
    }
    const words = values[field];
    if (words !== undefined) {
      const wire = typeof value === 'string' && Object.hasOwn(words, value) ? words[value] : undefined;
      const [first] = wire === undefined ? [] : toList(wire);
      if (first === undefined) throw new RangeError(`the profile has no wire value for this ${field}`);
      return first;
    }
    return encodeValue(type, value, this.formats);
  }

  #wireName(field: string): string | null | [string, string] {
    const { fields = {} } = this.#resource;
    if (field === 'id' && fields['id'] === undefined) return this.#resource.idField ?? 'id';
    const name = Object.hasOwn(fields, field) ? fields[field] : undefined;
    return name === undefined ? field : name;
  }

  #raw(row: object, field: string): unknown {
    const name = this.#wireName(field);
    if (name === null) return undefined;
    if (typeof name === 'string') return readName(row, name);
    const parts = name.map((part) => readName(row, part));
    if (parts.every((part) => part === undefined)) return undefined;
    const texts = parts.map((part) => (scalarText(part) ?? '').trim());
    const joined = texts.filter((text) => text !== '').join(' ');
    return joined === '' ? null : joined;
  }
}

/** Returns the codecs of a profile's resources, each of which is made once. */
export function createCodecs(profile: Profile): (name: ResourceName) => Codec {
  const codecs = new Map<ResourceName, Codec>();
  return (name) => {
    const codec = codecs.get(name) ?? new Codec(profile, name);
    codecs.set(name, codec);
    return codec;
  };
}

const EXPECTED: Record<FieldType | 'extra', string> = {
  id: 'an id (text or number)',
  text: 'a text',
  document: 'a text',
  phone: 'a phone number',
  money: 'an amount as formats.money writes it',
  time: 'a time as formats.datetime writes it',
  date: 'a day as formats.date writes it',
  integer: 'a whole number',
  channels: 'a whole number of at least 0',
  duration: 'a duration as formats.duration writes it',
  boolean: 'one of formats.boolean',
  secret: 'nothing',
  ids: 'a list of ids',
  texts: 'a list of texts',
  sip: 'an object',
  destination: 'an object',
  extra: 'a text or a number',
};

const wireText = (value: unknown): string => scalarText(value) ?? String(value);

const toList = (wire: Scalar | Scalar[]): Scalar[] => (Array.isArray(wire) ? wire : [wire]);

/** Systems write one number as `1` and as `"1"`. */
function sameScalar(expected: Scalar, came: unknown): boolean {
  if (expected === came) return true;
  const text = scalarText(expected);
  return text !== null && text === scalarText(came);
}

/** A system that writes no limit as a negative number has none at any negative one. */
function areNegative(type: FieldType | 'extra', expected: Scalar, came: unknown): boolean {
  const isNegative = (value: unknown): boolean => /^-[1-9]\d{0,14}$/.test(scalarText(value) ?? '');
  return type === 'channels' && isNegative(expected) && isNegative(came);
}

function splitName(name: string): [string, string] {
  const text = name.trim().replace(/\s+/g, ' ');
  const blank = text.indexOf(' ');
  return blank < 0 ? [text, ''] : [text.slice(0, blank), text.slice(blank + 1)];
}

function withoutUndefined(formats: Resource['formats']): Partial<Formats> {
  return Object.fromEntries(Object.entries(formats ?? {}).filter(([, value]) => value !== undefined));
}
