import type { UseCase } from '@sluice/contract';
import { changeCallerId, changeDestination, type LineChange } from '../../access/line-changes.js';
import { say } from '@sluice/messages';
import { clientError } from '../../server/failure.js';
import { permitFor } from '../../access/refusal.js';
import type { Page } from '../page.js';
import type { PageRequest } from '../../requests/page-request.js';
import { toClient, done, ownService, plainly } from './own.js';
import type { PanelReads } from '../../requests/panel-reads.js';

/** Changes where calls to a number of the client's line go. */
export function setDestination(reads: PanelReads): Page {
  return async (request) => {
    const { number = '', destination = '' } = request.form ?? {};
    const id = await changeLine(request, reads, 'dids.set', (change) => changeDestination(change, number, destination));
    return done(request, id, 'destination');
  };
}

/** Changes the number that others see when the client calls. */
export function setCallerId(reads: PanelReads): Page {
  return async (request) => {
    const { caller_id: callerId = '' } = request.form ?? {};
    const id = await changeLine(request, reads, 'telephony.set', (change) => changeCallerId(change, callerId));
    return done(request, id, 'caller-id');
  };
}

/** Changes the line of a service that is the client's; returns the id of the service. */
async function changeLine(
  request: PageRequest,
  reads: PanelReads,
  useCase: UseCase,
  work: (change: LineChange) => Promise<void>,
): Promise<string> {
  const { sluice, viewer, as } = request;
  const service = await ownService(request);
  const reader = toClient(request);
  const permit = permitFor(viewer, useCase, say('problem.link'));
  permit(await sluice.services.customerMay(service.id));
  await plainly(() => work({ sluice, service, reader, permit, as })).finally(() => {
    reads.forget(reader);
  });
  return service.id;
}

/** Returns the calls of a bill as a file. */
export const billFile: Page = async (request) => {
  const { sluice, params } = request;
  const { id } = await ownService(request);
  const reader = toClient(request);
  const { bills } = await sluice.calls.bills({ service: id, reader });
  const bill = bills.find((one) => one.id === params['bill']);
  if (bill === undefined) throw clientError('unknown_bill', say('problem.unknownBill'), { kind: 'not-found' });
  const { name: file, text } = await plainly(() =>
    sluice.calls.billReport(bill.id, { reader, language: request.language, signal: AbortSignal.timeout(20_000) }),
  );
  return { file: { name: file, type: 'text/csv; charset=utf-8', text } };
};
