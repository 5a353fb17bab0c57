/** A mail as its reader sees it. */
export interface ReadMail {
  /** Unfolded, by their names in small letters. */
  headers: ReadonlyMap<string, string>;
  subject: string;
  text: string;
  html: string;
}

/** Reads a mail with a text and an HTML part, as a server got it. */
export function readMail(data: string): ReadMail {
  const headers = readHeaders(data.slice(0, data.indexOf('\n\n')));
  const parts = data.split(/^(?=Content-Type: text)/m).slice(1);
  const find = (type: string): string => {
    const part = parts.find((each) => each.startsWith(`Content-Type: text/${type}`)) ?? '';
    return readBody(part.replace(/\n--[-\w]*NmP-[\s\S]*$/, ''));
  };
  return { headers, subject: decodeWords(headers.get('subject') ?? ''), text: find('plain'), html: find('html') };
}

function readHeaders(head: string): Map<string, string> {
  const lines = head.replaceAll(/\n[ \t]+/g, ' ').split('\n');
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

function readBody(part: string): string {
  const body = part.slice(part.indexOf('\n\n') + 2);
  if (/^Content-Transfer-Encoding: base64$/m.test(part)) return Buffer.from(body, 'base64').toString();
  return decodeQuoted(body.replaceAll('=\n', ''));
}

function decodeQuoted(text: string): string {
  return text.replaceAll(/(?:=[\dA-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll('=', ''), 'hex').toString());
}

/** Words of a header by RFC 2047. */
function decodeWords(header: string): string {
  return header
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi, (_, how: string, word: string) =>
      how.toUpperCase() === 'B' ? Buffer.from(word, 'base64').toString() : decodeQuoted(word.replaceAll('_', ' ')),
    );
}
