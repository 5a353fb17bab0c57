import type { SeededRandom } from '../seeded-random.js';
import { DUE_DAYS, drawChange, hold, type Kind, type Known, ordered, override, renew, suspend } from './draw-change.js';
import type { Facts } from './facts.js';
import { toProduct, type Accounting, type DrawnUser } from './hiddify-services.js';
import { dateIn, importCommand, write, type Command } from './world.js';

/** Draws a command about one service. */
export function drawHiddifyChange(
  random: SeededRandom,
  { users, accounting, ...known }: Known & { users: DrawnUser[]; accounting: Accounting },
): Command | null {
  // What is being made while others work on it is the most delicate.
  const unmade = users.filter(({ id }) => known.book.value(id, 'made') !== true);
  const user = random.pick(unmade.length > 0 && random.chance(0.4) ? unmade : users);
  return drawChange(random, user, known, (drawn, facts) => listKinds(drawn, facts, accounting));
}

function listKinds({ ofAgent, id }: DrawnUser, facts: Partial<Facts>, accounting: Accounting): Kind<DrawnUser>[] {
  if (facts.made !== true) return [create, create, importDue, importDue, ...(ofAgent ? [] : [importSize])];
  const dated = [renew, importDue];
  // Whom operators hold by name is another than whom runs hold, so that it can be told who must open what.
  const held = id === 'vpn-1' || id === 'vpn-3' ? [hold, suspend] : [];
  if (!ofAgent) return [...dated, ...held, override, importSize, changePackage];
  return accounting === 'allocated'
    ? [...dated, ...held, changePackage, changePackage, changePackage]
    : [...dated, ...held];
}

const create: Kind<DrawnUser> = ({ service }) =>
  ordered(service, ['provision', 'create', service.id], [write(service.id, 'made', true)]);

const changePackage: Kind<DrawnUser> = ({ service, facts }) => {
  if (facts.size === undefined) return null;
  const size = facts.size === 'small' ? 'big' : 'small';
  const to = (name: string): Command => {
    const words = ['provision', 'change-package', service.id, toProduct({ ...service.facts, size: name })];
    return ordered(service, words, [write(service.id, 'size', name)]);
  };
  return { ...to(size), back: to(String(facts.size)) };
};

const importSize: Kind<DrawnUser> = ({ service, facts }) => {
  if (facts.size === undefined) return null;
  const size = facts.size === 'small' ? 'big' : 'small';
  return importCommand(
    [{ id: service.id, product: toProduct({ ...service.facts, size }) }],
    [write(service.id, 'size', size)],
  );
};

const importDue: Kind<DrawnUser> = ({ random, service }) => {
  const due = random.pick(DUE_DAYS);
  return importCommand([{ id: service.id, next_due_date: dateIn(due) }], [write(service.id, 'due', due)]);
};
