import type { DeliveryView } from '@sluice/contract/documents';
import type { DeliveryState } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { type ConfiguredChannel, configuredChannels } from '../../kernel/run/channels.js';
import { readServices } from '../../kernel/run/notice.js';
import { type Addressed, findClients, readTextParts } from './read-parts.js';
import { toSentText } from './to-message.js';

/** Which deliveries to list; the newest `limit`, default 200. */
export interface DeliveryFilter {
  state?: DeliveryState | undefined;
  limit?: number | undefined;
}

/** Lists what was sent or is to be sent, in the words of its channel, newest first. Addresses of clients are left out. */
export async function listDeliveries(
  context: Context,
  { state, limit = 200 }: DeliveryFilter,
): Promise<DeliveryView[]> {
  const { store } = context;
  const found = await store.deliveries.list({ ...(state === undefined ? {} : { state }), limit });
  const channels = new Map(configuredChannels(context).map((channel) => [channel.name, channel]));
  const services = await readServices(
    store,
    found.map(({ notice }) => notice),
  );
  const findOwner = await findClients(context, [...services.values()]);
  const views: DeliveryView[] = [];
  for (const { delivery, notice } of found) {
    const service = services.get(notice.service ?? '');
    const client = service === undefined ? null : findOwner(service, notice.at);
    views.push(await toView(context, channels.get(delivery.channel), { delivery, notice, service, client }));
  }
  return views;
}

async function toView(
  context: Context,
  channel: ConfiguredChannel | undefined,
  addressed: Addressed & { client: string | null },
): Promise<DeliveryView> {
  const { notice: _notice, recipient: _recipient, ...shown } = addressed.delivery;
  const { code, service, panel, message } = addressed.notice;
  const nextAt = shown.state === 'pending' ? shown.nextAt : null;
  const { name = null } = addressed.service ?? NOBODY;
  const view = { ...shown, nextAt, code, service, name, panel };
  // How a channel worded it that was removed is not known.
  if (channel === undefined) return { ...view, for: null, ...TO_NOBODY, message };
  const parts = await readTextParts(context, channel, addressed);
  const { for: reader } = channel.settings;
  const to = reader === 'client' ? toAddressee(parts.client, addressed.service) : TO_NOBODY;
  return { ...view, for: reader, ...to, message: toSentText(parts) };
}

const NOBODY: { name?: string | null } = {};
const TO_NOBODY = { client: null, clientName: null };

/** Returns the client who is notified; the name of another one is not known. */
function toAddressee(
  client: string | null,
  service: Addressed['service'],
): Pick<DeliveryView, 'client' | 'clientName'> {
  const { clientName } = service?.client === client ? service : TO_NOBODY;
  return { client, clientName };
}
