/** Words of lines of calls that another writer may have added to an invoice, as searches compare texts. */
export const CALL_WORDS: readonly string[] = ['consumo', 'chamadas', 'ligacoes', 'calls', 'cdr'];
