import type { CreditEntry, InvoiceView, PackageView, PurchaseView } from '@sluice/engine';
import { describePurchaseState } from '@sluice/engine/words';
import { bytes, clientColumns, type Column, money, serviceColumns, state, text, time } from '../columns.js';

/** The columns of the changes of a client's credit. */
export const CREDIT_ENTRIES: readonly Column<CreditEntry>[] = [
  time('at', ({ at }) => at),
  text('kind', ({ kind }) => kind, { priority: 3 }),
  money('amount', ({ amount }) => amount),
  money('balance', ({ balance }) => balance),
  text('currency', ({ currency }) => currency, { title: '' }),
  text('description', ({ description }) => description),
  text('ref', ({ ref }) => ref, { priority: 2 }),
  text('note', ({ note }) => note, { extra: true, priority: 4 }),
  text('actor', ({ actor }) => actor, { extra: true, priority: 4 }),
  text('id', ({ id }) => id, { extra: true, priority: 5 }),
];

/** The columns of invoices. */
export const INVOICES: readonly Column<InvoiceView>[] = [
  text('invoice', ({ id }) => id),
  ...clientColumns<InvoiceView>({}),
  state('status', ({ status }) => status),
  money('total', ({ total }) => total),
  money('balance', ({ balance }) => balance, { extra: true, priority: 7 }),
  text('currency', ({ currency }) => currency, { title: '' }),
  time('created', ({ createdAt }) => createdAt, { priority: 2 }),
  time('paid', ({ paidAt }) => paidAt, { priority: 3 }),
  time('closed', ({ closedAt }) => closedAt, { extra: true, priority: 8 }),
  text('lines', ({ lines }) => lines.map(({ description }) => description).join('; '), { priority: 4 }),
];

/** The columns of the packages of the config. */
export const PACKAGES: readonly Column<PackageView>[] = [
  text('package', ({ id }) => id),
  text('name', ({ id, name }) => (name === id ? null : name), { priority: 2 }),
  bytes('traffic', (row) => row.bytes),
  money('price', ({ price }) => price),
  text('currency', ({ currency }) => currency),
  text('tax', ({ taxed }) => (taxed ? 'added' : null), { priority: 3 }),
  text('products', ({ products }) => products.join(', ') || null, { priority: 1 }),
];

/** The columns of purchases. */
export const PURCHASES: readonly Column<PurchaseView>[] = [
  text('id', ({ id }) => id, { whole: true }),
  ...serviceColumns<PurchaseView>(({ service }) => service),
  ...clientColumns<PurchaseView>({ priority: 6 }),
  { ...text<PurchaseView>('package', ({ package: id }) => id), cell: ({ packageName }) => packageName },
  bytes('traffic', (row) => row.bytes, { priority: 3 }),
  money('price', ({ price }) => price),
  // Also of a purchase that is not paid yet: the total of its invoice.
  money('charged', ({ charged }) => charged, { title: 'invoiced', priority: 2 }),
  text('currency', ({ currency }) => currency),
  state('status', ({ status }) => status, { cell: (row, ink) => ink.paint(row.status, describePurchaseState(row)) }),
  text('actor', ({ actor }) => actor, { priority: 4 }),
  text('by', ({ by }) => by, { extra: true, priority: 4 }),
  text('invoice', ({ invoice }) => invoice, { priority: 5 }),
  text('cycle', ({ cycle }) => cycle, { extra: true, priority: 8 }),
  time('at', ({ at }) => at, { priority: 1 }),
];
