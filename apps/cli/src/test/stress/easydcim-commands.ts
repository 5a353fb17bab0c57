import type { SeededRandom } from '../seeded-random.js';
import { DUE_DAYS, drawChange, hold, type Kind, type Known, ordered, override, renew, suspend } from './draw-change.js';
import { OVERDUE_DAYS, toProduct, type DrawnService } from './easydcim-services.js';
import { dateIn, importCommand, write, type Command } from './world.js';

/** Draws a command about one service. */
export function drawEasyDcimChange(
  random: SeededRandom,
  { services, ...known }: Known & { services: DrawnService[] },
): Command | null {
  // More than half of the commands are about those that share something.
  const service = random.pick(random.chance(0.4) ? services.filter(({ shared }) => shared) : services);
  return drawChange(random, service, known, listKinds);
}

function listKinds({ billing, shared }: DrawnService): Kind<DrawnService>[] {
  const both = [changePackage, override, importSize];
  const moves = shared ? [] : [move];
  return billing === 'dated'
    ? [...both, ...moves, renew, renew, importDue, protect]
    : [...both, ...moves, hold, hold, suspend, importStatus];
}

const changePackage: Kind<DrawnService> = ({ service, facts }) => {
  if (facts.size === undefined || facts.panel === undefined) return null;
  const size = facts.size === 'small' ? 'big' : 'small';
  return ordered(
    service,
    ['provision', 'change-package', service.id, toProduct({ ...facts, family: service.family, size })],
    [write(service.id, 'size', size)],
  );
};

const importSize: Kind<DrawnService> = ({ service, facts }) => {
  if (facts.size === undefined || facts.panel === undefined) return null;
  const size = facts.size === 'small' ? 'big' : 'small';
  const product = toProduct({ ...facts, family: service.family, size });
  return importCommand([{ id: service.id, product }], [write(service.id, 'size', size)]);
};

const importDue: Kind<DrawnService> = ({ random, service }) => {
  const due = random.chance(0.6) ? random.pick(DUE_DAYS) : random.pick(OVERDUE_DAYS);
  return importCommand([{ id: service.id, next_due_date: dateIn(due) }], [write(service.id, 'due', due)]);
};

const importStatus: Kind<DrawnService> = ({ service, facts }) => {
  const suspended = facts.suspended !== true;
  const row = { id: service.id, status: suspended ? 'suspended' : 'active' };
  return importCommand([row], [write(service.id, 'suspended', suspended)]);
};

const protect: Kind<DrawnService> = ({ service, facts }) => {
  const isProtected = facts.protected !== true;
  const row = { id: service.id, protected_until: isProtected ? dateIn(20) : '' };
  return importCommand([row], [write(service.id, 'protected', isProtected)]);
};

/** To the other panel, where the same ids are somebody else's: refused while the service is held. */
const move: Kind<DrawnService> = ({ service, facts }) => {
  if (facts.size === undefined || facts.panel === undefined) return null;
  const panel = facts.panel === 'dcim' ? 'dcim2' : 'dcim';
  const product = toProduct({ ...facts, family: service.family, panel });
  // The product is named together with the panel: nobody else may change it meanwhile.
  const writes = [write(service.id, 'panel', panel), write(service.id, 'size', facts.size)];
  return importCommand([{ id: service.id, panel, product }], writes);
};
