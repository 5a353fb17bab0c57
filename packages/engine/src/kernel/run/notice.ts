import { type StaffText, stated } from '@sluice/messages/said';
import { printable } from '@sluice/panel-http/printable';
import type { Plan, ItemError } from '@sluice/panel-kind';
import type { DeliveryRecord, NoticeRecord, ServiceRecord, StoreTables, HeldLease } from '@sluice/state-store';
import { nameInText, type NamedService } from '../../base/describe-service.js';
import { hasEnded } from '../../base/lifecycle.js';
import { toEvent } from '../../base/notice-events.js';
import type { Context } from '../../context/context.js';
import type { Applied } from '../subject/stages.js';
import { isAcknowledged, readAcknowledged } from './alarms.js';
import { agentsBrakeNotice, brakeKey } from './brake-state.js';
import { type ConfiguredChannel, configuredChannels } from './channels.js';
import { findAddress, findEmail, readChosen } from './client-address.js';
import { findSaidWithHold } from './said-together.js';
import { type NoticeFacts, type ServiceFigures, withData } from './notice-data.js';
import type { RunReport, RunTotals, RunView, ServiceView } from '@sluice/contract/documents';

/** A notice for the operator; each is reported once per key. */
export interface Notice {
  code: string;
  key: string;
  panel: string | null;
  service: string | null;
  message: StaffText;
  /** What its maker knows of its event, and of which limit it is. */
  facts?: NoticeFacts;
  /** Whose affairs it states, of a service; absent: nobody's. It is not stored once the service is another client's. */
  client?: string | null;
}

/** Returns a notice about a service, whose key begins with its code and the service: its name is only in the message. */
export function serviceNotice(
  { id, panel, name }: NamedService & Pick<ServiceRecord, 'panel'>,
  code: string,
  message: StaffText,
  ...key: (string | number)[]
): Notice {
  return { code, key: [code, id, ...key].join(':'), panel, service: id, message: nameInText(message, { id, name }) };
}

/** Returns the notices of a plan. */
export function planNotices({ service }: Pick<Applied, 'service'>, plan: Pick<Plan, 'notices'> | null): Notice[] {
  const { id, panel } = service;
  return (plan?.notices ?? []).map(({ code, key, message }) => ({
    ...{ code, key, message: stated(message), panel, service: id },
  }));
}

/** Ends the key of the notice of a release where the run saw that the service is stopped without a hold of its own. */
export const STOPPED_ON = ':stopped';

/** Whether the service was stopped on its panel when a notice said that it is released. */
export function isStoppedOn({ code, key }: Pick<Notice, 'code' | 'key'>): boolean {
  return code === 'release' && key.endsWith(STOPPED_ON);
}

/** Returns notices as rows, each message on one line, with what their makers state; the store skips known keys. */
export function noticeRows(context: Context, run: string, notices: Notice[]): NoticeRecord[] {
  const at = context.now();
  return notices.map(({ client: _client, facts = null, ...notice }) => ({
    id: context.id('note'),
    run,
    at,
    ...notice,
    message: printable(notice.message),
    data: facts,
  }));
}

/** Returns notices without those that state the affairs of a client whose service is another's by now. */
export async function withoutFormer(
  tables: Pick<StoreTables, 'services'>,
  notices: readonly Notice[],
): Promise<Notice[]> {
  const stating = notices.filter(({ client }) => client !== undefined);
  const services = await readServices(tables, stating);
  return notices.filter(
    ({ client, service }) => client === undefined || services.get(service ?? '')?.client === client,
  );
}

const NONE_DECIDED: ReadonlyMap<string, ServiceFigures> = new Map();

/**
 * Stores notices with their data, and in the same transaction a delivery to each channel that is notified of them. Returns the notices
 * whose key was new. `decided`: figures of their services that are not stored yet.
 */
export async function addNotices(
  context: Context,
  tables: StoreTables,
  rows: readonly NoticeRecord[],
  decided = NONE_DECIDED,
): Promise<NoticeRecord[]> {
  const known = new Set(rows.length === 0 ? [] : await tables.notices.known(rows.map(({ key }) => key)));
  const unknown = rows.filter(({ key }) => !known.has(key));
  if (unknown.length === 0) return [];
  const added = await tables.notices.add(await withData(context, tables, unknown, decided));
  if (added.length === 0 || (context.config.notify ?? []).length === 0) return added;
  const lasting = await findLasting(tables, added);
  const channels = configuredChannels(context);
  const unsaid = added.filter(({ id }) => !lasting.has(id));
  if (unsaid.length === 0) return added;
  const acknowledged = await readAcknowledged(
    tables,
    unsaid.flatMap(({ service }) => service ?? []),
  );
  const due = unsaid.filter((notice) => !isAcknowledged(acknowledged, notice));
  const isForClients = channels.some(({ settings }) => settings.for === 'client');
  const services = await readServices(tables, isForClients ? due : []);
  const of = { services, chosen: await readChosen(tables, channels, [...services.values()]) };
  const isSaid = await findSaidWithHold(tables, due, services);
  const deliveries = due.flatMap((notice) =>
    channels.flatMap((channel) => (isSaid(channel, notice) ? [] : (toDelivery(context, channel, notice, of) ?? []))),
  );
  if (deliveries.length > 0) await tables.deliveries.add(deliveries);
  return added;
}

