import type { SeededRandom } from '../seeded-random.js';
import { DUE_DAYS } from './draw-change.js';
import { addLine, CLIENTS, type Shop, useServer } from './shop.js';
import { type Command, dateIn, importCommand, write } from './world.js';

/** A run over the shop, often with traffic that makes it buy, or with a due date that staff of WHMCS changed. */
export function drawShopRun(random: SeededRandom, shop: Shop): Command {
  const run = (words: string[], before?: () => void): Command => ({
    words,
    kind: 'run',
    subjects: [],
    writes: [],
    ...(before === undefined ? {} : { before }),
  });
  const draw = random.next();
  if (draw < 0.4)
    return run(['poll', '--panel', 'shop'], () => {
      use(random, shop);
    });
  if (draw < 0.65) return run(['call', 'bill']);
  if (draw < 0.85)
    return run(['service', 'sync'], () => {
      moveDueDate(random, shop);
    });
  return run(['reconcile', '--panel', 'shop']);
}

function use(random: SeededRandom, shop: Shop): void {
  const server = random.pick(shop.servers.filter(({ buys }) => buys));
  useServer(shop, server, random.whole(1, 3));
}

function moveDueDate(random: SeededRandom, { servers, whmcs }: Shop): void {
  const server = random.pick(servers);
  server.due = random.pick(DUE_DAYS);
  whmcs.service(server.whmcs).nextDueDate = dateIn(server.due);
}

/** A purchase by hand, or a further telephone line. */
export function drawShopChange(random: SeededRandom, shop: Shop): Command {
  return random.chance(0.6) ? purchase(random, shop) : furtherLine(random, shop);
}

function purchase(random: SeededRandom, { servers, orders, book }: Shop): Command {
  const server = random.pick(servers.filter(({ buys }) => !buys));
  const ref = `order-${orders.length + 1}`;
  const subject = purchaseSubject(ref);
  orders.push({ ref, service: server.id });
  book.define(subject, { made: false }, Date.now());
  const words = ['purchase', 'create', server.id, 'extra', '--ref', ref];
  return { words, kind: 'order', subjects: [server.id], writes: [write(subject, 'made', true)] };
}

/** Subject of the facts of a purchase. */
export const purchaseSubject = (ref: string): string => `purchase ${ref}`;

function furtherLine(random: SeededRandom, shop: Shop): Command {
  const line = addLine(shop, random);
  shop.book.define(line.id, { added: false }, Date.now());
  const row = {
    id: line.id,
    panel: 'voice',
    product: 'line',
    client: String(CLIENTS.lines),
    status: 'active',
    astbilling_subscriber_id: String(9000 + shop.lines.length),
  };
  return importCommand([row], [write(line.id, 'added', true)]);
}
