import path from 'node:path';
import type { Credentials, CustomerAccess } from '@sluice/engine';
import { printable } from '@sluice/panel-http/printable';
import { fillPlaceholders, type Placeholder } from '../files/placeholders.js';
import type { Terminal } from './terminal.js';
import { formatCount } from './words.js';

/** A customer's account, as a mail presents it. */
export interface CustomerAccount {
  /** The service, or the user of an agent. */
  service: string;
  panel: string | null;
  access: CustomerAccess;
  credentials: Credentials | null;
}

/** The default message; lines whose value is missing are left out. */
const LINES: readonly [Placeholder | null, string][] = [
  [null, 'Hello,'],
  [null, ''],
  [null, 'your account "{{service}}" is ready.'],
  [null, ''],
  ['username', 'Login name: {{username}}'],
  ['password', 'Password: {{password}}'],
  ['url', 'Address: {{url}}'],
  ['links', 'Subscription link: {{links}}'],
  ['expiresAt', 'Valid until: {{expiresAt}}'],
];

/** Prints how a customer uses an account. */
export function printAccess(terminal: Terminal, account: CustomerAccount): void {
  const { access } = account;
  if (account.credentials === null) terminal.info(`  account ${access.username}`);
  terminal.info(`  address ${access.url}`);
  for (const { url, unknown } of access.links) {
    terminal.info(`  subscription link ${url}`);
    if (unknown !== null) terminal.info(`  ${unknown}`);
  }
  terminal.info(`  valid until ${expiry(terminal, account) ?? 'further notice'}`);
}

/** Prints the message to a customer on stdout, and on stderr what is to be filled in. */
export function printMessage(terminal: Terminal, account: CustomerAccount, template: string | undefined): void {
  const values = toValues(terminal, account);
  const text =
    template ??
    LINES.filter(([needs]) => needs === null || values[needs] !== null)
      .map(([, line]) => line)
      .join('\n');
  const filled = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? 'none']));
  const message = fillPlaceholders(text, filled as Record<Placeholder, string>);
  for (const line of message.replace(/\r?\n$/, '').split(/\r?\n/)) terminal.verbatim(line);
  for (const { unknown } of account.access.links) {
    if (unknown !== null) terminal.warn(`sluice: warning: ${unknown}`);
  }
}

/** Returns the values of the placeholders, without control characters; null where there is none. */
function toValues(terminal: Terminal, account: CustomerAccount): Record<Placeholder, string | null> {
  const { service, access, credentials } = account;
  const links = access.links.map(({ url }) => printable(url)).join('\n');
  const password = passwordText(credentials);
  return {
    service: printable(service),
    username: printable(access.username),
    password: password === null ? null : printable(password),
    url: printable(access.url),
    links: links === '' ? null : links,
    expiresAt: expiry(terminal, account),
  };
}

/** Returns the password only where the command shows it. */
function passwordText(credentials: Credentials | null): string | null {
  if (credentials === null) return null;
  const { password, passwordFile } = credentials;
  if (passwordFile !== null) return `in the file ${path.basename(passwordFile)}`;
  return password ?? 'the one that was chosen';
}

function expiry(terminal: Terminal, { access, panel }: CustomerAccount): string | null {
  const { expiresAt, daysFromFirstUse: days } = access;
  if (days !== null) return `${formatCount(days, 'day')} after the first use`;
  return terminal.times.at(expiresAt, panel);
}
