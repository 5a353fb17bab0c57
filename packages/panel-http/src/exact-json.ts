/** A text, or a number with what belongs to it. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;

/** Whether a number may have digits that a double loses. A match inside a text does no harm. */
const AT_RISK = /\d[.eE]|\d{16}|-0/;

/**
 * Parses JSON without losing a digit: a number that a double does not print as it came (`0.10`, `1.0e-5`, twenty digits) becomes
 * its text. Throws a `SyntaxError` for what is not JSON.
 */
export function parseExactJson(text: string): unknown {
  const parsed = JSON.parse(text) as unknown;
  if (!AT_RISK.test(text)) return parsed;
  const exact = text.replace(TOKENS, (token) =>
    token.startsWith('"') || String(Number(token)) === token ? token : `"${token}"`,
  );
  return exact === text ? parsed : (JSON.parse(exact) as unknown);
}
