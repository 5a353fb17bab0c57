import { type FormFields, unserialize } from './form.js';
import { toInvoice } from './lists.js';
import type { InvoiceRow } from './model.js';
import { fromCents, toCents } from './money.js';
import { toClient, type Handler } from './page.js';
import { Refusal } from './reply.js';
import { known, type WhmcsWorld } from './world.js';

/** An amount of a form; a comma cuts it, as PHP's cast does. */
function toAmount(text: string): bigint {
  const [plain = ''] = /^-?\d+(\.\d{1,2})?/.exec(text) ?? [];
  return toCents(plain === '' ? '0' : plain);
}

const STATUSES = ['Draft', 'Unpaid', 'Paid', 'Cancelled', 'Refunded', 'Collections', 'Payment Pending'];

const createInvoice: Handler = (world, form) => {
  const client = toClient(world, form.number('userid'), 'Client ID Not Found');
  if (form.bool('draft') && form.bool('sendinvoice')) {
    throw new Refusal(
      'Invoice cannot be sent while in Draft status. Please use the UpdateInvoice API to publish and send the invoice.',
    );
  }
  const id = world.addInvoice({ client: client.id, status: form.bool('draft') ? 'Draft' : 'Unpaid', items: [] });
  if (form.bool('sendinvoice')) world.mails.push(id);
  const invoice = known(world.invoices.get(id), 'invoice', id);
  if (form.has('date')) invoice.date = form.text('date');
  invoice.dueDate = form.has('duedate') ? form.text('duedate') : invoice.date;
  const numbers = form.names().flatMap((name) => /^itemdescription(\d+)$/.exec(name)?.[1] ?? []);
  for (const number of numbers) {
    addItem(world, invoice, {
      description: form.text(`itemdescription${number}`),
      amount: form.text(`itemamount${number}`),
      taxed: form.bool(`itemtaxed${number}`),
    });
  }
  if (form.bool('autoapplycredit')) {
    const most = client.credit < world.balance(invoice) ? client.credit : world.balance(invoice);
    if (most > 0n) world.applyCredit(invoice, most);
  }
  return { invoiceid: String(id), status: invoice.status };
};

function addItem(
  world: WhmcsWorld,
  invoice: InvoiceRow,
  { description, amount, taxed }: { description: string; amount: string; taxed: boolean },
): void {
  const stored = world.quirks.narrowText ? description.replace(/[\u{10000}-\u{10FFFF}].*$/su, '') : description;
  invoice.items.push({
    ...{ id: world.nextId(), type: '', relatedId: 0, description: stored, amount: toAmount(amount), taxed },
  });
}

const updateInvoice: Handler = (world, form) => {
  const invoice = toInvoice(world, form);
  const publishes = form.bool('publish') || form.bool('publishandsendemail');
  if (publishes && invoice.status !== 'Draft') throw new Refusal('Invoice must be in Draft status to be published');
  if (form.has('status') && !STATUSES.includes(form.text('status'))) throw new Refusal('Invalid status');
  changeItems(world, invoice, form);
  if (publishes) invoice.status = 'Unpaid';
  if (form.bool('publishandsendemail')) world.mails.push(invoice.id);
  if (form.has('status')) invoice.status = form.text('status');
  return { invoiceid: String(invoice.id) };
};

function changeItems(world: WhmcsWorld, invoice: InvoiceRow, form: FormFields): void {
  const descriptions = form.list('newitemdescription');
  const newAmounts = form.list('newitemamount');
  const newTaxed = form.list('newitemtaxed');
  for (const index of descriptions.keys()) {
    if (!newAmounts.has(index) || !newTaxed.has(index)) {
      throw new Refusal(
        'Missing Variables: newitemdescription, newitemamount and newitemtaxed are required for each item being added',
      );
    }
  }
  for (const [index, description] of descriptions) {
    const taxed = !['', '0'].includes(newTaxed.get(index) ?? '');
    addItem(world, invoice, { description, amount: newAmounts.get(index) ?? '', taxed });
  }
  const deleted = [...form.list('deletelineids').values()].map(Number);
  invoice.items = invoice.items.filter(({ id }) => !deleted.includes(id));
}

const applyCredit: Handler = (world, form) => {
  const invoice = toInvoice(world, form);
  if (invoice.status !== 'Unpaid') throw new Refusal('Invoice Not in Unpaid Status');
  const amount = toAmount(form.text('amount'));
  if (amount <= 0n) throw new Refusal('Amount is required');
  if (amount > toClient(world, invoice.clientId, 'Client Not Found').credit) {
    throw new Refusal('Amount exceeds customer credit balance');
  }
  if (amount > world.balance(invoice)) throw new Refusal('Amount Exceeds Invoice Balance');
  world.applyCredit(invoice, amount);
  const isPaid = world.invoices.get(invoice.id)?.status === 'Paid';
  return { invoiceid: String(invoice.id), amount: fromCents(amount), invoicepaid: String(isPaid) };
};

const addCredit: Handler = (world, form) => {
  const client = toClient(world, form.number('clientid'), 'Client ID Not Found');
  if (!form.has('description')) throw new Refusal('Description is required');
  const amount = toAmount(form.text('amount'));
  if (amount <= 0n) throw new Refusal('No Amount Provided');
  world.addCredit(client.id, amount, form.text('description'));
  return { newbalance: fromCents(client.credit) };
};

const updateClientProduct: Handler = (world, form) => {
  const service = world.services.get(form.number('serviceid'));
  if (service === undefined) throw new Refusal('Service ID Not Found');
  if (
    form
      .names()
      .every((name) => ['action', 'identifier', 'secret', 'accesskey', 'responsetype', 'serviceid'].includes(name))
  ) {
    throw new Refusal('Nothing to Update');
  }
  if (form.has('status')) service.status = form.text('status');
  if (form.has('serviceusername')) service.username = form.text('serviceusername');
  if (form.has('servicepassword')) service.password = form.text('servicepassword');
  if (form.has('domain')) service.domain = form.text('domain');
  if (form.has('nextduedate')) service.nextDueDate = form.text('nextduedate');
  if (form.has('bwusage')) service.bandwidthUsage = form.number('bwusage');
  if (form.has('bwlimit')) service.bandwidthLimit = form.number('bwlimit');
  if (form.has('customfields')) {
    for (const [id, value] of unserialize(form.text('customfields'))) {
      if (world.fields.get(id)?.productId === service.productId) service.fields.set(id, value);
    }
  }
  return { serviceid: String(service.id) };
};

/** Actions that change something. */
export const changes: Readonly<Record<string, Handler>> = {
  CreateInvoice: createInvoice,
  UpdateInvoice: updateInvoice,
  ApplyCredit: applyCredit,
  AddCredit: addCredit,
  UpdateClientProduct: updateClientProduct,
};
