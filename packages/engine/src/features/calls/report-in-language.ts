import { type Key, type Texts, toTexts } from '@sluice/messages';
import type { Language } from '@sluice/messages/languages';
import { type ReportStyle, rewriteReport } from '@sluice/quota-core/telephony';
import { parse } from 'csv-parse/sync';
import { OUTCOME_KEYS } from './outcome-keys.js';

/** What the cells of a report do not say. */
interface ReportFacts {
  timeZone: string;
  currency: string;
}

/**
 * Returns the report of a bill in the language of its reader, for a spreadsheet: words are translated, the columns and their order stay, and
 * figures are plain ones, so that it calculates with them. A report that is not as it was written stays so.
 */
export function reportInLanguage(text: string, language: Language, facts: ReportFacts): string {
  const rows = readRows(text);
  return rows === null ? text : (rewriteReport(rows, toStyle(toTexts(language), facts)) ?? text);
}

function readRows(text: string): string[][] | null {
  const [head = ''] = text.split('\n', 1);
  try {
    return parse(text, { bom: true, delimiter: head.includes(';') ? ';' : ',', relax_column_count: true });
  } catch {
    return null;
  }
}

function toStyle(texts: Texts, { timeZone: zone, currency }: ReportFacts): ReportStyle {
  const isBrazilian = texts.language === 'pt-BR';
  const words: [string, Key][] = [['inbound', 'calls.inbound'], ['outbound', 'calls.outbound'], ...OUTCOME_KEYS];
  return {
    titles: [
      texts.text('callFile.when', { zone }),
      texts.text('calls.direction'),
      texts.text('callFile.from'),
      texts.text('callFile.to'),
      texts.text('callFile.destination'),
      texts.text('calls.outcome'),
      texts.text('callFile.talked'),
      texts.text('callFile.billed'),
      texts.text('callFile.price', { currency }),
      texts.text('callFile.charge', { currency }),
      texts.text('callFile.line'),
      texts.text('callFile.id'),
    ],
    words: new Map(words.map(([word, key]) => [word, texts.text(key as 'calls.inbound')])),
    total: texts.text('chart.total'),
    delimiter: isBrazilian ? ';' : ',',
    decimal: isBrazilian ? ',' : '.',
    isDayFirst: isBrazilian,
  };
}
