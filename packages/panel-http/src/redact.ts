const mask = '[redacted]';

/**
 * Blanks secrets in a text: as they are, URL-encoded, in JSON or HTML, and in base64 at any offset.
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
 * The same for many texts: the patterns are made once, and again when the list has grown. `Bearer` and `Basic` values and query
 * parameters that are credentials by their name go in any case.
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
      pattern = patternOf(secrets);
    }
    const cleaned = pattern === null ? text : text.replace(pattern, mask);
    if (parent !== undefined) return parent(cleaned);
    return mayHoldCredentials.test(cleaned) ? blankByShape(cleaned) : cleaned;
  };
}

const mayHoldCredentials = /bearer|basic|token|key|pass|secret/i;

function blankByShape(text: string): string {
  return text
    .replace(/\b(bearer|basic)\s+[A-Za-z0-9+/=._~|-]{6,}/gi, `$1 ${mask}`)
    .replace(/([?&](?:[a-z_-]*token|api_?key|access_?key|secret|passw(?:or)?d|pass)=)[^&#\s]+/gi, `$1${mask}`);
}

function patternOf(secrets: readonly string[]): RegExp | null {
  const forms = new Set<string>();
  for (const secret of secrets) for (const form of formsOf(secret)) forms.add(form);
  if (forms.size === 0) return null;
  // The longest first: a form that contains another one has to go as a whole.
  const sorted = [...forms].sort((a, b) => b.length - a.length);
  return new RegExp(sorted.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
}

function formsOf(secret: string): string[] {
  if (secret.trim() === '') return [];
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
    ...base64Forms(secret),
  ];
  return forms.filter((form) => form !== '');
}

/**
 * In base64 three bytes become four letters, so a secret inside a longer text (`user:secret`) has three possible faces. The
 * letters at the edges also depend on the neighbours and are left out; a face of under eight letters would hit too much else.
 */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const whole = bytes.toString('base64');
  const faces = [0, 1, 2].map((before) => {
    const face = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const uncertainEnd = (before + bytes.length) % 3 === 0 ? 0 : 1;
    return face.slice(before === 0 ? 0 : before + 1, face.length - uncertainEnd);
  });
  const urlSafe = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_');
  return [whole, ...faces.filter((face) => face.length >= 8)].flatMap((face) => [face, urlSafe(face)]);
}
