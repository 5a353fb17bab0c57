import type { FakeWhmcs } from './fake-whmcs.js';

/** What to fill a fake WHMCS with. */
export interface WhmcsFilling {
  /** Clients, each with one service. */
  readonly clients: number;
  /** Default `EUR`. */
  readonly currency?: string;
  /** Credit of each client. Default `50.00`. */
  readonly credit?: string;
  /** Default: none. */
  readonly nextDueDate?: string;
  /** Values of a service's custom fields, by the number of its client from 1. */
  readonly fields: (client: number) => Readonly<Record<string, string>>;
}

/** Fills a fake with one product and clients that have a service of it. Returns the ids of the services, by client. */
export function fillWhmcs(fake: FakeWhmcs, filling: WhmcsFilling): number[] {
  const { clients, currency = 'EUR', credit = '50.00', nextDueDate = null, fields } = filling;
  const product = fake.addProduct({ name: 'Dedicated server', fields: Object.keys(fields(1)) });
  return Array.from({ length: clients }, (_, index) => {
    const client = fake.addClient({ currency, credit });
    return fake.addService({ client, product, nextDueDate, fields: fields(index + 1) });
  });
}
