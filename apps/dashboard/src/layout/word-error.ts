import { type Key, say, type Said } from '@sluice/messages';
import { SluiceError } from '@sluice/panel-kind';
import { findSaid, toFailure } from '../server/failure.js';
import type { Wording } from './wording.js';

/** What a client reads of the engine's errors in other languages than English, by their codes. */
const BY_CODE: Readonly<Record<string, Key>> = {
  unexpected: 'problem.unexpected',
  bad_request: 'problem.request',
  forbidden: 'problem.link',
  too_many_requests: 'problem.tooManyRequests',
  key_reused: 'problem.repeated',
  ref_used: 'problem.repeated',
  bad_input: 'problem.value',
  bad_option: 'problem.value',
  bad_value: 'problem.value',
  not_a_number: 'problem.phone',
  too_short: 'problem.phone',
  too_long: 'problem.phone',
  number_invalid: 'problem.phone',
  area_code_unknown: 'problem.phone',
  area_code_missing: 'problem.phone',
  area_code_mismatch: 'problem.phone',
  no_rate: 'problem.noRate',
  ambiguous_rate: 'problem.noRate',
  price_changed: 'problem.priceChanged',
  over_budget: 'problem.overBudget',
  no_credit: 'problem.noCredit',
  currency_mismatch: 'problem.currency',
  client_closed: 'problem.closed',
  no_quota: 'problem.noQuota',
  not_metered_yet: 'problem.notRead',
  purchase_unfinished: 'problem.unfinished',
  wrong_lifecycle: 'problem.ended',
  not_changed: 'problem.notChanged',
  unknown_page: 'problem.unknownPage',
  unknown_service: 'problem.unknownService',
  unknown_bill: 'problem.unknownBill',
  unknown_user: 'problem.unknownUser',
  outcome_unknown: 'problem.inDoubt',
  invalid_user: 'problem.value',
};

/**
 * Returns what an error says to the reader of a page. The engine's own messages are English and name what they are about; in another
 * language its code is worded.
 */
export function wordError(wording: Wording, error: unknown): string {
  const said = error instanceof SluiceError ? findSaid(error) : null;
  if (said !== null) return wording.saidText(said);
  const { code, message } = toFailure(error);
  return wording.language === 'en' ? message : wording.saidText(findByCode(code));
}

function findByCode(code: string): Said {
  const key = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  return { ...say('problem.other'), ...(key !== undefined && { key }) };
}
