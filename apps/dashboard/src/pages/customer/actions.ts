import { mayWithFields, type UseCase } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind';
import { forbidden, notFound } from '../../server/failure.js';
import type { Page, PageRequest } from '../page.js';
import { toClient, done, ownService, plainly, throwReported } from './own.js';
import type { PanelReads } from './panel-reads.js';
import { readLine } from './telephony.js';

/** Changes where calls to a number of the client's line go. */
export function setDestination(reads: PanelReads): Page {
  return async (request) => {
    const { sluice, form = {}, as } = request;
    const service = await ownService(request);
    const { id, panel } = service;
    await requireRight(request, id, 'dids.set');
    const { number = '', destination = '' } = form;
    if (!/^[+\d ().-]{0,30}$/.test(destination)) throw usageError('bad_value', 'Destination: write a telephone number');
    reads.forget(toClient(request));
    const { value: line } = await readLine(request, service, reads);
    if (line?.numbers.some((did) => did['number'] === number) !== true) {
      throw notFound('no_number', 'Your line has no such number');
    }
    const values = {
      destination: destination.trim() === '' ? `line:${String(line.subscriber['id'])}` : destination.trim(),
    };
    await plainly(async () => {
      const made = await sluice.dids.set(number, { values }, { ...as, panel });
      throwReported(made.error);
    });
    reads.forget(toClient(request));
    return done(request, id, 'destination', 'line');
  };
}

/** Changes the number that others see when the client calls. */
export function setCallerId(reads: PanelReads): Page {
  return async (request) => {
    const { sluice, form = {}, as } = request;
    const { id, panel } = await ownService(request);
    await requireRight(request, id, 'telephony.set');
    const { caller_id: callerId = '' } = form;
    if (!/^\+?[\d ().-]{2,30}$/.test(callerId.trim()))
      throw usageError('bad_value', 'Caller id: write a telephone number');
    await plainly(async () => {
      const { subscriber } = await sluice.telephony.line(id);
      await sluice.telephony.set('subscribers', String(subscriber['id']), {
        ...as,
        panel,
        values: { caller_id: callerId.trim() },
      });
    });
    reads.forget(toClient(request));
    return done(request, id, 'caller-id', 'line');
  };
}

async function requireRight({ sluice, viewer }: PageRequest, id: string, useCase: UseCase): Promise<void> {
  const { fields } = await sluice.services.customerMay(id);
  if (!mayWithFields(viewer, useCase, fields)) throw forbidden('Your link does not permit this');
}

/** Returns the calls of a bill as a file. */
export const billFile: Page = async (request) => {
  const { sluice, params } = request;
  const { id } = await ownService(request);
  const { bills } = await sluice.calls.bills({ service: id, reader: toClient(request) });
  const bill = bills.find((one) => one.id === params['bill']);
  if (bill === undefined) throw notFound('unknown_bill', 'There is no such bill');
  const { name: file, text } = await plainly(() =>
    sluice.calls.billReport(bill.id, { signal: AbortSignal.timeout(20_000) }),
  );
  return { file: { name: file, type: 'text/csv; charset=utf-8', text } };
};
