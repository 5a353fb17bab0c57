import { getClients, getClientsDetails } from './clients.js';
import type { FormFields } from './form.js';
import type { CreditRow, InvoiceRow, ServiceRow } from './model.js';
import { fromCents } from './money.js';
import { type Body, toClient, type Handler, page } from './page.js';
import { Refusal, Typed, Wrapped } from './reply.js';
import { known, type WhmcsWorld } from './world.js';

const NO_DATE = '0000-00-00';
const NO_TIME = '0000-00-00 00:00:00';

const getClientsProducts: Handler = (world, form) => {
  const matches = (row: ServiceRow): boolean =>
    (!form.has('clientid') || row.clientId === form.number('clientid')) &&
    (!form.has('serviceid') || row.id === form.number('serviceid')) &&
    (!form.has('pid') || row.productId === form.number('pid')) &&
    (!form.has('domain') || row.domain === form.text('domain')) &&
    (!form.has('username2') || row.username === form.text('username2'));
  const { rows, counts } = page(
    world,
    form,
    [...world.services.values()].filter((row) => world.quirks.ignoresFilters || matches(row)),
  );
  const filters = Object.fromEntries(
    ['clientid', 'serviceid', 'pid', 'domain'].map((name) => [name, form.text(name) || null]),
  );
  return {
    ...filters,
    ...counts,
    products: new Wrapped(
      'product',
      rows.map((row) => serviceBody(world, row)),
    ),
  };
};

function serviceBody(world: WhmcsWorld, row: ServiceRow): object {
  const product = known(world.products.get(row.productId), 'product', row.productId);
  const fields = world.listFields(row.productId).map(({ id, name }) => ({
    id,
    name: new Typed(name),
    translated_name: new Typed(name),
    value: new Typed(row.fields.get(id) ?? ''),
  }));
  return {
    id: row.id,
    clientid: row.clientId,
    orderid: row.orderId,
    ordernumber: String(5_550_000_000 + row.orderId),
    pid: row.productId,
    regdate: row.registeredOn,
    name: new Typed(product.name),
    translated_name: new Typed(product.name),
    groupname: new Typed(product.groupName),
    domain: row.domain,
    dedicatedip: row.dedicatedIp,
    suspensionreason: new Typed(row.suspensionReason),
    firstpaymentamount: fromCents(row.amount),
    recurringamount: fromCents(row.amount),
    billingcycle: row.billingCycle,
    nextduedate: row.nextDueDate ?? NO_DATE,
    status: row.status,
    username: row.username,
    password: row.password,
    overideautosuspend: row.overrideAutoSuspend ? 'on' : '',
    overidesuspenduntil: row.suspendNotBefore ?? NO_DATE,
    assignedips: row.assignedIps,
    bwusage: row.bandwidthUsage,
    bwlimit: row.bandwidthLimit,
    lastupdate: NO_TIME,
    customfields: new Wrapped('customfield', fields),
    configoptions: new Wrapped(
      'configoption',
      Object.entries(row.options).map(([option, value], index) => ({
        id: index + 1,
        option: new Typed(option),
        type: typeof value === 'number' ? 'quantity' : 'dropdown',
        value: typeof value === 'number' ? value : new Typed(value),
      })),
    ),
  };
}

const getProducts: Handler = (world, form) => {
  const ids = form.text('pid').split(',').filter(Boolean).map(Number);
  const rows = [...world.products.values()].filter(
    (row) =>
      (ids.length === 0 || ids.includes(row.id)) &&
      (!form.has('gid') || row.groupId === form.number('gid')) &&
      (!form.has('module') || row.module === form.text('module')),
  );
  const products = rows.map((row) => ({
    pid: row.id,
    gid: row.groupId,
    type: 'server',
    name: new Typed(row.name),
    module: row.module,
    paytype: 'recurring',
    pricing: { EUR: { monthly: '10.00', quarterly: '-1.00' } },
    customfields: new Wrapped(
      'customfield',
      world.listFields(row.id).map(({ id, name }) => ({ id, name: new Typed(name), description: '', required: '' })),
    ),
    configoptions: new Wrapped('configoption', []),
  }));
  return { totalresults: rows.length, products: new Wrapped('product', products) };
};

const getInvoices: Handler = (world, form) => {
  const found = [...world.invoices.values()].filter(
    (row) =>
      (!form.has('userid') || row.clientId === form.number('userid')) &&
      (!form.has('status') || row.status === form.text('status')),
  );
  const rows = !world.quirks.ignoresOrder && form.text('order') === 'desc' ? found.reverse() : found;
  const cut = page(world, form, rows);
  return {
    ...cut.counts,
    invoices: new Wrapped(
      'invoice',
      cut.rows.map((row) => invoiceRowBody(world, row)),
    ),
  };
};

function amounts(world: WhmcsWorld, row: InvoiceRow): Body {
  const price = world.subtotal(row) + world.tax(row);
  return {
    subtotal: fromCents(world.subtotal(row)),
    credit: fromCents(row.credit),
    tax: fromCents(world.tax(row)),
    tax2: '0.00',
    total: fromCents(world.quirks.creditLowersTotal ? price - row.credit : price),
    taxrate: world.quirks.taxRate,
    taxrate2: '0.000',
  };
}

