import { describe, expect, it } from '@jest/globals';
import { createSluice, parseConfig, type Sluice } from '@sluice/engine';
import type { PanelKindSuite } from '@sluice/panel-kind/testing';
import { openStore } from '@sluice/state-store';

export const GB = 1024 ** 3;

const LONG = process.env['SLUICE_LONG'] === '1';

/** What every kind is tested with: the engine, the store and jest. */
export const PARTS: Pick<PanelKindSuite<Sluice>, 'engine' | 'test' | 'cases' | 'byTurns'> = {
  engine: { createSluice, parseConfig, openStore },
  test: { describe, it, expect },
  cases: LONG ? Infinity : 1,
  byTurns: !LONG,
};
