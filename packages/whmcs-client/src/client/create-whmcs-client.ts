import { isPanelError } from '@sluice/panel-http';
import { checkId, Connection } from './connection.js';
import type { FormValue } from './form.js';
import { creditEndpoints, invoiceEndpoints, transactionEndpoints } from './invoices.js';
import { listAll, listPages } from './pages.js';
import { toPhpArray } from './php-serialize.js';
import { addonRow, clientAnswer, clientRow, orderRow, productRow, serviceRow } from './rows.js';
import type { WhmcsCallOptions, WhmcsClient, WhmcsOptions, WhmcsServiceChange } from './types.js';
import { answer, record, word } from './values.js';

/**
 * Creates a client of one WHMCS installation. Nothing is sent before the first call. All calls reject with the errors of
 * `@sluice/panel-http`; `panelCode` has the kind of a refusal (`WhmcsRefusal`). An answer that can't be read is a
 * `PanelUnreadableError`, never zero and never an empty list.
 *
 * @example
 * ```ts
 * const whmcs = createWhmcsClient({ panel: 'whmcs', baseUrl: 'https://billing.example.com', identifier, secret });
 * const services = await whmcs.services.list({ clientId: '77' });
 * whmcs.close();
 * ```
 *
 * @throws PanelConfigError for an address or credentials that cannot be used
 */
export function createWhmcsClient(options: WhmcsOptions): WhmcsClient {
  const connection = new Connection(options);
  return {
    panel: options.panel,
    warnings: connection.warnings,
    version: async (call) => {
      const schema = answer({ whmcs: record({ version: word }) });
      const { whmcs } = await connection.read({ name: 'WhmcsDetails', fields: {}, schema }, call);
      return whmcs.version;
    },
    probe: (action, call) => probe(connection, action, call),
    clients: {
      get: async (clientId, call) => {
        const fields = { clientid: checkId(clientId, 'client'), stats: false };
        return connection.read({ name: 'GetClientsDetails', fields, schema: clientAnswer }, call);
      },
      list: (call = {}) =>
        listPages(connection, { action: 'GetClients', fields: {}, inner: 'client', row: clientRow }, call),
    },
    services: serviceEndpoints(connection),
    products: {
      list: ({ ids = [], groupId, module } = {}, call = {}) => {
        const fields = { pid: ids.length === 0 ? undefined : ids.join(','), gid: groupId, module };
        return listAll(connection, { action: 'GetProducts', fields, inner: 'product', row: productRow }, call);
      },
    },
    orders: {
      get: async (orderId, call = {}) => {
        const fields = { id: checkId(orderId, 'order') };
        const list = { action: 'GetOrders', fields, inner: 'order', row: orderRow };
        const rows = await listPages(connection, list, call);
        return rows.find(({ id }) => id === orderId) ?? null;
      },
    },
    invoices: invoiceEndpoints(connection),
    credits: creditEndpoints(connection),
    transactions: transactionEndpoints(connection),
    close() {
      connection.close();
    },
    [Symbol.dispose]() {
      connection.close();
    },
  };
}

/** Refusals that come before an action, not from it. */
const NOT_ADMITTED: readonly unknown[] = ['auth', 'ip_not_allowed', 'permission', null];

async function probe(connection: Connection, name: string, call?: WhmcsCallOptions): Promise<void> {
  try {
    await connection.read({ name, fields: { limitnum: 1 }, schema: answer({}) }, call);
  } catch (error) {
    if (!isPanelError(error) || NOT_ADMITTED.includes(error.panelCode)) throw error;
  }
}

function serviceEndpoints(connection: Connection): WhmcsClient['services'] {
  return {
    list: ({ clientId, serviceId, productId } = {}, call = {}) => {
      const fields = { clientid: clientId, serviceid: serviceId, pid: productId };
      return listPages(connection, { action: 'GetClientsProducts', fields, inner: 'product', row: serviceRow }, call);
    },
    addons: async (serviceId, call = {}) => {
      const fields = { serviceid: checkId(serviceId, 'service') };
      const list = { action: 'GetClientsAddons', fields, inner: 'addon', row: addonRow };
      const rows = await listAll(connection, list, call);
      return rows.filter((row) => row.serviceId === serviceId);
    },
    update: async (serviceId, change, call) => {
      const fields = { serviceid: checkId(serviceId, 'service'), ...toFields(change) };
      const secrets = change.password === undefined ? [] : [change.password];
      await connection.write({ name: 'UpdateClientProduct', fields, schema: answer({}) }, call, secrets);
    },
  };
}

function toFields(change: WhmcsServiceChange): Record<string, FormValue> {
  const { customFields } = change;
  return {
    status: change.status,
    serviceusername: change.username,
    servicepassword: change.password,
    domain: change.domain,
    nextduedate: change.nextDueDate,
    bwusage: change.bandwidthUsage,
    bwlimit: change.bandwidthLimit,
    customfields: customFields === undefined ? undefined : toPhpArray(Object.entries(customFields)),
  };
}
