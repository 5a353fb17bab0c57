import { type CanonicalRecord, STATUS_VALUE } from '../wire/codec.js';
import { CANONICAL_FIELDS } from '../wire/fields.js';
import { Mismatch } from '../wire/mismatch.js';
import type { ResourceName } from '../profile/schema.js';

/** Reads a canonical record by its types; what is absent or null becomes what the contract says of it. */
export class Fields {
  constructor(
    readonly resource: ResourceName,
    readonly record: CanonicalRecord,
  ) {}

  text(field: string): string | null {
    const value = this.record[field];
    return typeof value === 'string' && value !== '' ? value : null;
  }

  number(field: string): number | null {
    const value = this.record[field];
    return typeof value === 'number' ? value : null;
  }

  channels(field: string): number | 'unlimited' | null {
    return this.record[field] === 'unlimited' ? 'unlimited' : this.number(field);
  }

  /** A value that no record of this kind is without. */
  required(field: string): string {
    const value = this.text(field);
    if (value === null) throw this.mismatch(field, 'a record without it came; every record needs it');
    return value;
  }

  seconds(field: string): number {
    const value = this.number(field);
    if (value === null) throw this.mismatch(field, 'a record without it came; every record needs it');
    return value;
  }

  /** One of a closed list of words. */
  word<Word extends string>(field: string, words: readonly Word[]): Word {
    const value = this.required(field);
    const found = words.find((word) => word === value);
    if (found === undefined) {
      throw new Mismatch(
        `resources.${this.resource}.values.${field}`,
        `a value came that has no meaning here; list the system's words for ${words.join(', ')}`,
      );
    }
    return found;
  }

  optionalWord<Word extends string>(field: string, words: readonly Word[]): Word | null {
    return this.text(field) === null ? null : this.word(field, words);
  }

  get extra(): Readonly<Record<string, unknown>> {
    const known = CANONICAL_FIELDS[this.resource];
    const isExtra = (field: string): boolean => field !== STATUS_VALUE && !Object.hasOwn(known, field);
    return Object.fromEntries(Object.entries(this.record).filter(([field]) => isExtra(field)));
  }

  /** The system's own value of the status, where several mean the same. */
  get statusValue(): { statusValue?: string } {
    const value = this.record[STATUS_VALUE];
    return typeof value === 'string' ? { statusValue: value } : {};
  }

  mismatch(field: string, message: string): Mismatch {
    return new Mismatch(`resources.${this.resource}.fields.${field}`, message);
  }
}
