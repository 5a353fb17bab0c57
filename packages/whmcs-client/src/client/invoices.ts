import { PanelConfigError } from '@sluice/panel-http';
import { checkId, type Connection } from './connection.js';
import { type FormValue, toAmount } from './form.js';
import { listAll, listPages, type PagedList } from './pages.js';
import { creditRow, invoiceAnswer, invoiceRow, transactionRow } from './rows.js';
import type { WhmcsInvoiceChange, WhmcsInvoiceRow, WhmcsNewInvoice, WhmcsNewItem } from './invoice-types.js';
import type { WhmcsClient } from './types.js';
import { answer, id } from './values.js';

/** PHP limits the fields of a request (docs/whmcs-api.md#form-limits). */
const MOST_ITEMS = 50;

const done = answer({});

export function invoiceEndpoints(connection: Connection): WhmcsClient['invoices'] {
  return {
    list: async ({ clientId, status, since } = {}, options = {}) => {
      const fields = {
        userid: clientId === undefined ? undefined : checkId(clientId, 'client'),
        status,
        ...(since === undefined ? {} : { orderby: 'id', order: 'desc' }),
      };
      const list: PagedList<WhmcsInvoiceRow> = { action: 'GetInvoices', fields, inner: 'invoice', row: invoiceRow };
      if (since === undefined) return listPages(connection, list, options);
      const enough = (found: readonly WhmcsInvoiceRow[]): boolean => reaches(found, since, connection.pageSize);
      const rows = await listPages(connection, { ...list, enough }, options);
      return rows.filter(({ date }) => date === null || date >= since);
    },
    get: async (invoiceId, options) => {
      const fields = { invoiceid: checkId(invoiceId, 'invoice') };
      return connection.read({ name: 'GetInvoice', fields, schema: invoiceAnswer }, options);
    },
    create: async (invoice, options) => {
      const action = { name: 'CreateInvoice', fields: toCreation(invoice), schema: answer({ invoiceid: id }) };
      return (await connection.write(action, options)).invoiceid;
    },
    update: async (invoiceId, change, options) => {
      const fields = { invoiceid: checkId(invoiceId, 'invoice'), ...toChange(change) };
      await connection.write({ name: 'UpdateInvoice', fields, schema: done }, options);
    },
    applyCredit: async (invoiceId, amount, options) => {
      const fields = { invoiceid: checkId(invoiceId, 'invoice'), amount: toAmount(amount), noemail: false };
      await connection.write({ name: 'ApplyCredit', fields, schema: done }, options);
    },
  };
}

export function creditEndpoints(connection: Connection): WhmcsClient['credits'] {
  return {
    list: async (clientId, options = {}) => {
      const fields = { clientid: checkId(clientId, 'client') };
      return listAll(connection, { action: 'GetCredits', fields, inner: 'credit', row: creditRow }, options);
    },
    add: async ({ clientId, description, amount }, options) => {
      const fields = { clientid: checkId(clientId, 'client'), description, amount: toAmount(amount) };
      await connection.write({ name: 'AddCredit', fields, schema: done }, options);
    },
  };
}

export function transactionEndpoints(connection: Connection): WhmcsClient['transactions'] {
  return {
    list: ({ invoiceId, clientId, transactionId }, options = {}) => {
      const fields = { invoiceid: invoiceId, clientid: clientId, transid: transactionId };
      return listAll(
        connection,
        { action: 'GetTransactions', fields, inner: 'transaction', row: transactionRow },
        options,
      );
    },
  };
}

/** Whether a list in descending order has reached rows before a day. A list in another order is read to its end. */
function reaches(rows: readonly WhmcsInvoiceRow[], since: string, pageSize: number): boolean {
  const isDescending = rows.every(({ id: own }, index) => {
    const before = rows[index - 1];
    return before === undefined || BigInt(before.id) > BigInt(own);
  });
  // A whole page, since single invoices may have been dated back.
  const last = rows.slice(-pageSize);
  return isDescending && last.every(({ date }) => date !== null && date < since);
}

function toCreation({ clientId, draft = true, date, dueDate, items }: WhmcsNewInvoice): Record<string, FormValue> {
  checkCount(items);
  const fields: Record<string, FormValue> = {
    userid: checkId(clientId, 'client'),
    draft,
    sendinvoice: false,
    date,
    duedate: dueDate,
  };
  items.forEach(({ description, amount, taxed }, index) => {
    fields[`itemdescription${index + 1}`] = description;
    fields[`itemamount${index + 1}`] = toAmount(amount);
    fields[`itemtaxed${index + 1}`] = taxed;
  });
  return { ...fields, autoapplycredit: false };
}

function toChange({
  status,
  publish,
  publishAndSendEmail,
  newItems = [],
  deleteItemIds = [],
}: WhmcsInvoiceChange): Record<string, FormValue> {
  checkCount(newItems);
  checkCount(deleteItemIds);
  return {
    status,
    publish,
    publishandsendemail: publishAndSendEmail,
    newitemdescription: newItems.map(({ description }) => description),
    newitemamount: newItems.map(({ amount }) => toAmount(amount)),
    newitemtaxed: newItems.map(({ taxed }) => taxed),
    deletelineids: deleteItemIds.map((line) => checkId(line, 'line')),
  };
}

function checkCount(lines: readonly (WhmcsNewItem | string)[]): void {
  if (lines.length > MOST_ITEMS) {
    throw new PanelConfigError(
      'option_invalid',
      `More than ${MOST_ITEMS} lines in one call: send them in several calls.`,
    );
  }
}
