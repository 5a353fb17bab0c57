import { expect, it } from '@jest/globals';
import type { EasyDcimClient } from '../index.js';
import { parseOrder, parseService } from '../client/orders.js';
import { listEntries } from './inventory.js';

async function* listed<T>(...rows: T[]): AsyncGenerator<T> {
  await Promise.resolve();
  yield* rows;
}

it('names services and orders by the labels of their servers', async () => {
  const related = (id: number, label: string) => ({ related: { id, label } });
  const services = [
    parseService({ id: 1, order_id: 11, ...related(101, 'Rack 1') }),
    parseService({ id: 2, order_id: 12 }),
    parseService({ id: 3, order_id: 13, ...related(103, 'srv-103') }),
  ];
  const orders = [
    parseOrder({ id: 12, service_id: 2, ...related(102, 'Rack 2') }),
    parseOrder({ id: 14, ...related(104, 'Rack 4') }),
    parseOrder({ id: 15, service_id: 5, ...related(105, 'Rack 5') }),
  ];
  const client = {
    services: { list: () => listed(...services) },
    orders: { list: () => listed(...orders) },
  } as unknown as EasyDcimClient;
  const entries = await listEntries(client, {});
  expect(entries.map(({ object, id, name }) => `${object} ${id}: ${name}`)).toEqual([
    'service 1: Rack 1',
    'service 2: Rack 2',
    'service 3: null',
    'order 14: Rack 4',
    'service 5: Rack 5',
  ]);
});
