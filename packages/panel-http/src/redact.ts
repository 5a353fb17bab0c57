const MASK = '[redacted]';

/** Characters of the shortest secret that is masked: a shorter one is part of ordinary words. */
export const SHORTEST_MASKED = 6;

/**
 * Masks secrets of at least `SHORTEST_MASKED` characters in a text: plain, URL-encoded, in JSON or HTML, and in base64 at any offset.
 *
 * @example
 * ```ts
 * redact('GET /login?key=s3cr3t-key', ['s3cr3t-key']); // GET /login?key=[redacted]
 * ```
 */
export function redact(text: string, secrets: string[]): string {
  return createRedactor(secrets)(text);
}

/**
 * Creates the function that masks secrets in many texts; its patterns are built once, and again when the list has grown. It always
 * masks `Bearer` and `Basic` values and query parameters whose names are those of credentials.
 */
export function createRedactor(
  secrets: readonly string[],
  parent?: (text: string) => string,
): (text: string) => string {
  let pattern: RegExp | null = null;
  let known = -1;
  return (text) => {
    if (secrets.length !== known) {
      known = secrets.length;
      pattern = toPattern(secrets);
    }
    const cleaned = pattern === null ? text : text.replace(pattern, MASK);
    if (parent !== undefined) return parent(cleaned);
    return MAY_HAVE_CREDENTIALS.test(cleaned) ? maskByShape(cleaned) : cleaned;
  };
}

const MAY_HAVE_CREDENTIALS = /bearer|basic|token|key|pass|secret/i;

function maskByShape(text: string): string {
  return text
    .replace(/\b(bearer|basic)\s+[A-Za-z0-9+/=._~|-]{6,}/gi, `$1 ${MASK}`)
    .replace(/([?&](?:[a-z_-]*token|api_?key|access_?key|secret|passw(?:or)?d|pass)=)[^&#\s]+/gi, `$1${MASK}`);
}

/** Patterns of the lists of secrets that were used last: the calls of a session have the same ones. */
const patterns = new Map<string, RegExp | null>();
const MOST_PATTERNS = 64;

function toPattern(secrets: readonly string[]): RegExp | null {
  const key = JSON.stringify(secrets);
  const known = patterns.get(key);
  const pattern = known === undefined ? makePattern(secrets) : known;
  // The one used last stands last.
  patterns.delete(key);
  patterns.set(key, pattern);
  const [oldest] = patterns.keys();
  if (patterns.size > MOST_PATTERNS && oldest !== undefined) patterns.delete(oldest);
  return pattern;
}

function makePattern(secrets: readonly string[]): RegExp | null {
  const forms = new Set<string>();
  for (const secret of secrets) for (const form of listForms(secret)) forms.add(form);
  if (forms.size === 0) return null;
  // The longest first, so that a form that contains another one is masked as a whole.
  const sorted = [...forms].sort((a, b) => b.length - a.length);
  return new RegExp(sorted.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
}

function listForms(secret: string): string[] {
  if (secret.trim().length < SHORTEST_MASKED) return [];
  const encoded = encodeURIComponent(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  const forms = [
    secret,
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
    encoded.replace(/%20/g, '+'),
    new URLSearchParams([['', secret]]).toString().slice(1),
    json,
    json.replaceAll('/', '\\/'),
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    Buffer.from(secret).toString('hex'),
    ...listBase64Forms(secret),
  ];
  return forms.filter((form) => form !== '');
}

/**
 * In base64 three bytes become four letters, so that a secret inside a longer text (`user:secret`) has three forms. The letters at
 * the edges also depend on the neighbours and are left out; a form of fewer than eight letters would match too much.
 */
function listBase64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const whole = bytes.toString('base64');
  const offsets = [0, 1, 2].map((before) => {
    const form = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const uncertainEnd = (before + bytes.length) % 3 === 0 ? 0 : 1;
    return form.slice(before === 0 ? 0 : before + 1, form.length - uncertainEnd);
  });
  const urlSafe = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_');
  return [whole, ...offsets.filter((form) => form.length >= 8)].flatMap((form) => [form, urlSafe(form)]);
}

/** Returns whether a header of this name has a secret. */
export function isCredentialHeader(name: string): boolean {
  return /authori[sz]ation|token|key|secret|passw|cookie|session/i.test(name);
}
