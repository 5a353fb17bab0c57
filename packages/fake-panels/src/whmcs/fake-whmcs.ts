import type { FakeServer } from '../core/fake-server.js';
import type { WhmcsSite } from './dispatch.js';
import type {
  NewWhmcsClient,
  NewWhmcsInvoice,
  NewWhmcsProduct,
  NewWhmcsService,
  ServiceRow,
  WhmcsInvoiceState,
} from './model.js';
import { fromCents, toCents } from './money.js';
import type { WhmcsQuirks } from './quirks.js';
import { toTables, type WhmcsTables } from './tables.js';
import { known, type WhmcsWorld } from './world.js';

/**
 * A stateful WHMCS on 127.0.0.1, for tests: its contents, actions of its staff and clients, and its quirks. All methods throw
 * `RangeError` for what does not exist. Amounts are decimal text.
 */
export class FakeWhmcs implements AsyncDisposable {
  /** The form of its answers and its behaviour; may be changed at any time. */
  readonly quirks: WhmcsQuirks;
  /** Its database: rows may be changed, as staff would. */
  readonly world: WhmcsWorld;

  constructor(
    readonly server: FakeServer,
    private readonly site: WhmcsSite,
  ) {
    this.world = site.world;
    this.quirks = site.world.quirks;
  }

  /** The folder that holds `includes/api.php`, without a trailing slash. */
  get url(): string {
    return this.server.url + this.site.basePath;
  }

  get identifier(): string {
    return this.site.identifier;
  }

  get secret(): string {
    return this.site.secret;
  }

  addClient(client: NewWhmcsClient = {}): number {
    return this.world.addClient(client);
  }

  addProduct(product: NewWhmcsProduct = {}): number {
    return this.world.addProduct(product);
  }

  addService(service: NewWhmcsService): number {
    return this.world.addService(service);
  }

  /** Adds an addon to a service; returns its id. */
  addAddon(service: number): number {
    return this.world.addAddon(service);
  }

  /** Makes an invoice as staff does. */
  addInvoice(invoice: NewWhmcsInvoice): number {
    return this.world.addInvoice(invoice);
  }

  /** A service's row; its fields may be changed, as staff would. */
  service(id: number): ServiceRow {
    return known(this.world.services.get(id), 'service', id);
  }

  /** The value of a service's custom field, by its name. */
  field(serviceId: number, name: string): string {
    const service = this.service(serviceId);
    const field = this.world.listFields(service.productId).find((one) => one.name === name);
    return service.fields.get(known(field, 'custom field', name).id) ?? '';
  }

  /** Sets the value of a service's custom field, by its name. */
  setField(serviceId: number, name: string, value: string): void {
    const service = this.service(serviceId);
    const field = this.world.listFields(service.productId).find((one) => one.name === name);
    service.fields.set(known(field, 'custom field', name).id, value);
  }

  deleteService(id: number): void {
    this.service(id);
    this.world.services.delete(id);
  }

  /** Ids of the invoices that were mailed to their clients, oldest first. */
  mails(): readonly number[] {
    return this.world.mails;
  }

  /** Moves everything of a client to another one and deletes it, as staff does with "Merge Clients Accounts". */
  mergeClients(from: number, into: number): void {
    this.world.mergeClients(from, into);
  }

  /** The credit balance of a client. */
  credit(client: number): string {
    return fromCents(known(this.world.clients.get(client), 'client', client).credit);
  }

  /** Adds credit as staff does. */
  addCredit(client: number, amount: string, description = 'Added by staff'): void {
    this.world.addCredit(client, toCents(amount), description);
  }

  /** The credit log of a client: amounts and descriptions, oldest first. */
  credits(client: number): { amount: string; description: string }[] {
    return this.world.credits
      .filter(({ clientId }) => clientId === client)
      .map(({ amount, description }) => ({ amount: fromCents(amount), description }));
  }

  invoice(id: number): WhmcsInvoiceState {
    return this.world.state(known(this.world.invoices.get(id), 'invoice', id));
  }

  /** The invoices of a client, or all, oldest first. */
  invoices(client?: number): WhmcsInvoiceState[] {
    const rows = [...this.world.invoices.values()];
    return rows
      .filter(({ clientId }) => client === undefined || clientId === client)
      .map((row) => this.world.state(row));
  }

  /** Pays the rest of an invoice, as its client does through a gateway. */
  pay(invoice: number, transactionId = `fake-${invoice}`): void {
    const row = known(this.world.invoices.get(invoice), 'invoice', invoice);
    this.world.addPayment(row, this.world.balance(row), transactionId);
  }

  /** Sets the status of an invoice, as staff does. */
  setInvoiceStatus(invoice: number, status: string): void {
    known(this.world.invoices.get(invoice), 'invoice', invoice).status = status;
  }

  /** Sets the currency of an invoice that was made before the client's was changed. */
  setInvoiceCurrency(invoice: number, currency: string): void {
    known(this.world.invoices.get(invoice), 'invoice', invoice).currency = currency;
  }

  deleteInvoice(id: number): void {
    this.invoice(id);
    this.world.invoices.delete(id);
  }

  /** Moves the lines of an invoice to another one and cancels it, as staff does with "Merge". */
  mergeInvoice(id: number, into: number): void {
    const from = known(this.world.invoices.get(id), 'invoice', id);
    known(this.world.invoices.get(into), 'invoice', into).items.push(...from.items.splice(0));
    from.status = 'Cancelled';
  }

  /** Moves the lines with this text to a new invoice, as staff does with "Split"; returns its id. */
  splitInvoice(id: number, text: string): number {
    const from = known(this.world.invoices.get(id), 'invoice', id);
    const to = this.world.addInvoice({ client: from.clientId, items: [] });
    const moved = from.items.filter(({ description }) => description.includes(text));
    known(this.world.invoices.get(to), 'invoice', to).items.push(...moved);
    from.items = from.items.filter((item) => !moved.includes(item));
    return to;
  }

  /** Removes the lines with this text from an invoice, as staff does. */
  removeLines(id: number, text: string): void {
    const row = known(this.world.invoices.get(id), 'invoice', id);
    row.items = row.items.filter(({ description }) => !description.includes(text));
  }

  /** The rows of its database tables (`tblhosting` and what belongs to services), with the names of WHMCS's columns. */
  tables(): WhmcsTables {
    return toTables(this.world);
  }

  close(): Promise<void> {
    return this.server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
