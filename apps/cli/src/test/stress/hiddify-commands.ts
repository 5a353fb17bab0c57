import type { SeededRandom } from '../seeded-random.js';
import type { FactBook, Facts, Value, Write } from './facts.js';
import { DUE_DAYS, toProduct, type Accounting, type DrawnUser } from './hiddify-services.js';
import { dateIn, importCommand, isBusy, write, type Command } from './world.js';

interface Site {
  users: DrawnUser[];
  accounting: Accounting;
  book: FactBook;
  busy: ReadonlySet<string>;
}

interface Drawn {
  random: SeededRandom;
  user: DrawnUser;
  facts: Partial<Facts>;
}

type Kind = (drawn: Drawn) => Command | null;

/** Draws a command about one service that sets none of the facts that others are setting. */
export function drawHiddifyChange(random: SeededRandom, site: Site): Command | null {
  const { users, book, busy } = site;
  // What is being made while others work on it is the most delicate.
  const unmade = users.filter(({ id }) => book.value(id, 'made') !== true);
  const user = random.pick(unmade.length > 0 && random.chance(0.4) ? unmade : users);
  const facts: Record<string, Value> = {};
  for (const field of Object.keys(user.facts)) {
    const value = book.value(user.id, field);
    if (value !== undefined && !busy.has(`${user.id} ${field}`)) facts[field] = value;
  }
  const command = random.pick(listKinds(user, facts, site.accounting))({ random, user, facts });
  return command === null || isBusy(busy, command.writes) ? null : command;
}

function listKinds({ ofAgent, id }: DrawnUser, facts: Partial<Facts>, accounting: Accounting): Kind[] {
  if (facts.made !== true) return [create, create, importDue, importDue, ...(ofAgent ? [] : [importSize])];
  const dated = [renew, importDue];
  // Whom operators hold by name is another than whom runs hold, so that it can be told who must open what.
  const held = id === 'svc-1' || id === 'svc-3' ? [hold, suspend] : [];
  if (!ofAgent) return [...dated, ...held, override, importSize, changePackage];
  return accounting === 'allocated'
    ? [...dated, ...held, changePackage, changePackage, changePackage]
    : [...dated, ...held];
}

const create: Kind = ({ user }) => ordered(user, ['provision', 'create', user.id], [write(user.id, 'made', true)]);

const changePackage: Kind = ({ user, facts }) => {
  if (facts.size === undefined) return null;
  const size = facts.size === 'small' ? 'big' : 'small';
  const to = (name: string): Command => {
    const words = ['provision', 'change-package', user.id, toProduct({ ...user.facts, size: name })];
    return ordered(user, words, [write(user.id, 'size', name)]);
  };
  return { ...to(size), back: to(String(facts.size)) };
};

const renew: Kind = ({ random, user }) => {
  const due = random.pick(DUE_DAYS);
  return ordered(user, ['provision', 'renew', user.id, '--until', dateIn(due)], [write(user.id, 'due', due)]);
};

const hold: Kind = ({ user, facts }) => {
  const manual = facts.manual !== true;
  return ordered(user, ['hold', manual ? 'add' : 'release', user.id], [write(user.id, 'manual', manual)]);
};

const suspend: Kind = ({ user, facts }) => {
  const suspended = facts.suspended !== true;
  const words = ['provision', suspended ? 'suspend' : 'unsuspend', user.id];
  return ordered(user, words, [write(user.id, 'suspended', suspended)]);
};

const override: Kind = ({ user, facts }) => {
  const unlimited = facts.unlimited !== true;
  const words = unlimited ? ['override', 'set', user.id, '--unlimited'] : ['override', 'clear', user.id];
  return { words, kind: 'other', subjects: [user.id], writes: [write(user.id, 'unlimited', unlimited)] };
};

const importSize: Kind = ({ user, facts }) => {
  if (facts.size === undefined) return null;
  const size = facts.size === 'small' ? 'big' : 'small';
  return importCommand([{ id: user.id, product: toProduct({ ...user.facts, size }) }], [write(user.id, 'size', size)]);
};

const importDue: Kind = ({ random, user }) => {
  const due = random.pick(DUE_DAYS);
  return importCommand([{ id: user.id, next_due_date: dateIn(due) }], [write(user.id, 'due', due)]);
};

function ordered(user: DrawnUser, words: string[], writes: Write[]): Command {
  return { words, kind: 'order', subjects: [user.id], writes };
}
