import { isIP } from 'node:net';
import { usageError } from '@sluice/panel-kind/errors';

/** An address to listen on. */
export interface ListenAddress {
  host: string;
  port: number;
}

/**
 * Parses `HOST:PORT`, `[IPV6]:PORT`, or a port of the loopback address; `label` names the text in messages.
 *
 * @throws SluiceError `bad_listen`
 */
export function parseListen(text: string, label: string): ListenAddress {
  const refuse = (why: string) => usageError('bad_listen', `${label}: "${text}" ${why}`, { listen: text });
  if (/^unix:|[/\\]/.test(text))
    throw refuse('is a path: sockets of Unix are not supported; name an address and a port');
  const [, bracketed, plain, digits = ''] = /^(?:(?:\[([^\]]*)\]|([^:]*)):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port > 65_535) throw refuse('is not an address with a port, such as 127.0.0.1:8787');
  const host = bracketed ?? plain ?? '127.0.0.1';
  if (host === '') throw refuse('names no address: 127.0.0.1 is this machine only, 0.0.0.0 every network');
  if (bracketed !== undefined && isIP(bracketed) !== 6) throw refuse('is not an IPv6 address in brackets');
  return { host, port };
}

/** Returns whether only this machine reaches a host, which may be an IPv6 address in brackets. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));
}
