import type { AutoBuyRequest } from '@sluice/engine';
import { SluiceError, usageError } from '@sluice/panel-kind';
import { addMoney, compareMoney } from '@sluice/quota-core';
import { facts, notice } from '../layout/components.js';
import { name } from '../layout/format.js';
import { html } from '../layout/html.js';
import type { Page, PageAnswer, PageRequest } from '../page.js';
import { mayGetPassword } from './account.js';
import { clientOf, ownService, pathOf, plainly, throwReported } from './own.js';
import { offeredPackages } from './packages.js';
import type { PanelReads } from './panel-reads.js';
import { readLine } from './telephony.js';

/** Most packages that a client may have bought by themselves in a period. */
const MOST_AUTOMATIC = 100;

/** Buys a package on offer; the form's key is the reference of the purchase. */
export function buy(reads: PanelReads): Page {
  return async (request) => {
    const { sluice, viewer, form = {}, as } = request;
    const { id } = await ownService(request);
    const { package: wanted = '', key = '' } = form;
    const { maxAmount } = viewer.rights;
    const refs = `${viewer.id}:`;
    const { purchase } = await plainly(() =>
      sluice.purchases.create(id, wanted, {
        ...as,
        ref: `${refs}${key}`,
        ...(maxAmount === null ? {} : { budget: { refs, amount: maxAmount } }),
      }),
    );
    reads.forget(clientOf(request));
    return done(request, id, purchase.status === 'paid' ? 'bought' : 'ordered', 'packages');
  };
}

/** Saves whether packages are bought by themselves. */
export const setAutoBuy: Page = async (request) => {
  const { sluice, viewer, form = {}, as } = request;
  const service = await ownService(request);
  const { package: wanted = '', threshold = '', max = '' } = form;
  const enabled = form['enabled'] === 'yes';
  if (!/^\d{1,3}$/.test(max) || Number(max) > MOST_AUTOMATIC)
    throw usageError('bad_option', `At most per period: write a whole number from 0 to ${MOST_AUTOMATIC}`);
  const offered = (await offeredPackages(request, service)).find(({ id }) => id === wanted);
  if (offered === undefined)
    throw new SluiceError('package_not_offered', `Package "${wanted}" is not on offer for this service`, {
      kind: 'conflict',
    });
  const { maxAmount } = viewer.rights;
  if (enabled && maxAmount !== null && compareMoney(times(offered.price, Number(max)), maxAmount) > 0) {
    throw new SluiceError(
      'over_budget',
      `${max} packages of ${offered.price} ${offered.currency} cost more than the ${maxAmount} ${offered.currency} of this link`,
      { kind: 'conflict' },
    );
  }
  const wish: AutoBuyRequest = { enabled, package: wanted, threshold: threshold.trim(), maxPerCycle: Number(max) };
  await plainly(() => sluice.autoBuy.set({ service: service.id }, wish, as));
  return done(request, service.id, 'auto-buy', 'auto-buy');
};

/** Decimal amounts stay exact: they are added, never multiplied as floats. */
function times(amount: string, count: number): string {
  let sum = '0';
  for (let done = 0; done < count; done++) sum = addMoney(sum, amount);
  return sum;
}

/** Changes where calls to a number of the client's line go. */
export function setDestination(reads: PanelReads): Page {
  return async (request) => {
    const { sluice, form = {}, as } = request;
    const { id, panel } = await ownService(request);
    await requireField(request, id, 'destination');
    const { number = '', destination = '' } = form;
    if (!/^[+\d ().-]{0,30}$/.test(destination)) throw usageError('bad_value', 'Destination: write a telephone number');
    reads.forget(clientOf(request));
    const { value: line } = await readLine(request, id, reads);
    if (line?.numbers.some((did) => did['number'] === number) !== true) {
      throw new SluiceError('no_number', 'Your line has no such number', { kind: 'not-found' });
    }
    const values = {
      destination: destination.trim() === '' ? `line:${String(line.subscriber['id'])}` : destination.trim(),
    };
    const report = await plainly(async () => {
      const made = await sluice.dids.set(number, { values }, { ...as, panel });
      throwReported(made.error);
      return made;
    });
    reads.forget(clientOf(request));
    return done(request, report.service, 'destination', 'line');
  };
}

/** Changes the number that others see when the client calls. */
export function setCallerId(reads: PanelReads): Page {
  return async (request) => {
    const { sluice, form = {}, as } = request;
    const { id, panel } = await ownService(request);
    await requireField(request, id, 'caller_id');
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
    reads.forget(clientOf(request));
    return done(request, id, 'caller-id', 'line');
  };
}

async function requireField({ sluice }: PageRequest, id: string, field: string): Promise<void> {
  const { fields } = await sluice.services.customerMay(id);
  if (!fields.includes(field)) throw new SluiceError('forbidden', 'Your link does not permit this', { kind: 'usage' });
}

/** Gets a new password, which is shown in this answer only. */
export const newPassword: Page = async (request): Promise<PageAnswer> => {
  const { sluice, as } = request;
  const service = await ownService(request);
  if (!(await mayGetPassword(request, service)))
    throw new SluiceError('forbidden', 'Your link does not permit this', { kind: 'usage' });
  const report = await plainly(async () => {
    const made = await sluice.provision.changePassword(service.id, { ...as, showPassword: 'always' });
    throwReported(made.error ?? made.service.error);
    return made;
  });
  const { username = null, password = null } = report.credentials ?? {};
  const back = pathOf(request, service.id);
  if (password === null) throw new SluiceError('not_changed', 'The password was not changed. Try again later.');
  const body = html`${notice('warning', 'This password is shown only now. Keep it somewhere safe before you leave this page.')}
    ${facts([
      username === null ? null : ['User name', html`<code>${name(username)}</code>`],
      ['New password', html`<code class="secret" data-copy="${password}">${password}</code>`],
    ])}
    <p><a href="${back}">Back to the service</a></p>`;
  return { title: 'New password', body, repeat: `${back}?done=password#password` };
};

/** Returns the calls of a bill as a file. */
export const billFile: Page = async (request) => {
  const { sluice, params } = request;
  const { id } = await ownService(request);
  const { bills } = await sluice.calls.bills({ service: id });
  const client = clientOf(request);
  const bill = bills.find((one) => one.id === params['bill'] && (one.client === null || one.client === client));
  if (bill === undefined) throw new SluiceError('unknown_bill', 'There is no such bill', { kind: 'not-found' });
  const { name: file, text } = await plainly(() =>
    sluice.calls.billReport(bill.id, { signal: AbortSignal.timeout(20_000) }),
  );
  return { file: { name: file, type: 'text/csv; charset=utf-8', text } };
};

function done(request: PageRequest, id: string, what: string, part: string): PageAnswer {
  return { redirect: `${pathOf(request, id)}?done=${what}#${part}` };
}
