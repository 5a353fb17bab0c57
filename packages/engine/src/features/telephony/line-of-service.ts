import type { LineView } from '@sluice/contract/documents';
import { SluiceError } from '@sluice/panel-kind';
import { creditLeft, findLineStop } from '@sluice/quota-core/telephony';
import { requireLine, readSubscriber } from './find-line.js';
import type { Reader } from '../../context/reader.js';
import type { Context } from '../../context/context.js';
import { refuseOtherClient, requireService } from '../../context/find-service.js';
import { toDocument } from './documents.js';
import { lineFor } from './line-for-reader.js';
import { changeableFields } from './read-values.js';

/**
 * Reads the line of a service.
 *
 * @throws SluiceError `no_account`; `line_conflict` for a line that belongs to another service
 */
export async function lineOfService(context: Context, id: string, reader?: Reader): Promise<LineView> {
  const service = await requireService(context, id);
  const line = await requireLine(context, service);
  const { telephony, subscriberId } = line;
  const { signal } = context.deps;
  const subscriber = await readSubscriber(context, line);
  const has = (resource: 'plans' | 'dids', operation: 'list' | 'get'): boolean =>
    telephony.unsupported({ resource, operation }) === null;
  const { planId } = subscriber;
  const plan = planId !== null && has('plans', 'get') ? await telephony.get('plans', planId, signal) : null;
  const dids = has('dids', 'list') ? await telephony.list('dids', { subscriberId }, signal) : [];
  const left = creditLeft(subscriber);
  const view = {
    service: id,
    name: service.name,
    panel: service.panel,
    timeZone: telephony.timeZone,
    subscriber: toDocument(subscriber),
    plan: plan === null ? null : toDocument(plan),
    // A system that does not filter returns the numbers of other lines, too.
    numbers: dids.filter((did) => did.subscriberId === subscriberId && did.status !== 'terminated').map(toDocument),
    stopped: findLineStop(subscriber),
    credit: left === null ? null : { left, currency: telephony.currency },
    changeable: {
      subscriber: changeableFields(telephony, 'subscribers'),
      numbers: changeableFields(telephony, 'dids'),
    },
  };
  // The panel may have been slow to answer: what it returned may be another client's by now.
  const now = await requireService(context, id);
  refuseOtherClient(now, reader);
  if (telephony.findSubscriber(now) !== subscriberId)
    throw new SluiceError('line_conflict', `"${id}" has another line by now; read it again`, {
      kind: 'conflict',
      details: { service: id },
    });
  return lineFor(context, view, line, reader);
}
