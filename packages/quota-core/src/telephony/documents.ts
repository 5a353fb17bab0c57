const PUNCTUATION = /[.\-/\s]/g;
const CPF = /^(\d{3})(\d{3})(\d{3})(\d{2})$/;
/** All but the check digits may be letters since 2026. */
const CNPJ = /^([0-9A-Z]{2})([0-9A-Z]{3})([0-9A-Z]{3})([0-9A-Z]{4})(\d{2})$/;

const compact = (text: string): string => text.replaceAll(PUNCTUATION, '').toUpperCase();

/**
 * Returns a customer's document as it is stored: a CPF or CNPJ without punctuation, any other as it is written. Null for a text
 * without a letter or digit.
 */
export function canonicalDocument(text: string): string | null {
  const bare = compact(text);
  if (bare === '') return null;
  return CPF.test(bare) || CNPJ.test(bare) ? bare : text.trim();
}

/** Returns the spellings in which a system may have a document: as it is stored, then the other usual one. */
export function documentSpellings(text: string): string[] {
  const bare = compact(text);
  const punctuated = bare.replace(CPF, '$1.$2.$3-$4').replace(CNPJ, '$1.$2.$3/$4-$5');
  const own = canonicalDocument(text);
  return own === null ? [] : [...new Set([own, own === bare ? punctuated : bare])];
}

/** Returns whether two documents are the same, however they are written; one that is not known is not the same as any. */
export function isSameDocument(a: string | null, b: string | null): boolean {
  const bare = compact(a ?? '');
  return bare !== '' && bare === compact(b ?? '');
}
