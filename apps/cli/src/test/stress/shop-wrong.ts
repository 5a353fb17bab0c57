import type { PurchaseRecord } from '@sluice/state-store';
import { purchaseSubject } from './shop-commands.js';
import { CLIENTS, CREDIT, PRICE, QUOTA, type Shop, THRESHOLD } from './shop.js';
import { dateIn, type World } from './world.js';

/** An invoice of the billing system that keeps the charges; amounts are decimal text. */
interface Charged {
  id: string;
  status: string;
  lines: { description: string; amount: string }[];
}

/** Charges, bills and rows that are not what the orders, the traffic and the calls made of them. */
export async function wrongShop(world: World, shop: Shop): Promise<string[]> {
  const purchases = await world.bench.store((store) => store.purchases.list());
  const invoices = await listInvoices(world, shop);
  return [
    ...wrongNumbers(shop, purchases),
    ...wrongCharges(purchases, invoices),
    ...wrongBills(shop, invoices),
    ...(await wrongCredit(world, shop, purchases.length)),
    ...(await wrongDates(world, shop)),
    ...shop.servers.flatMap(({ id, whmcs }) =>
      shop.panel.port(8000 + whmcs).adminState === 'down' ? [`${id} is shut although it has bought enough`] : [],
    ),
  ];
}

/** Each order by hand was bought once if it was made, and each server that buys has what its traffic needs. */
function wrongNumbers({ book, orders, servers }: Shop, purchases: readonly PurchaseRecord[]): string[] {
  const byHand = orders.flatMap(({ ref }) => {
    const expected = book.value(purchaseSubject(ref), 'made') === true ? 1 : 0;
    const found = purchases.filter(({ key }) => key === ref || key.endsWith(`:${ref}`)).length;
    return found === expected ? [] : [`${ref} was bought ${found} times instead of ${expected}`];
  });
  const automatic = servers
    .filter(({ buys }) => buys)
    .flatMap(({ id, used }) => {
      const expected = Math.max(0, Math.floor(used - QUOTA + THRESHOLD) + 1);
      const found = purchases.filter(({ service }) => service === id).length;
      return found === expected
        ? []
        : [`${id} used ${used} GB and bought ${found} packages by itself instead of ${expected}`];
    });
  return [...byHand, ...automatic];
}

/** Each purchase is paid by one invoice, and nobody has to pay another one. */
function wrongCharges(purchases: readonly PurchaseRecord[], invoices: readonly Charged[]): string[] {
  const unpaid = purchases
    .filter(({ status }) => status !== 'paid')
    .map(({ id, key, status }) => `${id} (${key}) is ${status}`);
  const own = purchases.flatMap(({ id, invoice }) => {
    const having = invoices.filter(({ lines }) => lines.some(({ description }) => description.includes(id)));
    const live = having.filter(({ status }) => status.toLowerCase() !== 'cancelled');
    if (live.length === 1 && live[0]?.id === invoice && live[0].status.toLowerCase() === 'paid') return [];
    const shown = having.map((one) => `${one.id} ${one.status}`).join(', ');
    return [`${id} names invoice ${String(invoice)}, and its invoices are: ${shown}`];
  });
  return [...unpaid, ...own];
}

/** The calls of each line are on one invoice, once. */
function wrongBills({ book, lines }: Shop, invoices: readonly Charged[]): string[] {
  const all = invoices.filter(({ status }) => status.toLowerCase() !== 'cancelled').flatMap((each) => each.lines);
  return lines.flatMap(({ id, username, amount }) => {
    const expected = book.value(id, 'added') === true ? [amount] : [];
    const found = all.filter(({ description }) => description.includes(username)).map((line) => line.amount);
    return found.join(' ') === expected.join(' ')
      ? []
      : [`the calls of ${id} were billed as "${found.join(' ')}" instead of "${expected.join(' ')}"`];
  });
}

/** Clients have spent what their purchases cost, and nothing else. */
async function wrongCredit(world: World, { billing, whmcs }: Shop, bought: number): Promise<string[]> {
  const wrong: string[] = [];
  for (const client of Object.values(CLIENTS)) {
    const { stdout } = await world.bench.sluice(['credit', 'show', String(client), '--json']);
    const credit = billing === 'whmcs' ? whmcs.credit(client) : (JSON.parse(stdout) as { balance: string }).balance;
    const expected = CREDIT - (client === CLIENTS.servers ? PRICE * bought : 0);
    if (Number(credit) !== expected) wrong.push(`client ${client} has ${credit} left instead of ${expected}`);
  }
  return wrong;
}

async function wrongDates(world: World, { servers }: Shop): Promise<string[]> {
  const rows = await readServices<{ id: string; nextDueDate: string }>(world);
  return servers.flatMap(({ id, due }) => {
    const stored = rows.find((row) => row.id === id)?.nextDueDate;
    return stored === dateIn(due) ? [] : [`${id} is due on ${String(stored)} instead of ${dateIn(due)}`];
  });
}

/** The invoices of the system that charges, with the mark of each line in its text. */
async function listInvoices(world: World, { billing, whmcs }: Shop): Promise<Charged[]> {
  if (billing === 'whmcs')
    return whmcs.invoices().map(({ id, status, lines }) => ({ id: String(id), status, lines: [...lines] }));
  return world.bench.store(async (store) => {
    const invoices = await store.invoices.list({});
    const lines = await store.invoices.lines(invoices.map(({ id }) => id));
    return invoices.map(({ id, status }) => ({
      id,
      status,
      lines: lines
        .filter(({ invoice }) => invoice === id)
        .map(({ key, description, amount }) => ({ description: `${description} ${key}`, amount })),
    }));
  });
}

async function readServices<T>(world: World): Promise<T[]> {
  const { stdout } = await world.bench.sluice(['service', 'list', '--json']);
  return (JSON.parse(stdout) as { services: T[] }).services;
}
