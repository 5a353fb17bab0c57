import type {
  BillingDependencies,
  Invoice,
  ServiceSource,
  SourceFields,
  SourceList,
  SourceRequest,
  SourceUsage,
} from '@sluice/contract/ports';
import { isPanelError, type PanelError } from '@sluice/panel-http';
import { SluiceError, usageError } from '@sluice/panel-kind';
import type {
  WhmcsClient,
  WhmcsListOptions,
  WhmcsService,
  WhmcsServiceChange,
  WhmcsUnreadRow,
} from '../client/types.js';
import { runCall, TITLE } from './errors.js';
import { fillColumns, findBlank } from './fill-columns.js';
import { nameService } from './name-service.js';
import { openClient } from './open-client.js';
import { readOpenInvoices } from './open-invoices.js';
import { needsGroups, SERVICE_REF, type WhmcsProductIds, type WhmcsSettings } from './settings.js';
import { readClients } from './read-clients.js';
import type { BilledService } from '@sluice/quota-core';
import { surveyServices } from './survey.js';
import { findFields, toServiceId, toSourceService, toUnreadService } from './to-source-service.js';
import { WhmcsBooks } from './whmcs-books.js';

/** Opens the services of WHMCS as a source for `service sync`; sends nothing. */
export function openWhmcsSource(settings: WhmcsSettings, dependencies: BillingDependencies): ServiceSource {
  return new WhmcsSource(openClient(settings, dependencies), settings, dependencies.random);
}

/** Refusals that are about one service. */
const OF_SERVICE: readonly unknown[] = ['not_found', 'invalid_request', 'state', 'api_error'];

/** What is written into a service. */
type Written = 'usage' | 'credentials' | 'fields';

const WORDS: Record<Written, string> = { usage: 'usage', credentials: 'credentials', fields: 'custom fields' };

function refused(id: string, what: Written, cause: PanelError): SluiceError {
  const message = `${TITLE} refused the ${WORDS[what]} of service ${id}: ${cause.statement}`;
  return new SluiceError(`${what}_refused`, message, { kind: 'billing', cause, details: { service: toServiceId(id) } });
}

/** Answers about an order that concern only its service: refusals, and what can't be parsed. */
function isAboutOrder({ code, panelCode, endpoint }: PanelError): boolean {
  // Only orders whose invoice was cancelled need the right to list invoices.
  const isList = panelCode === 'permission' && endpoint === 'GetInvoices';
  return isList || OF_SERVICE.includes(panelCode) || code === 'PANEL_UNREADABLE' || code === 'PANEL_SERVER_ERROR';
}

function unreadable(id: string, cause: PanelError): SluiceError {
  const message = `The order of service ${id} of ${TITLE} can't be read: ${cause.statement}`;
  const details = { service: toServiceId(id) };
  return new SluiceError('order_unreadable', message, { kind: 'billing', cause, details });
}

const isPaid = (status: string): boolean => status.toLowerCase() === 'paid';

const MEGABYTE = 1024 * 1024;

class WhmcsSource implements ServiceSource {
  readonly title = TITLE;
  readonly ref = SERVICE_REF;
  readonly productRef = 'whmcs_product_id';
  readonly protectionRef = 'whmcs_protected_until';
  readonly followedFields = { name: 'whmcs_name', language: 'whmcs_language' } as const;
  readonly pushesUsage: boolean;
  readonly #client: WhmcsClient;
  readonly #settings: WhmcsSettings;
  readonly #random: () => number;

  constructor(client: WhmcsClient, settings: WhmcsSettings, random: () => number) {
    this.#random = random;
    this.#client = client;
    this.#settings = settings;
    this.pushesUsage = settings.pushUsage !== 'off';
  }

  toServiceId(id: string): string {
    if (/^[1-9]\d{0,19}$/.test(id)) return toServiceId(id);
    throw usageError('bad_service', `${JSON.stringify(id)} is not the id of a service of ${TITLE}: use digits`);
  }

