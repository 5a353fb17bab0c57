import * as z from 'zod/mini';
import type { WhmcsCreditEntry, WhmcsInvoice, WhmcsInvoiceRow, WhmcsTransaction } from './invoice-types.js';
import type { WhmcsAddon, WhmcsClientRecord, WhmcsClientRow, WhmcsOrder, WhmcsProduct, WhmcsService } from './types.js';
import {
  answer,
  bool,
  date,
  dateOrText,
  id,
  int,
  money,
  rawText,
  record,
  reference,
  renamed,
  text,
  word,
  wrapped,
} from './values.js';

function mapped<In, Out>(schema: z.ZodMiniType<In>, map: (value: In) => Out): z.ZodMiniType<Out> {
  return z.pipe(schema, z.transform(map));
}

const clientShape = {
  id,
  firstname: rawText,
  lastname: rawText,
  companyname: rawText,
  email: rawText,
  tax_id: rawText,
  status: rawText,
};

function toClientRow(client: z.output<z.ZodMiniObject<typeof clientShape>>): WhmcsClientRow {
  return {
    id: client.id,
    firstName: text.parse(client.firstname),
    lastName: text.parse(client.lastname),
    company: text.parse(client.companyname),
    email: client.email,
    taxId: client.tax_id,
    status: client.status,
    language: null,
  };
}

export const clientRow: z.ZodMiniType<WhmcsClientRow> = mapped(record(clientShape), toClientRow);

/** `currency_code` of older answers is only beside `client`. */
export const clientAnswer: z.ZodMiniType<WhmcsClientRecord> = mapped(
  answer({
    client: record({
      ...{ ...clientShape, currency_code: rawText, credit: money, language: rawText },
      ...{ country: rawText, countrycode: rawText, state: text, statecode: text, taxexempt: bool },
    }),
  }),
  ({ client }) => ({
    ...toClientRow(client),
    language: client.language,
    currency: client.currency_code === '' ? null : client.currency_code,
    credit: client.credit,
    country: client.countrycode === '' ? client.country : client.countrycode,
    states: [...new Set([client.state, client.statecode])].filter((state) => state !== ''),
    taxExempt: client.taxexempt,
    raw: { firstName: client.firstname, lastName: client.lastname, company: client.companyname },
  }),
);

const customField = mapped(record({ id, name: text, value: rawText }), (field) => ({
  id: field.id,
  name: field.name,
  value: text.parse(field.value),
  rawValue: field.value,
}));

const configOption = record({ id, option: text, type: rawText, value: text });

/** The password of the service is not among the fields. */
export const serviceRow: z.ZodMiniType<WhmcsService> = renamed({
  id: ['id', id],
  clientId: ['clientid', id],
  orderId: ['orderid', reference],
  orderNumber: ['ordernumber', rawText],
  productId: ['pid', reference],
  product: ['name', text],
  group: ['groupname', text],
  domain: ['domain', rawText],
  username: ['username', rawText],
  dedicatedIp: ['dedicatedip', rawText],
  assignedIps: ['assignedips', rawText],
  status: ['status', word],
  billingCycle: ['billingcycle', rawText],
  registeredOn: ['regdate', dateOrText],
  nextDueDate: ['nextduedate', dateOrText],
  recurringAmount: ['recurringamount', rawText],
  suspensionReason: ['suspensionreason', text],
  overrideAutoSuspend: ['overideautosuspend', bool],
  suspendNotBefore: ['overidesuspenduntil', dateOrText],
  bandwidthUsage: ['bwusage', int],
  bandwidthLimit: ['bwlimit', int],
  customFields: ['customfields', wrapped('customfield', customField)],
  configOptions: ['configoptions', wrapped('configoption', configOption)],
});

export const productRow: z.ZodMiniType<WhmcsProduct> = renamed({
  id: ['pid', id],
  groupId: ['gid', reference],
  name: ['name', text],
  module: ['module', rawText],
  customFields: ['customfields', wrapped('customfield', record({ id, name: text }))],
});

export const orderRow: z.ZodMiniType<WhmcsOrder> = renamed({
  id: ['id', id],
  clientId: ['userid', id],
  invoiceId: ['invoiceid', reference],
  status: ['status', word],
});

export const addonRow: z.ZodMiniType<WhmcsAddon> = renamed({ id: ['id', id], serviceId: ['serviceid', id] });

export const invoiceRow: z.ZodMiniType<WhmcsInvoiceRow> = renamed({
  id: ['id', id],
  clientId: ['userid', id],
  date: ['date', date],
  dueDate: ['duedate', date],
  datePaid: ['datepaid', dateOrText],
  total: ['total', money],
  status: ['status', word],
  currency: ['currencycode', rawText],
});

const item = renamed({
  id: ['id', id],
  type: ['type', rawText],
  relatedId: ['relid', reference],
  description: ['description', text],
  amount: ['amount', money],
  taxed: ['taxed', bool],
});

export const transactionRow: z.ZodMiniType<WhmcsTransaction> = renamed({
  id: ['id', id],
  clientId: ['userid', reference],
  invoiceId: ['invoiceid', reference],
  gateway: ['gateway', rawText],
  date: ['date', date],
  description: ['description', text],
  amountIn: ['amountin', money],
  amountOut: ['amountout', money],
  transactionId: ['transid', rawText],
});

export const invoiceAnswer: z.ZodMiniType<WhmcsInvoice> = renamed(
  {
    id: ['invoiceid', id],
    clientId: ['userid', id],
    status: ['status', word],
    date: ['date', date],
    dueDate: ['duedate', date],
    credit: ['credit', money],
    subtotal: ['subtotal', money],
    tax: ['tax', money],
    tax2: ['tax2', money],
    total: ['total', money],
    balance: ['balance', money],
    items: ['items', wrapped('item', item)],
    transactions: ['transactions', wrapped('transaction', transactionRow)],
  },
  answer,
);

export const creditRow: z.ZodMiniType<WhmcsCreditEntry> = renamed({
  id: ['id', id],
  date: ['date', date],
  description: ['description', text],
  amount: ['amount', money],
  relatedId: ['relid', reference],
});
