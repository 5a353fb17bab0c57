import * as z from 'zod/mini';
import type {
  WhmcsClientRecord,
  WhmcsClientRow,
  WhmcsCreditEntry,
  WhmcsInvoice,
  WhmcsInvoiceRow,
  WhmcsOrder,
  WhmcsProduct,
  WhmcsService,
  WhmcsTransaction,
} from './types.js';
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
  };
}

export const clientRow: z.ZodMiniType<WhmcsClientRow> = mapped(record(clientShape), toClientRow);

/** `currency_code` of older answers is only beside `client`. */
export const clientAnswer: z.ZodMiniType<WhmcsClientRecord> = mapped(
  answer({
    client: record({ ...clientShape, currency_code: rawText, credit: money }),
  }),
  ({ client }) => ({
    ...toClientRow(client),
    currency: client.currency_code === '' ? null : client.currency_code,
    credit: client.credit,
    raw: { firstName: client.firstname, lastName: client.lastname, company: client.companyname },
  }),
);

const customField = mapped(record({ id, name: text, value: rawText }), (field) => ({
  id: field.id,
  name: field.name,
  value: text.parse(field.value),
  rawValue: field.value,
}));

const configOption = mapped(record({ id, option: text, type: rawText, value: text }), (option) => ({ ...option }));

/** The password of the service is not among the fields. */
export const serviceRow: z.ZodMiniType<WhmcsService> = mapped(
  record({
    id,
    clientid: id,
    orderid: reference,
    ordernumber: rawText,
    pid: reference,
    regdate: date,
    name: text,
    groupname: text,
    domain: rawText,
    username: rawText,
    status: word,
    billingcycle: rawText,
    nextduedate: dateOrText,
    recurringamount: money,
    suspensionreason: text,
    overideautosuspend: bool,
    overidesuspenduntil: dateOrText,
    bwusage: int,
    bwlimit: int,
    customfields: wrapped('customfield', customField),
    configoptions: wrapped('configoption', configOption),
  }),
  (row) => ({
    id: row.id,
    clientId: row.clientid,
    orderId: row.orderid,
    orderNumber: row.ordernumber,
    productId: row.pid,
    product: row.name,
    group: row.groupname,
    domain: row.domain,
    username: row.username,
    status: row.status,
    billingCycle: row.billingcycle,
    registeredOn: row.regdate,
    nextDueDate: row.nextduedate,
    recurringAmount: row.recurringamount,
    suspensionReason: row.suspensionreason,
    overrideAutoSuspend: row.overideautosuspend,
    suspendNotBefore: row.overidesuspenduntil,
    bandwidthUsage: row.bwusage,
    bandwidthLimit: row.bwlimit,
    customFields: row.customfields,
    configOptions: row.configoptions,
  }),
);

export const productRow: z.ZodMiniType<WhmcsProduct> = mapped(
  record({
    pid: id,
    gid: reference,
    name: text,
    module: rawText,
    customfields: wrapped('customfield', record({ id, name: text })),
  }),
  ({ pid, gid, name, module, customfields }) => ({ id: pid, groupId: gid, name, module, customFields: customfields }),
);

export const orderRow: z.ZodMiniType<WhmcsOrder> = mapped(
  record({ id, userid: id, invoiceid: reference, status: word }),
  (row) => ({ id: row.id, clientId: row.userid, invoiceId: row.invoiceid, status: row.status }),
);

export const invoiceRow: z.ZodMiniType<WhmcsInvoiceRow> = mapped(
  record({ id, userid: id, date, duedate: date, total: money, status: word, currencycode: rawText }),
  (row) => ({
    id: row.id,
    clientId: row.userid,
    date: row.date,
    dueDate: row.duedate,
    total: row.total,
    status: row.status,
    currency: row.currencycode,
  }),
);

const item = mapped(
  record({ id, type: rawText, relid: reference, description: text, amount: money, taxed: bool }),
  ({ relid, ...rest }) => ({ ...rest, relatedId: relid }),
);

export const transactionRow: z.ZodMiniType<WhmcsTransaction> = mapped(
  record({
    id,
    userid: reference,
    invoiceid: reference,
    gateway: rawText,
    date,
    description: text,
    amountin: money,
    amountout: money,
    transid: rawText,
  }),
  (row) => ({
    id: row.id,
    clientId: row.userid,
    invoiceId: row.invoiceid,
    gateway: row.gateway,
    date: row.date,
    description: row.description,
    amountIn: row.amountin,
    amountOut: row.amountout,
    transactionId: row.transid,
  }),
);

export const invoiceAnswer: z.ZodMiniType<WhmcsInvoice> = mapped(
  answer({
    invoiceid: id,
    userid: id,
    status: word,
    date,
    duedate: date,
    credit: money,
    subtotal: money,
    tax: money,
    tax2: money,
    total: money,
    balance: money,
    items: wrapped('item', item),
    transactions: wrapped('transaction', transactionRow),
  }),
  ({ invoiceid, userid, duedate, ...rest }) => ({ ...rest, id: invoiceid, clientId: userid, dueDate: duedate }),
);

export const creditRow: z.ZodMiniType<WhmcsCreditEntry> = mapped(
  record({ id, date, description: text, amount: money, relid: reference }),
  ({ relid, ...rest }) => ({ ...rest, relatedId: relid }),
);