  list({ products, columns, facts, service, languages, signal }: SourceRequest): Promise<SourceList> {
    const { productIds, productGroupIds, fields } = this.#settings;
    const sections = products as Record<string, WhmcsProductIds>;
    const only = { productIds, productGroupIds };
    return runCall(signal, async () => {
      const rows: WhmcsUnreadRow[] = [];
      const unread: string[] = [];
      const services = await this.#list(service, { signal, onUnread: (row) => rows.push(row) });
      // An empty list of ids is all products, as many services need.
      const ids = service === undefined ? [] : services.flatMap(({ productId }) => productId ?? []);
      const isNeeded = needsGroups(only, sections) && services.length > 0;
      const groups = isNeeded ? await this.#listGroups(ids, { signal, unread }) : new Map<string, string>();
      const mapping = { products: sections, only, groups, columns, fields };
      const found = services.map((one) => findBlank(one, toSourceService(one, mapping), facts));
      const findClient = await readClients(this.#client, found, {
        ...{ isWhole: service === undefined, languages: languages ?? new Set<string>(), random: this.#random, signal },
      });
      const wanted = rows.filter(({ id }) => id === null || service === undefined || id === service);
      unread.push(...wanted.flatMap(({ id, message }) => (id === null ? `A service of ${TITLE}: ${message}` : [])));
      const odd = wanted.flatMap((row) => toUnreadService(row) ?? []);
      return {
        services: [...found.map((one) => nameService(one, fillColumns(one, findClient, fields), findClient)), ...odd],
        unread,
      };
    });
  }

