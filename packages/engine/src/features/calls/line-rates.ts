import type { LineRates } from '@sluice/contract/documents';
import { LANGUAGES, toTexts } from '@sluice/messages';
import { usageError } from '@sluice/panel-kind';
import { toComparable } from '@sluice/quota-core';
import { type Rate, toLocalTime, toPrefixFinder } from '@sluice/quota-core/telephony';
import type { Context } from '../../context/context.js';
import type { KnownRate } from '../../context/kept-rates.js';
import { refuseOtherClient, requireService } from '../../context/find-service.js';
import type { Reader } from '../../context/reader.js';
import { readSubscriber, requireLine } from '../telephony/find-line.js';
import { refuseUnsupported } from '../telephony/panels.js';
import { readPlanRates } from '../telephony/plan-rates.js';

/**
 * Reads the rates by which the calls of a service are charged: those of its line's plan that are valid today or later, by prefix.
 *
 * @throws SluiceError `no_account`; `unknown_plan` where the line has no plan
 */
export async function listLineRates(
  context: Context,
  { id, search }: { id: string; search: string },
  reader?: Reader,
): Promise<LineRates> {
  const service = await requireService(context, id);
  refuseOtherClient(service, reader);
  const line = await requireLine(context, service);
  const { telephony } = line;
  refuseUnsupported({ panel: service.panel, telephony }, { resource: 'rates', operation: 'list' });
  const { planId } = await readSubscriber(context, line);
  if (planId === null) throw usageError('unknown_plan', `The plan of the line of "${id}" is not known`);
  const known = await readPlanRates(context, { panel: service.panel, telephony }, planId);
  // The panel may have been slow to answer: the service may be another client's by now.
  refuseOtherClient(await requireService(context, id), reader);
  const today = toLocalTime(context.now(), telephony.timeZone).slice(0, 10);
  const isFound = toRateSearch(search);
  const rates = known.rates.filter(
    (each) => (each.rate.validTo === null || each.rate.validTo > today) && isFound(each),
  );
  return {
    service: id,
    name: service.name,
    panel: service.panel,
    plan: planId,
    currency: telephony.currency,
    rates: rates.map(({ rate }) => toView(rate)),
    unusable: known.table.invalid.length,
  };
}

/** A number finds the prefixes that it begins with, and a prefix those that begin with it; other text a country or name. */
function toRateSearch(text: string): (known: KnownRate) => boolean {
  const words = toComparable(text).trim();
  if (words === '') return () => true;
  const isPrefix = toPrefixFinder(words);
  if (isPrefix !== null) return ({ rate: { prefix } }) => isPrefix(prefix);
  const countries = new Map<string, boolean>();
  const isCountry = (code: string): boolean => {
    const known = countries.get(code);
    if (known !== undefined) return known;
    const names = [code, ...LANGUAGES.map((language) => toTexts(language).region(code))];
    const found = names.some((name) => toComparable(name).includes(words));
    countries.set(code, found);
    return found;
  };
  return ({ words: own, rate: { countryCode } }) =>
    own.includes(words) || (countryCode !== null && isCountry(countryCode));
}

function toView(rate: Rate): LineRates['rates'][number] {
  const { id, prefix, description, countryCode: country, pricePerMinute, connectionFee } = rate;
  const { initialIncrementSeconds, incrementSeconds, minimumSeconds, minChargeableSeconds, validFrom, validTo } = rate;
  const increments = { initialIncrementSeconds, incrementSeconds, minimumSeconds, minChargeableSeconds };
  return { id, prefix, description, country, pricePerMinute, connectionFee, ...increments, validFrom, validTo };
}