function invoiceRowBody(world: WhmcsWorld, row: InvoiceRow): object {
  const client = known(world.clients.get(row.clientId), 'client', row.clientId);
  return {
    id: row.id,
    userid: row.clientId,
    firstname: new Typed(client.firstName),
    lastname: new Typed(client.lastName),
    invoicenum: '',
    date: row.date,
    duedate: row.dueDate,
    datepaid: row.datePaid ?? NO_TIME,
    ...amounts(world, row),
    status: row.status,
    currencycode: row.currency ?? client.currency,
    currencyprefix: '',
    currencysuffix: ` ${client.currency}`,
  };
}

export function toInvoice(world: WhmcsWorld, form: FormFields): InvoiceRow {
  const row = world.invoices.get(form.number('invoiceid'));
  if (row === undefined) throw new Refusal('Invoice ID Not Found');
  return row;
}

const getInvoice: Handler = (world, form) => {
  const row = toInvoice(world, form);
  const items = row.items.map(({ id, type, relatedId, description, amount, taxed }) => ({
    id,
    type,
    relid: relatedId,
    description: new Typed(description),
    amount: fromCents(amount),
    taxed: taxed ? 1 : 0,
  }));
  const transactions = transactionBodies(world, ({ invoiceId }) => invoiceId === row.id);
  return {
    invoiceid: row.id,
    invoicenum: '',
    userid: row.clientId,
    date: row.date,
    duedate: row.dueDate,
    datepaid: row.datePaid ?? NO_TIME,
    ...amounts(world, row),
    balance: fromCents(world.balance(row)),
    status: row.status,
    items: new Wrapped('item', items),
    transactions: transactions.length === 0 ? '' : new Wrapped('transaction', transactions),
  };
};

function transactionBodies(world: WhmcsWorld, matches: (row: WhmcsWorld['transactions'][number]) => boolean): object[] {
  return world.transactions.filter(matches).map((row) => ({
    id: row.id,
    userid: row.clientId,
    currency: 0,
    gateway: row.gateway,
    date: row.at,
    description: 'Invoice Payment',
    amountin: fromCents(row.amount),
    fees: '0.00',
    amountout: '0.00',
    rate: '1.00000',
    transid: row.transactionId,
    invoiceid: row.invoiceId,
    refundid: 0,
  }));
}

/** Without pages, as documented. */
const getClientsAddons: Handler = (world, form) => {
  const rows = [...world.addons].filter(
    ([, service]) => !form.has('serviceid') || service === form.number('serviceid'),
  );
  const addon = rows.map(([id, serviceid]) => ({
    id: String(id),
    serviceid: String(serviceid),
    name: 'Addon',
    status: 'Active',
  }));
  return { serviceid: form.text('serviceid'), totalresults: rows.length, addons: new Wrapped('addon', addon) };
};

/** The invoice of an order is the first one with a line for its service. */
const getOrders: Handler = (world, form) => {
  const first = new Map([...world.services.values()].reverse().map((row) => [row.orderId, row]));
  const rows = [...first.values()].filter(
    ({ orderId }) => orderId !== 0 && (!form.has('id') || orderId === form.number('id')),
  );
  const cut = page(world, form, rows);
  const orders = cut.rows.map(({ id, orderId, clientId, status, amount }) => {
    const invoice = [...world.invoices.values()].find(({ items }) =>
      items.some(({ type, relatedId }) => type === 'Hosting' && relatedId === id),
    );
    return {
      id: orderId,
      ordernum: 5_550_000_000 + orderId,
      userid: clientId,
      amount: fromCents(amount),
      invoiceid: invoice?.id ?? 0,
      status: status === 'Suspended' || status === 'Terminated' ? 'Active' : status,
      paymentstatus: invoice?.status ?? '',
    };
  });
  return { ...cut.counts, orders: new Wrapped('order', orders) };
};

const getTransactions: Handler = (world, form) => {
  const rows = transactionBodies(
    world,
    (row) =>
      (!form.has('invoiceid') || row.invoiceId === form.number('invoiceid')) &&
      (!form.has('clientid') || row.clientId === form.number('clientid')) &&
      (!form.has('transid') || row.transactionId === form.text('transid')),
  );
  const counts = { totalresults: rows.length, startnumber: 0, numreturned: rows.length };
  return { ...counts, transactions: new Wrapped('transaction', rows) };
};

const getCredits: Handler = (world, form) => {
  const client = toClient(world, form.number('clientid'), 'Client ID Not Found');
  const rows = world.credits.filter(({ clientId }: CreditRow) => clientId === client.id);
  const credits = rows.map(({ id, date, description, amount, relatedId }) => ({
    id,
    date,
    description: new Typed(description),
    amount: fromCents(amount),
    relid: relatedId,
  }));
  return { totalresults: rows.length, clientid: client.id, credits: new Wrapped('credit', credits) };
};

/** Actions that only read. */
export const reads: Readonly<Record<string, Handler>> = {
  WhmcsDetails: () => ({ whmcs: { version: '8.9.0', canonicalversion: '8.9.0-release.1' } }),
  GetClients: getClients,
  GetClientsDetails: getClientsDetails,
  GetClientsProducts: getClientsProducts,
  GetProducts: getProducts,
  GetClientsAddons: getClientsAddons,
  GetOrders: getOrders,
  GetInvoices: getInvoices,
  GetInvoice: getInvoice,
  GetTransactions: getTransactions,
  GetCredits: getCredits,
};
