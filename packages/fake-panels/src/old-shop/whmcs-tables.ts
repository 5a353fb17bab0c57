import type { FakeWhmcs } from '../whmcs/fake-whmcs.js';
import { type CsvRow, toCsv } from './csv.js';

const SERVICE_COLUMNS = [
  ...['id', 'client_id', 'product_id', 'product', 'domain', 'username', 'status', 'billing_cycle', 'next_due_date'],
  ...['dedicated_ip', 'assigned_ips', 'first_name', 'last_name', 'company', 'email'],
];

/** Returns the services of a fake WHMCS as CSV, as an operator exports them without its API, by the names of their files. */
export function exportWhmcs({ world }: FakeWhmcs): Map<string, string> {
  const services = [...world.services.values()];
  const rows = services.map((row): CsvRow => {
    const client = world.clients.get(row.clientId);
    return {
      ...{ id: String(row.id), client_id: String(row.clientId), product_id: String(row.productId) },
      ...{ product: world.products.get(row.productId)?.name ?? null, domain: row.domain, username: row.username },
      ...{ status: row.status, billing_cycle: row.billingCycle, next_due_date: row.nextDueDate },
      ...{ dedicated_ip: null, assigned_ips: null, first_name: client?.firstName ?? null },
      ...{ last_name: client?.lastName ?? null, company: client?.company ?? null, email: client?.email ?? null },
    };
  });
  const fields = services.flatMap((row) =>
    world.listFields(row.productId).flatMap(({ id, name }): CsvRow[] => {
      const value = row.fields.get(id) ?? '';
      return value === '' ? [] : [{ service_id: String(row.id), name, value }];
    }),
  );
  const columns = ['service_id', 'name', 'value'];
  return new Map([
    ['whmcs_services.csv', toCsv(SERVICE_COLUMNS, rows)],
    ['whmcs_custom_fields.csv', toCsv(columns, fields)],
    ['whmcs_options.csv', toCsv(columns, [])],
  ]);
}
