/** Words of lines of calls that another writer may have added to an invoice, in lower case and without accents. */
export const CALL_WORDS: readonly string[] = ['consumo', 'chamadas', 'ligacoes', 'calls', 'cdr'];

/** Returns a text in lower case and without accents, to search for words in it. */
export function foldText(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
