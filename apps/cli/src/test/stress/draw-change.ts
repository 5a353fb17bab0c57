import type { SeededRandom } from '../seeded-random.js';
import type { FactBook, Facts, Value, Write } from './facts.js';
import { type Command, dateIn, isBusy, write } from './world.js';

/** Days until a due date that is fulfilled: far from today, and in the same billing cycle. */
export const DUE_DAYS = [8, 12, 16] as const;

/** A service as it was drawn. */
interface Subject {
  id: string;
  facts: Facts;
}

/** A service with what is known of it now; a fact that is not certain is missing. */
interface Drawn<Service extends Subject> {
  random: SeededRandom;
  service: Service;
  facts: Partial<Facts>;
}

/** Makes a command about a service. */
export type Kind<Service extends Subject> = (drawn: Drawn<Service>) => Command | null;

/** What of a service is certain, and what others are setting. */
export interface Known {
  book: FactBook;
  busy: ReadonlySet<string>;
}

/** Draws a command about a service that sets none of the facts that others are setting. */
export function drawChange<Service extends Subject>(
  random: SeededRandom,
  service: Service,
  { book, busy }: Known,
  listKinds: (service: Service, facts: Partial<Facts>) => Kind<Service>[],
): Command | null {
  const facts: Record<string, Value> = {};
  for (const field of Object.keys(service.facts)) {
    const value = book.value(service.id, field);
    if (value !== undefined && !busy.has(`${service.id} ${field}`)) facts[field] = value;
  }
  const command = random.pick(listKinds(service, facts))({ random, service, facts });
  return command === null || isBusy(busy, command.writes) ? null : command;
}

/** A command that an operator orders by name. */
export function ordered({ id }: Subject, words: string[], writes: Write[]): Command {
  return { words, kind: 'order', subjects: [id], writes };
}

export const renew: Kind<Subject> = ({ random, service }) => {
  const due = random.pick(DUE_DAYS);
  return ordered(service, ['provision', 'renew', service.id, '--until', dateIn(due)], [write(service.id, 'due', due)]);
};

export const hold: Kind<Subject> = ({ service, facts }) => {
  const manual = facts.manual !== true;
  return ordered(service, ['hold', manual ? 'add' : 'release', service.id], [write(service.id, 'manual', manual)]);
};

export const suspend: Kind<Subject> = ({ service, facts }) => {
  const suspended = facts.suspended !== true;
  const words = ['provision', suspended ? 'suspend' : 'unsuspend', service.id];
  return ordered(service, words, [write(service.id, 'suspended', suspended)]);
};

export const override: Kind<Subject> = ({ service, facts }) => {
  const unlimited = facts.unlimited !== true;
  const words = unlimited ? ['override', 'set', service.id, '--unlimited'] : ['override', 'clear', service.id];
  return { words, kind: 'other', subjects: [service.id], writes: [write(service.id, 'unlimited', unlimited)] };
};
