import { createHash } from 'node:crypto';
import type { CallRecord } from './records.js';

/** The content of a record, in one order whatever that of the wire. */
const CONTENT: Record<keyof CallRecord, true> = {
  id: true,
  uniqueId: true,
  direction: true,
  subscriberId: true,
  username: true,
  source: true,
  destination: true,
  destinationDescription: true,
  did: true,
  carrierId: true,
  trunkId: true,
  rateId: true,
  prefix: true,
  startedAt: true,
  answeredAt: true,
  endedAt: true,
  durationSeconds: true,
  talkSeconds: true,
  billedSeconds: true,
  pricePerMinute: true,
  charge: true,
  currency: true,
  disposition: true,
  isArchived: true,
};
const FIELDS = Object.keys(CONTENT) as (keyof CallRecord)[];

/** 32-bit words of a record: two of its id's digest, two of its content's. */
const WORDS = 4;

/**
 * Which records were seen, by 16 bytes each in a table that is two thirds full at most: about 32 MB for a million. Two
 * ids with one digest would show as a conflict, never as a repeat.
 */
export class SeenRecords {
  #table = new Uint32Array(1024 * WORDS);
  #count = 0;

  /** Remembers a record, and returns whether its id was seen before, with the same content or with another. */
  add(call: CallRecord): 'new' | 'repeat' | 'conflict' {
    if (this.#count * 3 * WORDS > this.#table.length * 2) this.#grow();
    const words = digestWords(call);
    const slot = findSlot(this.#table, words);
    if (this.#table[slot] === 0) {
      this.#table.set(words, slot);
      this.#count += 1;
      return 'new';
    }
    return this.#table[slot + 2] === words[2] && this.#table[slot + 3] === words[3] ? 'repeat' : 'conflict';
  }

  #grow(): void {
    const larger = new Uint32Array(this.#table.length * 2);
    for (let at = 0; at < this.#table.length; at += WORDS) {
      const words = this.#table.subarray(at, at + WORDS);
      if (words[0] !== 0) larger.set(words, findSlot(larger, words));
    }
    this.#table = larger;
  }
}

/** Returns where the id's words are, or the free slot for them. */
function findSlot(table: Uint32Array, words: Uint32Array): number {
  const slots = table.length / WORDS;
  let slot = ((words[1] ?? 0) % slots) * WORDS;
  while (table[slot] !== 0 && (table[slot] !== words[0] || table[slot + 1] !== words[1])) {
    slot = (slot + WORDS) % table.length;
  }
  return slot;
}

function digestWords(call: CallRecord): Uint32Array {
  const id = createHash('sha256').update(call.id).digest();
  const content = createHash('sha256')
    .update(JSON.stringify(FIELDS.map((field) => call[field])))
    .digest();
  // A slot whose first word is 0 is free.
  return Uint32Array.of(id.readUInt32LE(0) | 1, id.readUInt32LE(4), content.readUInt32LE(0), content.readUInt32LE(4));
}
