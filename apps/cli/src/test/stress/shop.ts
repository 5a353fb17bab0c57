import {
  type FakeAstbilling,
  type FakeEasyDcim,
  type FakeWhmcs,
  startFakeAstbilling,
  startFakeEasyDcim,
  startFakeWhmcs,
} from '@sluice/fake-panels';
import { GB, HOUR, TOKEN } from '../easydcim-bench.js';
import type { SeededRandom } from '../seeded-random.js';
import type { FactBook } from './facts.js';
import { dateIn } from './world.js';

/** Credit that each client begins with, and the price of one package. */
export const CREDIT = 5000;
export const PRICE = 5;

/** GB that services may use without packages, and at which rest one is bought automatically. */
export const QUOTA = 100;
export const THRESHOLD = 1;

/** Clients of the servers that are sold, and of the telephone lines. */
export const CLIENTS = { servers: 71, lines: 73 } as const;

/** A server that WHMCS sells. */
export interface SoldServer {
  /** As Sluice names it. */
  id: string;
  whmcs: number;
  /** Whether it buys packages by itself. */
  buys: boolean;
  /** GB in the cycle. */
  used: number;
  /** Days until its due date by WHMCS. */
  due: number;
}

/** A telephone line with the calls of last month. */
export interface SoldLine {
  id: string;
  username: string;
  /** What its calls cost. */
  amount: string;
}

/** What sells and charges: servers with packages, which WHMCS lists, and telephone lines whose calls are billed. */
export interface Shop {
  billing: 'ledger' | 'whmcs';
  servers: SoldServer[];
  lines: SoldLine[];
  /** References of purchases that were ordered by hand. */
  orders: { ref: string; service: string }[];
  panel: FakeEasyDcim;
  voice: FakeAstbilling;
  whmcs: FakeWhmcs;
  book: FactBook;
}

/** Opens a shop with four servers and no line; its charges are kept by the ledger or by WHMCS. */
export async function openShop(random: SeededRandom, book: FactBook): Promise<Shop> {
  const panel = await startFakeEasyDcim({ token: TOKEN, timeZone: 'UTC' });
  const voice = await startFakeAstbilling();
  const whmcs = await startFakeWhmcs();
  voice.add('plans', { id: '11', name: 'Line' });
  const fields = ['easydcim_service_id', 'easydcim_order_id', 'easydcim_server_id'];
  whmcs.addProduct({ id: 10, name: 'Server', fields });
  whmcs.addProduct({ id: 11, name: 'Server that buys', fields });
  for (const id of Object.values(CLIENTS)) whmcs.addClient({ id, currency: 'EUR' });
  const servers = [1, 2, 3, 4].map((number): SoldServer => {
    const buys = number > 2;
    return { id: `whmcs-${number}`, whmcs: number, buys, used: buys ? random.whole(90, 98) : 10, due: 12 };
  });
  for (const server of servers) addServer({ panel, whmcs }, server);
  const billing = random.chance(0.5) ? 'ledger' : 'whmcs';
  return { billing, servers, lines: [], orders: [], panel, voice, whmcs, book };
}

function addServer({ panel, whmcs }: Pick<Shop, 'panel' | 'whmcs'>, server: SoldServer): void {
  const { whmcs: id, used, buys, due } = server;
  const refs = { service: 600 + id, order: 800 + id, server: 400 + id };
  const ports = [{ id: 8000 + id, name: 'eth0' }];
  panel.addService({ id: refs.service, orderId: refs.order, serverId: refs.server, user: 20, ports });
  panel.addTraffic(refs.service, { in: used * GB, out: 0, at: Date.now() - 2 * HOUR });
  whmcs.addService({
    id,
    client: CLIENTS.servers,
    product: buys ? 11 : 10,
    status: 'Active',
    nextDueDate: dateIn(due),
    fields: {
      easydcim_service_id: String(refs.service),
      easydcim_order_id: String(refs.order),
      easydcim_server_id: String(refs.server),
    },
  });
}

/** Adds traffic to a server, as its users do. */
export function useServer({ panel }: Pick<Shop, 'panel'>, server: SoldServer, gigabytes: number): void {
  server.used += gigabytes;
  panel.addTraffic(600 + server.whmcs, { in: gigabytes * GB, out: 0, at: Date.now() - 60_000 });
}

/** A month stays open for longer in its first hours, so that none closes while a story is played. */
const HOURS_OPEN = 2;
const now = new Date();
const isJustOver = now.getUTCDate() === 1 && now.getUTCHours() < HOURS_OPEN;
const begun = new Date(now.getTime() - HOURS_OPEN * HOUR);
const lastMonth = new Date(Date.UTC(begun.getUTCFullYear(), begun.getUTCMonth() - 1, 1));

/** How long after its end a month stays open for late calls. */
export const grace = isJustOver ? '6h' : '1h';

/** The first day of the month whose calls are billed. */
export const firstOfLastMonth = (): string => lastMonth.toISOString().slice(0, 10);

/** Adds a telephone line with calls to the panel. */
export function addLine(shop: Shop, random: SeededRandom): SoldLine {
  const number = shop.lines.length + 1;
  const username = `user${number}x`;
  const cents = Array.from({ length: random.whole(1, 3) }, () => random.whole(1, 900));
  shop.voice.addSubscriber({ id: String(9000 + number), username, plan: '11' });
  for (const [index, each] of cents.entries()) {
    const startedAt = new Date(lastMonth.getTime() + (index + 5) * 24 * HOUR).toISOString();
    shop.voice.addCall({
      subscriber: String(9000 + number),
      startedAt,
      talkSeconds: 45,
      charge: (each / 100).toFixed(4),
      currency: 'EUR',
    });
  }
  const amount = (cents.reduce((sum, each) => sum + each, 0) / 100).toFixed(2);
  const line = { id: `line-${number}`, username, amount };
  shop.lines.push(line);
  return line;
}
