import { mayWithFields, type UseCase } from '@sluice/contract';
import { SluiceError } from '@sluice/panel-kind';
import { changeCallerId, changeDestination } from '../../access/line-changes.js';
import { notFound } from '../../server/failure.js';
import { refusal } from '../../access/refusal.js';
import type { Page } from '../page.js';
import type { PageRequest } from '../../requests/page-request.js';
import { toClient, done, ownService, plainly } from './own.js';
import type { LastRead, PanelReads } from '../../requests/panel-reads.js';
import { describeUnread, readLine } from './telephony.js';

/** Changes where calls to a number of the client's line go. */
export function setDestination(reads: PanelReads): Page {
  return async (request) => {
    const { sluice, form = {}, as } = request;
    const service = await ownService(request);
    const { id } = service;
    await requireRight(request, id, 'dids.set');
    const { number = '', destination = '' } = form;
    reads.forget(toClient(request));
    const read = await readLine(request, service, reads);
    const { value: line } = read;
    if (line === null) throw unread(read);
    await plainly(() => changeDestination({ sluice, service, line, as }, number, destination)).finally(() => {
      reads.forget(toClient(request));
    });
    return done(request, id, 'destination', 'line');
  };
}

/** Changes the number that others see when the client calls. */
export function setCallerId(reads: PanelReads): Page {
  return async (request) => {
    const { sluice, form = {}, as } = request;
    const service = await ownService(request);
    const { id } = service;
    await requireRight(request, id, 'telephony.set');
    const { caller_id: callerId = '' } = form;
    await plainly(async () => {
      const line = await sluice.telephony.line(id);
      await changeCallerId({ sluice, service, line, as }, callerId);
    }).finally(() => {
      reads.forget(toClient(request));
    });
    return done(request, id, 'caller-id', 'line');
  };
}

function unread(read: LastRead<unknown>): SluiceError {
  return new SluiceError('PANEL_UNREACHABLE', describeUnread(read), { kind: 'panel' });
}

async function requireRight({ sluice, viewer }: PageRequest, id: string, useCase: UseCase): Promise<void> {
  const terms = await sluice.services.customerMay(id);
  if (!mayWithFields(viewer, useCase, terms)) throw refusal(terms, 'Your link does not permit this');
}

/** Returns the calls of a bill as a file. */
export const billFile: Page = async (request) => {
  const { sluice, params } = request;
  const { id } = await ownService(request);
  const reader = toClient(request);
  const { bills } = await sluice.calls.bills({ service: id, reader });
  const bill = bills.find((one) => one.id === params['bill']);
  if (bill === undefined) throw notFound('unknown_bill', 'There is no such bill');
  const { name: file, text } = await plainly(() =>
    sluice.calls.billReport(bill.id, { reader, signal: AbortSignal.timeout(20_000) }),
  );
  return { file: { name: file, type: 'text/csv; charset=utf-8', text } };
};
