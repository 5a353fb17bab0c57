import type { CustomerTerms } from '@sluice/contract';
import type { Sluice } from '@sluice/engine';
import { say } from '@sluice/messages';
import type { SluiceError } from '@sluice/panel-kind';
import type { MadeBy } from './viewer.js';
import { clientError } from '../server/failure.js';
import { requireDone } from '../server/reported.js';

/** A change that a customer makes to the line of a service. */
export interface LineChange {
  sluice: Sluice;
  service: { id: string; panel: string };
  /** The client; undefined for an operator. */
  reader: string | undefined;
  /** Refuses what the client may not change by then. */
  permit: (terms: CustomerTerms) => void;
  as: MadeBy & { note?: string | null };
}

/**
 * Changes where calls to a number of the line go, as the panel shows it now; an empty text is the line itself.
 *
 * @throws SluiceError `bad_value`, `no_number` for a number that the line does not have
 */
export async function changeDestination(change: LineChange, number: string, destination: string): Promise<void> {
  if (!/^[+\d ().-]{0,30}$/.test(destination))
    throw clientError('bad_value', say('problem.destination'), { kind: 'usage', details: { field: 'destination' } });
  const { sluice, service, reader, permit, as } = change;
  const { subscriber, numbers } = await sluice.telephony.line(service.id, { reader });
  if (!numbers.some((did) => did['number'] === number)) throw noNumber();
  const text = destination.trim();
  const values = { destination: text === '' ? `line:${String(subscriber['id'])}` : text };
  const report = await sluice.dids.set(number, { values }, { ...as, service: service.id, reader, permit });
  if (report.error?.code === 'no_number') throw noNumber();
  requireDone(report);
}

function noNumber(): SluiceError {
  return clientError('no_number', say('problem.noNumber'), { kind: 'not-found' });
}

/**
 * Changes the number that others see when the line calls.
 *
 * @throws SluiceError `bad_value`
 */
export async function changeCallerId(change: LineChange, callerId: string): Promise<void> {
  const { sluice, service, reader, permit, as } = change;
  const text = callerId.trim();
  if (!/^\+?[\d ().-]{2,30}$/.test(text))
    throw clientError('bad_value', say('problem.callerId'), { kind: 'usage', details: { field: 'caller_id' } });
  const { subscriber } = await sluice.telephony.line(service.id, { reader });
  const { id, panel } = service;
  const values = { caller_id: text };
  const how = { ...as, panel, service: id, reader, permit, values };
  await sluice.telephony.set('subscribers', String(subscriber['id']), how);
}
