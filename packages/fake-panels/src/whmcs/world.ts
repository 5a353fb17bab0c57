import type {
  ClientRow,
  CreditRow,
  FieldRow,
  InvoiceRow,
  ItemRow,
  NewWhmcsClient,
  NewWhmcsInvoice,
  NewWhmcsProduct,
  NewWhmcsService,
  ProductRow,
  ServiceRow,
  TransactionRow,
  WhmcsInvoiceState,
} from './model.js';
import { fromCents, toTax, toCents } from './money.js';
import type { WhmcsQuirks } from './quirks.js';

/** The database of the fake. */
export class WhmcsWorld {
  readonly clients = new Map<number, ClientRow>();
  readonly products = new Map<number, ProductRow>();
  readonly fields = new Map<number, FieldRow>();
  readonly services = new Map<number, ServiceRow>();
  /** The service of each addon. */
  readonly addons = new Map<number, number>();
  readonly invoices = new Map<number, InvoiceRow>();
  readonly transactions: TransactionRow[] = [];
  readonly credits: CreditRow[] = [];
  /** Ids of the invoices whose "Invoice Created" was mailed to the client, oldest first. */
  readonly mails: number[] = [];
  #lastId = 1000;

  constructor(
    readonly now: () => number,
    readonly quirks: WhmcsQuirks,
  ) {}

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** The server's day; its zone is UTC. */
  today(): string {
    return new Date(this.now()).toISOString().slice(0, 10);
  }

  addClient(client: NewWhmcsClient): number {
    const id = client.id ?? this.clients.size + 1;
    this.clients.set(id, {
      id,
      firstName: client.firstName ?? 'Client',
      lastName: client.lastName ?? String(id),
      company: client.company ?? '',
      email: client.email ?? `client${id}@example.test`,
      taxId: client.taxId ?? '',
      language: client.language ?? '',
      status: 'Active',
      currency: client.currency ?? 'EUR',
      credit: toCents(client.credit ?? '0.00'),
      taxExempt: client.taxExempt ?? false,
      country: client.country ?? 'DE',
      state: client.state ?? '',
    });
    return id;
  }

  addProduct(product: NewWhmcsProduct): number {
    const id = product.id ?? this.products.size + 1;
    const { groupId = 1, groupName = 'Servers', name = `Product ${id}`, module = '' } = product;
    this.products.set(id, { id, groupId, groupName, name, module });
    for (const field of product.fields ?? []) {
      const fieldId = this.nextId();
      this.fields.set(fieldId, { id: fieldId, productId: id, name: field });
    }
    return id;
  }

  listFields(productId: number): FieldRow[] {
    return [...this.fields.values()].filter((field) => field.productId === productId);
  }

  addService(service: NewWhmcsService): number {
    known(this.clients.get(service.client), 'client', service.client);
    known(this.products.get(service.product), 'product', service.product);
    const id = service.id ?? this.nextId();
    const fields = new Map<number, string>();
    for (const [name, value] of Object.entries(service.fields ?? {})) {
      const field = this.listFields(service.product).find((one) => one.name === name);
      fields.set(known(field, 'custom field', name).id, value);
    }
    this.services.set(id, {
      id,
      clientId: service.client,
      productId: service.product,
      orderId: service.orderId ?? id,
      domain: service.domain ?? '',
      username: service.username ?? '',
      password: service.password ?? `fake-password-of-${id}`,
      dedicatedIp: service.dedicatedIp ?? '',
      assignedIps: service.assignedIps ?? '',
      status: service.status ?? 'Active',
      billingCycle: service.billingCycle ?? 'Monthly',
      registeredOn: service.registeredOn ?? this.today(),
      nextDueDate: service.nextDueDate ?? null,
      amount: toCents(service.amount ?? '10.00'),
      suspensionReason: '',
      overrideAutoSuspend: service.overrideAutoSuspend ?? false,
      suspendNotBefore: service.suspendNotBefore ?? null,
      bandwidthUsage: 0,
      bandwidthLimit: 0,
      fields,
      options: { ...service.options },
    });
    return id;
  }

  addAddon(service: number): number {
    const id = this.nextId();
    this.addons.set(id, known(this.services.get(service), 'service', service).id);
    return id;
  }

