const KEY_OF_BILL = /^sha256:([0-9a-f]{12})[0-9a-f]{52}$/;
const BEGIN = '[sluice:';
const OF_BILL = /AB:[0-9a-f]{12}(?![0-9a-f])/g;
const ANY = new RegExp(`\\[sluice:[^[\\]]*\\]|${OF_BILL.source}`, 'g');

/**
 * Returns the marker of a key in a text of a billing system, whose lines and credits have no key of their own: `AB:` and the first 12
 * hexadecimal digits of the key of a bill of calls (`billKey`), `[sluice:KEY]` of any other.
 */
export function lineMarker(key: string): string {
  const digits = KEY_OF_BILL.exec(key)?.[1];
  return digits === undefined ? `${BEGIN}${encodeURIComponent(key)}]` : `AB:${digits}`;
}

/** Returns a text without other markers, then the marker of a key. */
export function markLine(text: string, key: string): string {
  const own = text.replaceAll(BEGIN, '(sluice:').replace(OF_BILL, ' ').trim();
  return `${own} ${lineMarker(key)}`.trimStart();
}

/** Returns the markers in a text, in their order. */
export function findMarkers(text: string): string[] {
  return text.match(ANY) ?? [];
}

/** Returns a text as people read it: without markers, which are for programs. */
export function withoutMarkers(text: string): string {
  return findMarkers(text)
    .reduce((rest, marker) => rest.replace(marker, ''), text)
    .trim();
}
