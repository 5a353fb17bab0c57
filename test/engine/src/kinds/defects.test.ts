import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import type { PanelKind } from '@sluice/panel-kind';
import { describePanelKind } from '@sluice/panel-kind/testing';
import { PARTS } from './suite-parts.js';
import { APPLIED } from './waterworks/defects/applied.js';
import { type Defect, withDefect } from './waterworks/defects/defect.js';
import { PLANNED } from './waterworks/defects/planned.js';
import { READ } from './waterworks/defects/read.js';
import { waterworksKind } from './waterworks/kind.js';
import { waterworksWorlds } from './waterworks/world.js';

/** Mistakes that adapters make, each with the story that finds it. */
const DEFECTS: readonly Defect[] = [...PLANNED, ...APPLIED, ...READ];

const waterworks = waterworksKind({ accounts: true });

/** The stories of the suite, by their names, each a function that rejects where the kind fails it. */
function listStories(
  kind: PanelKind,
  { ways, cases }: Pick<Defect, 'ways'> & { cases: number },
): Map<string, () => Promise<void>> {
  const stories = new Map<string, () => Promise<void>>();
  describePanelKind({
    ...PARTS,
    ...{ name: kind.title, kind, worlds: waterworksWorlds({ accounts: true, ways }), cases, byTurns: false },
    test: {
      describe: (_name, define) => {
        define();
      },
      it: (name, run) => {
        stories.set(name, run);
      },
      expect,
    },
  });
  return stories;
}

const LONG = process.env['SLUICE_LONG'] === '1';

/** How a story ends; of a disturbed one so many cases are tried. */
async function findEnd(
  kind: PanelKind,
  { story, ways }: Pick<Defect, 'story' | 'ways'>,
  cases: number,
): Promise<'passed' | 'failed'> {
  const [, run] = [...listStories(kind, { ways, cases })].find(([name]) => name.startsWith(story)) ?? [];
  if (run === undefined) throw new Error(`no story begins with: ${story}`);
  return run().then(
    () => 'passed',
    () => 'failed',
  );
}

/** The anchors of a page. */
function listAnchors(page: string): string[] {
  const text = readFileSync(new URL(`../../../../${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe('a kind with a defect', () => {
  it.each(few([...DEFECTS], 2))(
    'fails a story: $name ($hazard)',
    async (defect: Defect) => {
      const [page = '', anchor = ''] = defect.hazard.split('#');
      expect(listAnchors(page)).toContain(anchor);
      expect(await findEnd(withDefect(waterworks, defect), defect, 24)).toBe('failed');
    },
    1_800_000,
  );

  it('is one of twenty at least, each with a name of its own', () => {
    expect(new Set(DEFECTS.map(({ name }) => name)).size).toBe(DEFECTS.length);
    expect(DEFECTS.length).toBeGreaterThanOrEqual(20);
  });
});

describe('a kind without a defect', () => {
  it.each([...new Map(DEFECTS.map((defect) => [defect.story, defect])).values()])(
    'passes: $story',
    async (defect) => {
      expect(await findEnd(waterworks, defect, LONG ? Infinity : 1)).toBe('passed');
    },
    1_800_000,
  );
});
