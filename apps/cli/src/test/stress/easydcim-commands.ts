import type { SeededRandom } from '../seeded-random.js';
import { DUE_DAYS, OVERDUE_DAYS, toProduct, type DrawnService } from './easydcim-services.js';
import type { FactBook, Facts, Value, Write } from './facts.js';
import { dateIn, importCommand, isBusy, write, type Command } from './world.js';

/** What commands are drawn from. */
interface Site {
  services: DrawnService[];
  book: FactBook;
  busy: ReadonlySet<string>;
}

/** A service with what is known of it now; a fact that is not certain is missing. */
interface Drawn {
  random: SeededRandom;
  service: DrawnService;
  facts: Partial<Facts>;
}

type Kind = (drawn: Drawn) => Command | null;

/** Draws a command about one service that sets none of the facts that others are setting. */
export function drawEasyDcimChange(random: SeededRandom, { services, book, busy }: Site): Command | null {
  // More than half of the commands are about those that share something.
  const service = random.pick(random.chance(0.4) ? services.filter(({ shared }) => shared) : services);
  const facts: Record<string, Value> = {};
  for (const field of Object.keys(service.facts)) {
    const value = book.value(service.id, field);
    if (value !== undefined && !busy.has(`${service.id} ${field}`)) facts[field] = value;
  }
  const command = random.pick(listKinds(service))({ random, service, facts });
  return command === null || isBusy(busy, command.writes) ? null : command;
}

function listKinds({ billing, shared }: DrawnService): Kind[] {
  const both = [changePackage, override, importSize];
  const moves = shared ? [] : [move];
  return billing === 'dated'
    ? [...both, ...moves, renew, renew, importDue, protect]
    : [...both, ...moves, hold, hold, suspend, importStatus];
}

const changePackage: Kind = ({ service, facts }) => {
  if (facts.size === undefined || facts.panel === undefined) return null;
  const size = facts.size === 'small' ? 'big' : 'small';
  return ordered(
    service,
    ['provision', 'change-package', service.id, toProduct({ ...facts, family: service.family, size })],
    [write(service.id, 'size', size)],
  );
};

const renew: Kind = ({ random, service }) => {
  const due = random.pick(DUE_DAYS);
  return ordered(service, ['provision', 'renew', service.id, '--until', dateIn(due)], [write(service.id, 'due', due)]);
};

const hold: Kind = ({ service, facts }) => {
  const manual = facts.manual !== true;
  const words = ['hold', manual ? 'add' : 'release', service.id];
  return ordered(service, words, [write(service.id, 'manual', manual)]);
};

const suspend: Kind = ({ service, facts }) => {
  const suspended = facts.suspended !== true;
  const words = ['provision', suspended ? 'suspend' : 'unsuspend', service.id];
  return ordered(service, words, [write(service.id, 'suspended', suspended)]);
};

const override: Kind = ({ service, facts }) => {
  const unlimited = facts.unlimited !== true;
  const words = unlimited ? ['override', 'set', service.id, '--unlimited'] : ['override', 'clear', service.id];
  return { words, kind: 'other', subjects: [service.id], writes: [write(service.id, 'unlimited', unlimited)] };
};

const importSize: Kind = ({ service, facts }) => {
  if (facts.size === undefined || facts.panel === undefined) return null;
  const size = facts.size === 'small' ? 'big' : 'small';
  const product = toProduct({ ...facts, family: service.family, size });
  return importCommand([{ id: service.id, product }], [write(service.id, 'size', size)]);
};

const importDue: Kind = ({ random, service }) => {
  const due = random.chance(0.6) ? random.pick(DUE_DAYS) : random.pick(OVERDUE_DAYS);
  return importCommand([{ id: service.id, next_due_date: dateIn(due) }], [write(service.id, 'due', due)]);
};

const importStatus: Kind = ({ service, facts }) => {
  const suspended = facts.suspended !== true;
  const row = { id: service.id, status: suspended ? 'suspended' : 'active' };
  return importCommand([row], [write(service.id, 'suspended', suspended)]);
};

const protect: Kind = ({ service, facts }) => {
  const isProtected = facts.protected !== true;
  const row = { id: service.id, protected_until: isProtected ? dateIn(20) : '' };
  return importCommand([row], [write(service.id, 'protected', isProtected)]);
};

/** To the other panel, where the same ids are somebody else's: refused while the service is held. */
const move: Kind = ({ service, facts }) => {
  if (facts.size === undefined || facts.panel === undefined) return null;
  const panel = facts.panel === 'dcim' ? 'dcim2' : 'dcim';
  const product = toProduct({ ...facts, family: service.family, panel });
  // The product is named together with the panel: nobody else may change it meanwhile.
  const writes = [write(service.id, 'panel', panel), write(service.id, 'size', facts.size)];
  return importCommand([{ id: service.id, panel, product }], writes);
};

function ordered(service: DrawnService, words: string[], writes: Write[]): Command {
  return { words, kind: 'order', subjects: [service.id], writes };
}