/** Returns the notices of what lasts since an earlier run, which reported it. */
async function findLasting(tables: StoreTables, added: readonly NoticeRecord[]): Promise<ReadonlySet<string>> {
  const lasting = new Set<string>();
  for (const { id, key, code, panel } of added) {
    if (code !== 'mass_change' || panel === null) continue;
    const subjects = key.startsWith(agentsBrakeNotice(panel)) ? 'agents' : 'services';
    if ((await tables.conditions.get(brakeKey(panel, subjects))) !== null) lasting.add(id);
  }
  return lasting;
}

/** Returns the services that notices are about, by id. */
export async function readServices(
  tables: Pick<StoreTables, 'services'>,
  notices: readonly Pick<NoticeRecord, 'service'>[],
): Promise<ReadonlyMap<string, ServiceRecord>> {
  const ids = [...new Set(notices.flatMap(({ service }) => service ?? []))];
  if (ids.length === 0) return new Map();
  return new Map((await tables.services.list({ ids })).map((service) => [service.id, service]));
}

function toDelivery(
  context: Context,
  channel: ConfiguredChannel,
  notice: NoticeRecord,
  { services, chosen }: { services: ReadonlyMap<string, ServiceRecord>; chosen: ReadonlyMap<string, string> },
): DeliveryRecord | null {
  const event = toEvent(notice.code);
  if (event === null || !channel.events.includes(event)) return null;
  const { settings } = channel;
  const service = services.get(notice.service ?? '');
  const isForClient = settings.for === 'client';
  // Nobody is known who could be notified.
  if (isForClient && service?.client == null && findEmail(service) === null) return null;
  // It is about the time of the former client.
  if (isForClient && service?.clientSince != null && notice.at <= service.clientSince) return null;
  // What is released of a service that has ended is not its client's any more.
  if (isForClient && event === 'release' && service !== undefined && hasEnded(service)) return null;
  return {
    id: context.id('dlv'),
    notice: notice.id,
    channel: channel.name,
    event,
    recipient: isForClient && service !== undefined ? findAddress(channel, service, chosen) : null,
    state: 'pending',
    attempts: 0,
    nextAt: notice.at,
    lastError: null,
    sentAt: null,
    at: notice.at,
  };
}

/** Totals of nothing. */
export const NO_TOTALS: Readonly<RunTotals> = {
  services: 0,
  read: 0,
  unreadable: 0,
  doubted: 0,
  failed: 0,
  held: 0,
  released: 0,
  wouldHold: 0,
  wouldRelease: 0,
  purchased: 0,
  actions: 0,
  planned: 0,
};

/** Returns a notice as documents show it. */
export function shownNotice(notice: Pick<NoticeRecord, 'code' | 'service' | 'message'>) {
  return { code: notice.code, service: notice.service, message: notice.message };
}

/** Adds notices to a run's document, and stores them unless it is a dry run; each once per key. */
export async function reportNotices(
  context: Context,
  report: Pick<RunReport, 'notices'> & { run: Pick<RunView, 'id' | 'dryRun'> },
  notices: Notice[],
  fences: HeldLease[],
): Promise<void> {
  const rows = noticeRows(context, report.run.id, notices);
  const added = report.run.dryRun ? rows : await context.write(fences, (tables) => addNotices(context, tables, rows));
  report.notices.push(...added.map(shownNotice));
}

/** Returns the error of a run in which everything failed: the common error, or `all_failed`. */
export function wholeError(services: ServiceView[], panels: RunReport['panels']): ItemError {
  const errors = [...panels, ...services].map(({ error }) => error).filter((error) => error !== null);
  // An open circuit only follows from earlier errors.
  const causes = errors.filter((error) => error.code !== 'PANEL_CIRCUIT_OPEN');
  const [first] = causes.length > 0 ? causes : errors;
  if (first && causes.every((error) => error.code === first.code)) return first;
  return {
    code: 'all_failed',
    message: `none of the ${services.length} services could be processed; see the error of each service`,
  };
}
