import type { Advice, ServiceDetail } from '@sluice/contract/documents';
import { contactUrl } from '../../base/contact-url.js';
import { findTimeZone } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import type { Reader } from '../../context/reader.js';
import { findBrake } from '../../kernel/run/brake-state.js';
import { findSkip } from '../../kernel/subject/skip.js';
import { paymentTerms } from '../billing/billing-pages.js';
import { findCredit } from '../billing/refusals.js';
import { inEnglish } from '../explain/client-reasons.js';
import { listOffered } from '../purchases/list-offered.js';
import { readOutlook } from '../graph/cycle-facts.js';
import { advise, canRunOut, needsOffer } from './advise.js';
import { findOwed } from './find-owed.js';
import { sayAdvice } from './say-advice.js';

/** Most services of which each projection is read: it is read of many readings. */
const MOST_PROJECTED = 100;

/** Who reads about services, and whether it may buy for them. */
interface AdvisedReader {
  reader: Exclude<Reader, undefined>;
  mayBuy: boolean;
}

/** Returns services as their client sees them, each with its advice. Calls no panel, and no billing system but the local ledger. */
export async function withAdvice(
  context: Context,
  services: readonly ServiceDetail[],
  of: AdvisedReader,
): Promise<ServiceDetail[]> {
  const stopped = new Map<string, boolean>();
  for (const panel of new Set(services.map((service) => service.panel))) {
    const brake = await findBrake(context, panel);
    stopped.set(panel, brake !== null && brake.subjects !== 'agents');
  }
  const isProjected = services.length <= MOST_PROJECTED;
  const advised: ServiceDetail[] = [];
  for (const service of services) {
    const advice = await adviceFor(context, service, {
      ...of,
      isProjected,
      stopped: stopped.get(service.panel) === true,
    });
    advised.push({ ...service, advice });
  }
  return advised;
}

async function adviceFor(
  context: Context,
  service: ServiceDetail,
  { reader, mayBuy, stopped, isProjected }: AdvisedReader & { stopped: boolean; isProjected: boolean },
): Promise<Advice> {
  const { config } = context;
  const at = context.now();
  const now = { at, stopped, skip: findSkip(config, service, at), outlook: null };
  const outlook = isProjected && canRunOut(service, now) ? await readOutlook(context, { service, reader }) : null;
  const moment = { ...now, outlook };
  const isBuying = needsOffer(service, moment);
  const terms = paymentTerms(context);
  const facts = {
    ...{ ...moment, mayBuy, terms },
    owed: await findOwed(context, service, reader),
    packages: isBuying ? await listOffered(context, { reader, service: service.id }) : [],
    credit: isBuying && config.billing === 'ledger' && reader !== null ? await findCredit(context, reader) : null,
    contactUrl: contactUrl(config.brand.contact ?? ''),
  };
  const advice = advise(service, facts);
  const said = sayAdvice(advice, service, { now: moment.at, timeZone: findTimeZone(config, service.panel) });
  return { ...advice, text: said.map(inEnglish).join(' ') };
}
