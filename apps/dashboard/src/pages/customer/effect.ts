import type { PackageView } from '@sluice/engine';
import { sayReason } from '@sluice/engine/words';
import { type Said, say } from '@sluice/messages';
import { notice } from '../../layout/components.js';
import { name } from '../../layout/format.js';
import { type Html, join } from '../../layout/html.js';
import type { Wording } from '../../layout/wording.js';

type Effect = NonNullable<PackageView['effect']>;
type Offered = readonly Pick<PackageView, 'id' | 'name'>[];

/** Returns the holds besides the quota's that a package leaves, without those that something else is said of. */
function listOthers({ stays, stops }: Effect): string[] {
  const kept = new Set(stops.flatMap(({ holds }) => holds));
  return stays.filter((reason) => reason !== 'quota' && !kept.has(reason));
}

/** Whether a package is of no help now, since something restricts the service that no package ends. */
export function isNoHelp({ effect }: Pick<PackageView, 'effect'>): boolean {
  return effect !== null && listOthers(effect).length > 0;
}

/** Returns what a package does not end, for the client who buys it; nothing where it ends all that restricts the service. */
function sayEffect({ effect, refused }: Pick<PackageView, 'effect' | 'refused'>, offered: Offered): Said[] {
  if (effect === null) return [];
  const { missingBytes, stops } = effect;
  const others = listOthers(effect).map(sayReason);
  return [
    ...(refused === 'no_quota' ? [] : sayQuota({ ...effect, missingBytes }, offered)),
    ...(others.length === 0 ? [] : [say('effect.others', { reasons: joined(others, 'list.or') })]),
    ...stops.map(({ by, holds }) => STOPS[by === 'observe' && holds.length === 0 ? 'limit' : by]),
  ];
}

const STOPS: Readonly<Record<Effect['stops'][number]['by'] | 'limit', Said>> = {
  observe: say('effect.observe'),
  'agent-limit': say('packages.oneNotAvailable'),
  'panel-down': say('effect.panelDown'),
  others: say('effect.stopped'),
  limit: say('effect.limit'),
};

function joined(items: readonly Said[], key: 'list.and' | 'list.or'): Said | string {
  const [last = '', ...before] = [...items].reverse();
  return before.reduce<Said | string>((rest, first) => say(key, { first, rest }), last);
}

function sayQuota({ missingBytes, least, instead, stays }: Effect, offered: Offered): Said[] {
  if (missingBytes === null) return [say('effect.unknown')];
  if (missingBytes <= 0) return [];
  const size = { bytes: missingBytes };
  const missing = say(stays.includes('quota') ? 'effect.missingStays' : 'effect.missing', { size });
  if (least === null) return [missing];
  const names = instead.map((id) => say('effect.quoted', { name: offered.find((each) => each.id === id)?.name ?? id }));
  if (names.length === 0) return [say('effect.needed', { missing, count: least })];
  return names.length === 1
    ? [say('effect.neededOr', { missing, count: least, package: joined(names, 'list.and') })]
    : [say('effect.neededOrOf', { missing, count: least, packages: joined(names, 'list.and') })];
}

/** Says on a page that asks before a purchase what the package does not end; nothing where it ends all. */
export function effectForClient(chosen: PackageView, offered: readonly PackageView[], wording: Wording): Html {
  return join(sayEffect(chosen, offered).map((said) => notice('warning', wording.saidText(said))));
}

/** Says above a list of packages what they do not end: once what all have in common. */
export function effectsForClient(offered: readonly PackageView[], wording: Wording): Html {
  const byText = new Map<string, string[]>();
  for (const each of offered)
    for (const said of sayEffect(each, offered)) {
      const text = wording.saidText(said);
      byText.set(text, [...(byText.get(text) ?? []), each.name]);
    }
  return join(
    [...byText].map(([effect, names]) =>
      notice(
        'warning',
        names.length === offered.length
          ? effect
          : wording.say('effect.of', { packages: wording.list(names.map(name)), effect }),
      ),
    ),
  );
}
