import { formatBytes, roundBytes } from '@sluice/quota-core';
import { printable } from '@sluice/panel-http/printable';
import { SluiceError, toItemError } from '@sluice/panel-kind/errors';
import { shellWords } from './terminal/words.js';
import { REMEDIES } from './remedy-texts.js';

/** A message with its code and the details that its remedy may name. */
export interface Remediable {
  code: string;
  message: string;
  details?: Readonly<Record<string, unknown>> | undefined;
}

/** Returns code, message and details of anything thrown. */
export function toRemediable(error: unknown): Remediable & { details: Readonly<Record<string, unknown>> } {
  return { ...toItemError(error), details: error instanceof SluiceError ? error.details : {} };
}

/** Returns the remedy for a code, or null; the name of an unknown detail is written in capitals. */
export function remedyFor(code: string, details: Remediable['details'] = {}): string | null {
  const found = Object.hasOwn(REMEDIES, code) ? REMEDIES[code] : undefined;
  if (found === undefined) return null;
  const texts = typeof found === 'string' ? [found] : found;
  const isKnown = (text: string): boolean => listNames(text).every((name) => typeof details[name] === 'string');
  const text = texts.find(isKnown) ?? texts.at(-1) ?? '';
  if (text === '') return null;
  return text
    .split(COMMAND)
    .map((part) => fillIn(part, details))
    .join('');
}

/** Fills in what is known of a part of a remedy; in a command line, as a word of the shell. */
function fillIn(part: string, details: Readonly<Record<string, unknown>>): string {
  const isCommand = part.startsWith('"sluice ');
  return part.replace(NAME, (_, name: string) => {
    const value = details[name];
    if (typeof value !== 'string') return name.toUpperCase();
    return isCommand && !NAMES_OF_COMMANDS.has(name) ? shellWords([printable(value)]) : printable(value);
  });
}

/** Returns the traffic that fits within the limit of an agent, and the limit with which what was asked for would. */
function findRoom(details: Readonly<Record<string, unknown>> = {}): { room?: string; enough?: string } {
  const { askedBytes, remainingBytes, limitBytes } = details;
  if (typeof askedBytes !== 'number' || typeof remainingBytes !== 'number' || typeof limitBytes !== 'number') return {};
  const show = (size: number, way: 'down' | 'up'): string => formatBytes(roundBytes(size, way)).replace(' ', '');
  const enough = show(limitBytes + askedBytes - remainingBytes, 'up');
  return remainingBytes === 0 ? { enough } : { room: show(remainingBytes, 'down'), enough };
}

/** Returns a message with its remedy; a message that names a command or an option itself is returned unchanged. */
export function withRemedy({ code, message, details }: Remediable): string {
  const remedy = NAMES_COMMAND.test(message)
    ? null
    : remedyFor(code, {
        ...findNamed(code, message),
        ...findMaker(details),
        ...findRoom(details),
        ...details,
      });
  if (remedy === null) return message;
  return message.includes('\n')
    ? `${message}\n${remedy}`
    : `${message.replace(/[.;:]$/, '').replace(/[^?]$/, '$&.')} ${remedy}`;
}

const NAME = /\{(\w+)\}/g;
const COMMAND = /("sluice [^"]*")/;
/** Names of what stands for words of a command. */
const NAMES_OF_COMMANDS = new Set(['run', 'makes', 'verb']);
const NAMES_COMMAND = /"sluice |(^|\s)--[a-z]/;

const listNames = (text: string): string[] => [...text.matchAll(NAME)].map((match) => match[1] ?? '');

/** Returns which run makes the changes that the brake stopped on services or agents. */
function findMaker({ subjects }: Readonly<Record<string, unknown>> = {}): { run?: string } {
  if (subjects === undefined) return {};
  return { run: subjects === 'agents' ? 'agent check --all' : 'poll' };
}

/** A message about a panel under `observe`. */
const OBSERVED = /^panel "(?<panel>.+?)" is under observe for /;

/** What the message of an item of a document, which has no details, names. */
const NAMED: Readonly<Record<string, RegExp>> = {
  mass_change: /^(?<panel>.+?): \d+ of \d+ /,
  agent_limit: / limit of agent "(?<agent>.+)"(?=: )/,
  currency_mismatch: /^The calls of "(?<callsOf>.+?)" are not billed: |^Client "(?<client>.+?)" is billed in /,
  limit_not_raised: OBSERVED,
  under_observe: OBSERVED,
  PANEL_NOT_FOUND: / has no record for the lookup (?<lookup>\w+) of \S+ \(by (?<by>[^)]+)\)/,
  duplicate_ref: /(?:^| )(?<ref>\w+) \S+ is already that of service "(?<holder>.+?)", which alone can have it$/,
  not_mapped: /^"(?<service>.+?)" has no (?<ref>\w+)$/,
  billing_moved: /^(?<billing>.+?) (?:has another address than before|may be another installation), and /,
  copy_refused:
    /can't store the character NUL, which (?<nul>\w+) of |^The copy (?<copy>.+?) has changed since |^The store was moved to (?<moved>.+?): name its address/,
  store_moved:
    /^The store .+? was moved to (?:(?<movedToServer>postgres(?:ql)?:\/\/\S+)|(?<movedTo>.+)) at \S+, and is not|^The store .+? is being copied to (?<copiedTo>.+) since /,
  store_damaged: /^The backup (?<backup>.+?) (?:is damaged|holds no store|does not have )/,
  // Limits move with a service, where there is one. A name may be long: what stands at the end is asked for first.
  panel_removed:
    /^(?:(?=.*\)$)(?=\d+ agents? .+?; \d+ limits? of agents (?:is|are) not enforced \((?<limited>.+)\)$)|)(?:\d+ services? and )?(?<agents>\d+ agents?) /,
};

/** Items of documents have no details: their message names the action, the panel or the agent. */
function findNamed(code: string, message: string): Readonly<Record<string, string>> {
  const [action] = /\bact-\w+-\w+/.exec(message) ?? [];
  const named = Object.hasOwn(NAMED, code) ? NAMED[code]?.exec(message)?.groups : undefined;
  return { ...(action === undefined ? {} : { action }), ...named };
}
