import { describeAccounts } from './account-stories.js';
import type { PanelKindSuite } from './bench.js';
import { describeDisturbed, describeTwoRuns } from './disturbed-stories.js';
import type { SuiteSluice } from './engine.js';
import { describeForeign } from './foreign-stories.js';
import { describeHolds } from './hold-stories.js';
import { describeReadings } from './reading-stories.js';

/**
 * Describes the stories that every kind of panel has to pass: holds and releases, previews, changes by others, usage that can't be
 * read, two runs at once, calls that fail, processes that are killed, and the life of an account where Sluice creates them. Each story
 * opens a world of its own, and goes through the engine that is handed in.
 *
 * @example
 * ```ts
 * describePanelKind({
 *   name: 'Waterworks',
 *   kind: waterworks,
 *   worlds,
 *   engine: { createSluice, parseConfig, openStore },
 *   test: { describe, it, expect },
 *   cases: process.env['SLUICE_LONG'] === '1' ? Infinity : 2,
 * });
 * ```
 */
export function describePanelKind<Sluice extends SuiteSluice>(suite: PanelKindSuite<Sluice>): void {
  suite.test.describe(suite.name, () => {
    describeHolds(suite);
    describeForeign(suite);
    describeReadings(suite);
    if (suite.kind.capabilities.includes('accounts')) describeAccounts(suite);
    describeTwoRuns(suite);
    describeDisturbed(suite);
  });
}