  addInvoice({ client, status = 'Unpaid', date, items }: NewWhmcsInvoice): number {
    known(this.clients.get(client), 'client', client);
    const id = this.nextId();
    const day = date ?? this.today();
    const rows = items.map((item): ItemRow => ({
      id: this.nextId(),
      type: item.service !== undefined ? 'Hosting' : item.addon !== undefined ? 'Addon' : '',
      relatedId: item.service ?? item.addon ?? 0,
      description: item.description,
      amount: toCents(item.amount),
      taxed: item.taxed ?? false,
    }));
    this.invoices.set(id, {
      id,
      clientId: client,
      date: day,
      dueDate: day,
      datePaid: null,
      status,
      items: rows,
      credit: 0n,
    });
    return id;
  }

  subtotal({ items }: InvoiceRow): bigint {
    return items.reduce((sum, { amount }) => sum + amount, 0n);
  }

  tax(invoice: InvoiceRow): bigint {
    if (known(this.clients.get(invoice.clientId), 'client', invoice.clientId).taxExempt) return 0n;
    const taxed = invoice.items.filter((item) => item.taxed).reduce((sum, { amount }) => sum + amount, 0n);
    return toTax(taxed, this.quirks.taxRate);
  }

  paid({ id }: InvoiceRow): bigint {
    return this.transactions.filter(({ invoiceId }) => invoiceId === id).reduce((sum, { amount }) => sum + amount, 0n);
  }

  balance(invoice: InvoiceRow): bigint {
    return this.subtotal(invoice) + this.tax(invoice) - invoice.credit - this.paid(invoice);
  }

  /** Applies credit; the invoice is paid when nothing is left. */
  applyCredit(invoice: InvoiceRow, amount: bigint): void {
    const client = known(this.clients.get(invoice.clientId), 'client', invoice.clientId);
    client.credit -= amount;
    invoice.credit += amount;
    this.logCredit(client.id, `Credit Applied to Invoice #${invoice.id}`, -amount, invoice.id);
    this.payInFull(invoice);
  }

  /** Books a payment through a gateway. */
  addPayment(invoice: InvoiceRow, amount: bigint, transactionId: string): void {
    this.transactions.push({
      id: this.nextId(),
      clientId: invoice.clientId,
      invoiceId: invoice.id,
      gateway: 'banktransfer',
      at: `${this.today()} 10:00:00`,
      amount,
      transactionId,
    });
    this.payInFull(invoice);
  }

  addCredit(clientId: number, amount: bigint, description: string): void {
    known(this.clients.get(clientId), 'client', clientId).credit += amount;
    this.logCredit(clientId, description, amount, 0);
  }

  /** Moves services, invoices, payments and credit with its log, and deletes the client. */
  mergeClients(from: number, into: number): void {
    const { credit } = known(this.clients.get(from), 'client', from);
    known(this.clients.get(into), 'client', into).credit += credit;
    const rows = [...this.services.values(), ...this.invoices.values(), ...this.transactions, ...this.credits];
    for (const row of rows) if (row.clientId === from) row.clientId = into;
    this.clients.delete(from);
  }

  private logCredit(clientId: number, description: string, amount: bigint, relatedId: number): void {
    this.credits.push({ id: this.nextId(), clientId, date: this.today(), description, amount, relatedId });
  }

  private payInFull(invoice: InvoiceRow): void {
    if (this.balance(invoice) > 0n) return;
    invoice.status = 'Paid';
    invoice.datePaid = `${this.today()} 10:00:00`;
  }

  state(invoice: InvoiceRow): WhmcsInvoiceState {
    return {
      id: invoice.id,
      client: invoice.clientId,
      status: invoice.status,
      price: fromCents(this.subtotal(invoice) + this.tax(invoice)),
      credit: fromCents(invoice.credit),
      paid: fromCents(this.paid(invoice)),
      balance: fromCents(this.balance(invoice)),
      lines: invoice.items.map(({ description, amount, taxed }) => ({ description, amount: fromCents(amount), taxed })),
    };
  }
}

export function known<Row>(row: Row | undefined, kind: string, id: number | string): Row {
  if (row === undefined) throw new RangeError(`The fake WHMCS has no ${kind} ${id}.`);
  return row;
}
