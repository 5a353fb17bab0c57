import { type Language, toTexts } from '@sluice/messages';
import type { ChartLine } from './chart.js';
import { SHARE_SLOTS } from './svg-styles.js';
import { shortened } from './svg-text.js';
import type { UsageGraphBar } from './usage-graph.js';

/** Characters of a name, and of one with its id. */
const [LENGTH, LENGTH_WITH_KEY] = [24, 32];

/** What the parts of each bar are of: groups of services. */
export interface TrafficSplit {
  /** Id or name; null for services without a client, and for the others. */
  key: string | null;
  name: string | null;
  /** Whether it is all other groups together, and how many they are. */
  others: boolean;
  groups: number;
}

/** A bar with its parts, by the groups. */
export interface SplitBar extends UsageGraphBar {
  parts: readonly Pick<UsageGraphBar, 'inBytes' | 'outBytes' | 'totalBytes'>[];
}

/** Returns the lines of a chart that the groups are, each with another name; the style of the others is always the same. */
export function splitShares(
  split: readonly TrafficSplit[],
  language: Language = 'en',
): Required<Pick<ChartLine, 'name' | 'share'>>[] {
  const names = toNames(split, language);
  return split.map(({ others }, index) => ({ name: names[index] ?? '', share: others ? SHARE_SLOTS : index + 1 }));
}

function toNames(split: readonly TrafficSplit[], language: Language): string[] {
  const texts = toTexts(language);
  const names = split.map(({ key, name, others, groups }) => {
    if (others) return texts.text('chart.others', { count: groups });
    return key === null ? texts.text('chart.noClient') : shortened(name ?? key, LENGTH);
  });
  return names.map((name, index) => {
    const key = split[index]?.key ?? null;
    const isAlone = names.every((other, place) => other !== name || place === index);
    return isAlone || key === null ? name : shortened(`${key} ${name}`, LENGTH_WITH_KEY);
  });
}

/** Returns what each part of a bar has: of the total where that is known, else of the directions that are; null where it is unknown. */
export function splitFigures({ totalBytes, inBytes, outBytes, parts }: SplitBar): (number | null)[] {
  const directions = ['inBytes', 'outBytes'] as const;
  const whole = { inBytes, outBytes };
  const keys = totalBytes === null ? directions.filter((key) => whole[key] !== null) : (['totalBytes'] as const);
  return parts.map((part) => {
    const known = keys.flatMap((key) => part[key] ?? []);
    return known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0);
  });
}
