import { isIP } from 'node:net';

/** Returns the addresses in texts that people typed, each once; prefix lengths and ports stay, what is not an address does not. */
export function toAddresses(texts: readonly string[]): string[] {
  const parts = texts.flatMap((text) => text.replace(/<br\s*\/?>/gi, ' ').split(/[\s,;|]+/));
  return [...new Set(parts.map((part) => part.replace(/^[('"]+|[)'".]+$/g, '')).filter(isAddress))];
}

function isAddress(text: string): boolean {
  const bare = text.replace(/\/\d{1,3}$/, '');
  const [, inBrackets] = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(bare) ?? [];
  return isIP(inBrackets ?? bare) !== 0 || isIP(bare.replace(/:\d{1,5}$/, '')) === 4;
}
