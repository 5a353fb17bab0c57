import { type Language, toTexts } from '@sluice/messages';

/** Where usage goes at its recent rate, with its range: the engine's graph of a service has this form. Instants are ISO 8601. */
export interface UsageOutlook {
  outlook: 'unknown' | 'used-up' | 'runs-out' | 'lasts' | 'no-limit';
  /** The last reading; null where it is unknown. */
  readAt: string | null;
  usedBytes: number | null;
  /** Growth in 24 hours, and that of calm and of busy days; null where it is unknown. */
  perDayBytes: number | null;
  lowPerDayBytes: number | null;
  highPerDayBytes: number | null;
  /** When the allowance runs out at each of them: null where it does not before the cycle ends. */
  at: string | null;
  earliest: string | null;
  latest: string | null;
}

/** How it is said: alone, or as a sentence. */
const FORMS = {
  alone: {
    usedUp: 'outlook.usedUp',
    lasts: 'outlook.lasts',
    lastsUnless: 'outlook.lastsUnless',
    runsOut: 'outlook.runsOut',
    runsOutBetween: 'outlook.runsOutBetween',
    runsOutFrom: 'outlook.runsOutFrom',
  },
  sentence: {
    usedUp: 'outlook.isUsedUp',
    lasts: 'outlook.willLast',
    lastsUnless: 'outlook.willLastUnless',
    runsOut: 'outlook.willRunOut',
    runsOutBetween: 'outlook.willRunOutBetween',
    runsOutFrom: 'outlook.willRunOutFrom',
  },
} as const;

/**
 * Returns the projection in words (`runs out between 22 Nov 2026 and 26 Nov 2026`, `lasts the cycle`, `used up`), in a language, by default
 * English; null where it is unknown or without an allowance.
 */
export function describeProjection(
  projection: UsageOutlook | null,
  timeZone: string,
  language: Language = 'en',
): string | null {
  return said(projection, { timeZone, language, form: 'alone' });
}

/** Returns the projection as a sentence: `At the present rate, it runs out on 24 Nov 2026.`; null as `describeProjection`. */
export function projectionSentence(
  projection: UsageOutlook | null,
  timeZone: string,
  language: Language = 'en',
): string | null {
  return said(projection, { timeZone, language, form: 'sentence' });
}

function said(
  projection: UsageOutlook | null,
  { timeZone, language, form }: { timeZone: string; language: Language; form: keyof typeof FORMS },
): string | null {
  const texts = toTexts(language);
  const keys = FORMS[form];
  if (projection === null) return null;
  const { outlook, ...found } = projection;
  if (outlook === 'used-up') return texts.text(keys.usedUp);
  const [at, earliest, latest] = [found.at, found.earliest, found.latest].map((each) =>
    each === null ? null : texts.date(Date.parse(each), timeZone),
  );
  if (outlook === 'lasts')
    return earliest == null ? texts.text(keys.lasts) : texts.text(keys.lastsUnless, { date: earliest });
  if (outlook !== 'runs-out' || at == null) return null;
  if (earliest == null || (earliest === at && (latest === at || latest == null)))
    return texts.text(keys.runsOut, { date: at });
  if (latest == null) return texts.text(keys.runsOutFrom, { date: at, from: earliest });
  return texts.text(keys.runsOutBetween, { from: earliest, to: latest });
}
