import type { LineView, Sluice } from '@sluice/engine';
import { SluiceError, usageError } from '@sluice/panel-kind';
import { notFound } from '../server/failure.js';

/** A change that a customer makes to the line of a service. */
export interface LineChange {
  sluice: Sluice;
  service: { id: string; panel: string };
  line: LineView;
  as: { actor: string; note?: string | null };
}

/**
 * Changes where calls to a number of the line go; an empty text is the line itself.
 *
 * @throws SluiceError `bad_value`, `no_number` for a number that the line does not have
 */
export async function changeDestination(
  { sluice, service, line, as }: LineChange,
  number: string,
  destination: string,
): Promise<void> {
  if (!/^[+\d ().-]{0,30}$/.test(destination)) throw usageError('bad_value', 'Destination: write a telephone number');
  if (!line.numbers.some((did) => did['number'] === number))
    throw notFound('no_number', 'Your line has no such number');
  const text = destination.trim();
  const values = { destination: text === '' ? `line:${String(line.subscriber['id'])}` : text };
  const { error } = await sluice.dids.set(number, { values }, { ...as, panel: service.panel });
  if (error != null) throw new SluiceError(error.code, error.message, { kind: 'panel' });
}

/**
 * Changes the number that others see when the line calls.
 *
 * @throws SluiceError `bad_value`
 */
export async function changeCallerId({ sluice, service, line, as }: LineChange, callerId: string): Promise<void> {
  const text = callerId.trim();
  if (!/^\+?[\d ().-]{2,30}$/.test(text)) throw usageError('bad_value', 'Caller id: write a telephone number');
  const values = { caller_id: text };
  await sluice.telephony.set('subscribers', String(line.subscriber['id']), { ...as, panel: service.panel, values });
}
