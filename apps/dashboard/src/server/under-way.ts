import { SluiceError } from '@sluice/panel-kind';
import type { Turn } from './turns.js';

/** An exchange with a client, as far as it is known when it ends. */
interface Exchange {
  request: { raw: { socket: { destroyed: boolean } } };
  reply: {
    header(name: string, value: number): unknown;
    raw: { once(event: 'close', ended: () => void): unknown };
  };
}

/** Requests of a client under way, and those that wait. */
interface OfClient {
  underWay: number;
  waiting: (() => void)[];
}

/** So many times as many requests wait as may be under way. */
const WAITING = 8;

/**
 * Returns a function that lets `most` requests of a client be under way at once. Further ones wait. Each begins in a turn of its own: the
 * store answers at once, so that otherwise the server would do nothing else until all are answered.
 *
 * @throws SluiceError `too_many_requests` where too many wait already
 */
export function boundUnderWay(most: number, turn: Turn): (exchange: Exchange, client: string) => Promise<void> {
  const clients = new Map<string, OfClient>();
  return async ({ request, reply }, client) => {
    const own = clients.get(client) ?? { underWay: 0, waiting: [] };
    clients.set(client, own);
    if (own.underWay < most) own.underWay++;
    else await wait(own, { most, reply });
    await turn(client);
    const end = (): void => {
      const next = own.waiting.shift();
      if (next !== undefined) next();
      else if (--own.underWay === 0) clients.delete(client);
    };
    if (!request.raw.socket.destroyed) {
      reply.raw.once('close', end);
      return;
    }
    // Nobody waits for the answer any more.
    end();
    throw tooMany('The connection has ended');
  };
}

/** Waits until a request that ends leaves its place. */
function wait({ waiting }: OfClient, { most, reply }: Pick<Exchange, 'reply'> & { most: number }): Promise<void> {
  if (waiting.length < most * WAITING) return new Promise((resolve) => waiting.push(resolve));
  reply.header('retry-after', 1);
  throw tooMany('Too many requests at once; wait for the answers to those before');
}

function tooMany(message: string): SluiceError {
  return new SluiceError('too_many_requests', message, { kind: 'busy' });
}