  survey(signal?: AbortSignal): Promise<BilledService[]> {
    return runCall(signal, () => surveyServices(this.#client, this.#settings.fields, signal));
  }

  async #listGroups(
    ids: readonly string[],
    { signal, unread }: { signal: AbortSignal | undefined; unread: string[] },
  ): Promise<Map<string, string>> {
    const onUnread = ({ message }: WhmcsUnreadRow): unknown => unread.push(`A product of ${TITLE}: ${message}`);
    const products = await this.#client.products.list({ ids }, { signal, onUnread });
    return new Map(products.flatMap(({ id, groupId }) => (groupId === null ? [] : [[id, groupId]])));
  }

  toUsageText(usage: SourceUsage): string {
    const { bandwidthUsage, bandwidthLimit } = this.#toFields(usage);
    return `${bandwidthUsage}/${bandwidthLimit}`;
  }

  pushUsage(id: string, usage: SourceUsage, signal?: AbortSignal): Promise<void> {
    return this.#update(id, 'usage', this.#toFields(usage), signal);
  }

  writeCredentials(
    id: string,
    credentials: { username: string; password: string },
    signal?: AbortSignal,
  ): Promise<void> {
    return this.#update(id, 'credentials', credentials, signal);
  }

  async writeFields(id: string, fields: SourceFields, signal?: AbortSignal): Promise<void> {
    const customFields = await this.#findDifferences(id, fields, signal);
    if (Object.keys(customFields).length === 0) return;
    await this.#update(id, 'fields', { customFields }, signal);
    if (Object.keys(await this.#findDifferences(id, fields, signal)).length === 0) return;
    const message = `${TITLE} accepted the custom fields of service ${id}, and does not show them`;
    throw new SluiceError('fields_refused', message, { kind: 'billing', details: { service: toServiceId(id) } });
  }

  /** Returns the texts that differ, by the id of the custom field. A name that two fields have is reported by the sync. */
  #findDifferences(id: string, fields: SourceFields, signal: AbortSignal | undefined): Promise<Record<string, string>> {
    return runCall(signal, async () => {
      const service = await this.#find(id, signal);
      if (service === undefined) return {};
      const changes = Object.entries(fields).flatMap(([column, { text, replaces }]) => {
        const [field, second] = findFields(service.customFields, this.#settings.fields, column).found;
        if (field === undefined || second !== undefined) return [];
        const value = field.value.trim();
        return value === text || (!replaces && value !== '') ? [] : [[field.id, text] as const];
      });
      return Object.fromEntries(changes);
    });
  }

  checkCredentials(serviceId: string, signal?: AbortSignal): Promise<void> {
    return runCall(signal, async () => {
      if ((await this.#find(serviceId, signal)) !== undefined) return;
      const message = `${TITLE} has no service ${serviceId} to which the credentials could be written`;
      const details = { service: toServiceId(serviceId) };
      throw new SluiceError('credentials_refused', message, { kind: 'billing', details });
    });
  }

  #update(id: string, what: Written, change: WhmcsServiceChange, signal: AbortSignal | undefined): Promise<void> {
    // The same change may be repeated, so that it does not matter whether a lost one was made.
    return runCall(signal, async () => {
      try {
        await this.#client.services.update(id, change, { signal, tag: toServiceId(id) });
      } catch (error) {
        if (isPanelError(error) && OF_SERVICE.includes(error.panelCode)) throw refused(id, what, error);
        throw error;
      }
    });
  }

  /** Installations exist that ignore the filter. */
  async #list(serviceId: string | undefined, options: WhmcsListOptions): Promise<WhmcsService[]> {
    const services = await this.#client.services.list(serviceId === undefined ? {} : { serviceId }, options);
    return services.filter(({ id }) => serviceId === undefined || id === serviceId);
  }

  async #find(serviceId: string, signal: AbortSignal | undefined): Promise<WhmcsService | undefined> {
    const [service] = await this.#list(serviceId, { signal });
    return service;
  }

  isPaid(serviceId: string, signal?: AbortSignal): Promise<boolean> {
    return runCall(signal, async () => {
      try {
        const service = await this.#find(serviceId, signal);
        return service !== undefined && (await this.#isPaid(service, signal));
      } catch (error) {
        if (isPanelError(error) && isAboutOrder(error)) throw unreadable(serviceId, error);
        throw error;
      }
    });
  }

  openInvoices(serviceId: string, signal?: AbortSignal): Promise<Invoice[] | null> {
    return runCall(signal, async (progress) => {
      const service = await this.#find(serviceId, signal);
      if (service === undefined) return [];
      try {
        return await readOpenInvoices(new WhmcsBooks(this.#client), service, progress);
      } catch (error) {
        // A source of services alone needs no right to read invoices.
        if (isPanelError(error) && error.panelCode === 'permission') return null;
        throw error;
      }
    });
  }

  /** An order without an invoice is not paid: someone accepts it in WHMCS. */
  async #isPaid(service: WhmcsService, signal: AbortSignal | undefined): Promise<boolean> {
    const { status, orderId } = service;
    if (status.toLowerCase() !== 'pending' || orderId === null) return false;
    const order = await this.#client.orders.get(orderId, { signal });
    if (order?.invoiceId == null || !['pending', 'active'].includes(order.status.toLowerCase())) return false;
    const { status: found, date } = await this.#client.invoices.get(order.invoiceId, { signal });
    if (found.toLowerCase() !== 'cancelled') return isPaid(found);
    return this.#isPaidElsewhere(service, date, signal);
  }

  /** Whether a paid invoice has the line of the service: staff may have merged that of its order into it. */
  async #isPaidElsewhere(
    { id, clientId }: WhmcsService,
    since: string | null,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const filter = { clientId, status: 'Paid', ...(since !== null && { since }) };
    for (const row of await this.#client.invoices.list(filter, { signal })) {
      const { status, items } = await this.#client.invoices.get(row.id, { signal });
      const hasLine = items.some(({ type, relatedId }) => type.toLowerCase() === 'hosting' && relatedId === id);
      if (hasLine && isPaid(status)) return true;
    }
    return false;
  }

  /** The limit of an unlimited service is 0, as in WHMCS itself; any other is 1 at least. */
  #toFields({
    usedBytes,
    allowedBytes,
  }: SourceUsage): Required<Pick<WhmcsServiceChange, 'bandwidthUsage' | 'bandwidthLimit'>> {
    const unit = this.#settings.pushUsage === 'megabytes' ? MEGABYTE : 1;
    const bandwidthLimit = allowedBytes === null ? 0 : Math.max(1, Math.round(allowedBytes / unit));
    return { bandwidthUsage: Math.round(usedBytes / unit), bandwidthLimit };
  }

  close(): void {
    this.#client.close();
  }
}
