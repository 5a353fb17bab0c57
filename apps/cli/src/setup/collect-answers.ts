import type { ConfigKinds } from '@sluice/config-file';
import type { ProductChoice } from '@sluice/panel-kind';
import type { PanelOutcome } from '../terminal/reports/panel-test.js';
import type { InitAnswers, OfferedRow, PanelAnswer } from './answers.js';
import { checkTimeZone } from './check-answers.js';
import type { Interview } from './interview.js';
import { type OpenEngine, readChoices, testPanels, untested } from './test-panels.js';

/** What is known before anyone is asked; null is asked for. */
export interface GivenAnswers {
  timeZone: string | null;
  currency: string | null;
  /** The state file. */
  state: string;
  /** The panels, where nobody is asked. */
  panels: PanelAnswer[];
}

/** What answers are collected with. */
export interface CollectParts {
  /** Path of the config. */
  file: string;
  /** What the config may name. */
  known: ConfigKinds;
  given: GivenAnswers;
  /** Asks for the rest; null where nobody can be asked. */
  interview: Interview | null;
  env: Readonly<Record<string, string | undefined>>;
  /** Opens the engine to test panels; null: panels are not tested. */
  open: OpenEngine | null;
  /** Is called with the test of a panel that was entered just now. */
  onTest: (test: PanelOutcome) => void;
}

/** All answers, and the test of each panel in their order. */
export interface CollectedAnswers {
  answers: InitAnswers;
  tests: PanelOutcome[];
}

/**
 * Collects the answers for a first config, and tests its panels; nothing is written.
 *
 * @throws SluiceError `no_answer`
 */
export async function collectAnswers(parts: CollectParts): Promise<CollectedAnswers> {
  const { file, known, given, interview, open, onTest } = parts;
  const zone = machineTimeZone(parts.env);
  const timeZone = given.timeZone ?? (await interview?.timeZone(zone)) ?? zone;
  const currency = given.currency ?? (await interview?.currency()) ?? null;
  const general = { timeZone, currency, state: given.state, known, product: null };
  const tests = new Map<string, PanelOutcome>();
  const test = async (panels: PanelAnswer[]): Promise<void> => {
    const outcomes = open === null ? untested(panels) : await testPanels(open, file, { ...general, panels });
    for (const outcome of outcomes) tests.set(outcome.name, outcome);
  };
  const works = async (panel: PanelAnswer): Promise<boolean> => {
    await test([panel]);
    const outcome = tests.get(panel.name);
    if (outcome === undefined || outcome.ok === null) return true;
    onTest(outcome);
    return outcome.ok;
  };
  const panels = interview === null ? given.panels : await interview.panels(works);
  if (interview === null) await test(panels);
  const offer = async (panel: PanelAnswer, choice: ProductChoice): Promise<OfferedRow[]> =>
    open !== null && tests.get(panel.name)?.ok === true
      ? readChoices(open, file, { ...general, panels: [panel] }, choice)
      : [];
  const product = (await interview?.product(panels, offer)) ?? null;
  const answers = { ...general, panels, product };
  return { answers, tests: panels.flatMap(({ name }) => tests.get(name) ?? []) };
}

function machineTimeZone(env: CollectParts['env']): string {
  try {
    return checkTimeZone(env['TZ'] ?? '');
  } catch {
    return Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
}
