import type { MovedLimit, MovedRow, Undecided } from '@sluice/panel-kind';
import { isPaidUp, toLocalDate } from '@sluice/quota-core';
import type { ServiceRecord } from '@sluice/state-store';
import { findTimeZone } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import { observeServices } from '../../loop/observe.js';
import { blankService } from '../services/check-service.js';
import type { Draft } from './to-drafts.js';

/** Holds to be adopted, as rows of `holds.csv`, and what is not. */
export interface FoundHolds {
  rows: MovedRow[];
  undecided: Undecided[];
}

/**
 * Returns what an old tool is known to have restricted: where it says so, the usage is at or over the quota, something of the service is
 * restricted on the panel, and the billing system has the service as active and paid. Everything else is undecided. Reads the panel.
 */
export async function findHolds(
  context: Context,
  panelName: string,
  { limited, drafts }: { limited: readonly MovedLimit[]; drafts: readonly (Draft | null)[] },
): Promise<FoundHolds> {
  const found: FoundHolds = { rows: [], undecided: [] };
  const panel = await context.panel(panelName);
  const { adoption } = panel;
  const refs = context.findKind(panelName)?.refs ?? [];
  const day = toLocalDate(context.now(), findTimeZone(context.config, panelName));
  const open: { draft: Draft; service: ServiceRecord; restricts: Restricts }[] = [];
  const say = (draft: Draft, reason: string): void => {
    const remedy = 'check it on the panel, and add a row where the old tool restricted it';
    found.undecided.push({ ...NOT_TAKEN, object: draft.id, reason: `${reason}: ${remedy}` });
  };
  for (const limit of limited) {
    const draft = drafts[limit.service] ?? null;
    if (draft === null) continue;
    const reason = adoption === undefined ? 'nothing can be adopted on such a panel' : findReason(limit, draft, day);
    if (reason === null)
      open.push({
        draft,
        restricts: limit.restricts ?? EVERYTHING,
        service: { ...blankService(draft.id, context.now()), panel: panelName, refs: toRefs(draft, refs) },
      });
    else say(draft, reason);
  }
  if (open.length === 0 || adoption === undefined) return found;
  const seen = await observeServices(
    { context, panel },
    open.map(({ service }) => service),
  );
  const claimed = open.flatMap(({ draft, service, restricts }): Claimed[] => {
    const observation = seen.get(service.id);
    const restricted = observation === undefined ? null : adoption.restricted(service, observation);
    if (restricted === null) {
      say(draft, observation?.error?.message ?? 'the panel did not show whether it is restricted');
      return [];
    }
    const { ports, order, forwards } = restricts;
    const others = toWhat(restricted, { ports: !ports, order: !order, forwards: !forwards });
    if (!isNothing(others)) found.undecided.push(toOthers(draft, others));
    const what = toWhat(restricted, restricts);
    if (!isNothing(what)) return [{ draft, what }];
    say(draft, 'the old tool says that it limited it, but the panel shows nothing of that as restricted');
    return [];
  });
  addRows(found, claimed, { day, say });
  return found;
}

/** What is restricted of a service as the tool does it. */
interface Claimed {
  draft: Draft;
  what: Restricted;
}

/** Adds rows of holds; a port that two services have is of neither. */
function addRows(
  found: FoundHolds,
  claimed: readonly Claimed[],
  { day, say }: { day: string; say: (draft: Draft, reason: string) => void },
): void {
  const shared = findShared(claimed.map(({ what }) => what));
  const withPorts: string[] = [];
  for (const { draft, what } of claimed) {
    const both = what.ports.filter((port) => shared.has(port));
    if (both.length > 0) {
      say(draft, `port ${both.join(', ')} is of another service that it limited, too`);
      continue;
    }
    found.rows.push(toRow(draft, what, day));
    if (what.ports.length > 0) withPorts.push(draft.id);
  }
  if (withPorts.length === 0) return;
  const about = { object: withPorts.join(', '), column: 'ports', state: 'proposed' } as const;
  found.undecided.push({ ...NOT_TAKEN, ...about, reason: OF_STAFF });
}

type Restricts = NonNullable<MovedLimit['restricts']>;
type Restricted = { ports: string[]; order: boolean; forwards: string[] };

const EVERYTHING: Restricts = { ports: true, order: true, forwards: true };

const OF_STAFF =
  'which of their ports staff had disabled before the tool is not known: remove those that are to stay disabled';

function toWhat({ ports, order, forwards }: Restricted, of: Restricts): Restricted {
  return { ports: of.ports ? ports : [], order: of.order && order, forwards: of.forwards ? forwards : [] };
}

const isNothing = ({ ports, order, forwards }: Restricted): boolean => ports.length + forwards.length === 0 && !order;

/** What the tool does not restrict of a service was restricted by others. */
function toOthers({ id }: Draft, { ports, order, forwards }: Restricted): Undecided {
  const what = [
    ...(ports.length > 0 ? [`port ${ports.join(', ')}`] : []),
    ...(order ? ['its order'] : []),
    ...(forwards.length > 0 ? [`forward ${forwards.join(', ')}`] : []),
  ].join(' and ');
  const reason = `${what} is restricted, too, but not by the old tool, whose action is another one: it stays so`;
  return { ...NOT_TAKEN, object: id, state: 'left-out', reason };
}

/** Returns the ports that several services have. */
function findShared(all: readonly Restricted[]): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(all.flatMap(({ ports }) => ports).filter((port) => seen.size === seen.add(port).size));
}

const NOT_TAKEN = { file: 'holds.csv', column: '', value: '', state: 'undecided' } as const;

function findReason({ usedBytes, quotaBytes }: MovedLimit, { billed }: Draft, day: string): string | null {
  const says = 'the old tool says that it limited it, but';
  if (usedBytes === null || quotaBytes === null) return `${says} not by which usage and quota`;
  if (usedBytes < quotaBytes) return `${says} its usage was below the quota`;
  if (billed === null) return `${says} whether it is paid is not known`;
  if (!isPaidUp(billed, day))
    return `${says} it is ${billed.status === 'active' ? 'overdue' : (billed.status ?? 'of an unknown status')} in the billing system`;
  return null;
}

function toRefs({ columns }: Draft, refs: readonly { name: string }[]): Record<string, string> {
  return Object.fromEntries(refs.flatMap(({ name }) => (columns[name] === undefined ? [] : [[name, columns[name]]])));
}

function toRow({ id }: Draft, what: Restricted, seenOn: string): MovedRow {
  return {
    service: id,
    reason: 'quota',
    ports: what.ports.join(' '),
    order: what.order ? 'yes' : 'no',
    forwards: what.forwards.join(' '),
    note: 'limited by the old tool',
    seen_on: seenOn,
  };
}
