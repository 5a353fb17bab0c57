import type { PackageView } from '@sluice/engine';
import { describeEffect } from '@sluice/engine/words';
import { notice } from '../layout/components.js';
import { name } from '../layout/format.js';
import { html, join, type Html } from '../layout/html.js';

/** Says on a page of staff that asks before a purchase what the package does not end; nothing where it ends all. */
export function effectNotices(chosen: PackageView, offered: readonly PackageView[]): Html {
  return join(describeEffect(chosen, offered).map((text) => notice('warning', text)));
}

/** Says above a list of packages for staff what they do not end: once what all have in common. */
export function effectsOfAll(offered: readonly PackageView[]): Html {
  const byText = new Map<string, string[]>();
  for (const each of offered)
    for (const text of describeEffect(each, offered)) byText.set(text, [...(byText.get(text) ?? []), each.name]);
  return join(
    [...byText].map(([text, names]) =>
      notice('warning', names.length === offered.length ? text : html`${name(names.join(', '))}: ${text}`),
    ),
  );
}
