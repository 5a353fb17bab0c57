import type { ActionRecord, ServiceRecord } from '@sluice/quota-core';
import type { PanelFacets } from './facets.js';
import type { ApplyContext, TargetState, ObserveOptions, Observation, Plan, Step, StepOutcome } from './plan.js';
import type { KindTraits } from './traits.js';
import type { UsageAnswer, UsageRequest } from './usage.js';

/** An open panel: the core, and the facets of its kind. */
export interface Panel<State = unknown> extends PanelCore<State>, Partial<PanelFacets<State>> {}

/** How a panel answered a test. */
export interface PanelTestAnswer {
  message: string;
  /** The panel's clock minus ours, where known. */
  clockDifferenceMs?: number;
  warnings?: string[];
  /** The config key of credentials that end by themselves, and when they end by the panel's clock. */
  expiring?: { key: string; at: string };
}

/** What every panel implements. */
export interface PanelCore<State = unknown> {
  /** Its name in the config. */
  readonly name: string;
  /** Its address without secrets. */
  readonly url: string;
  readonly kind: KindTraits;
  /** Performs an authenticated read; throws a `PanelError`. */
  test(): Promise<PanelTestAnswer>;
  /** Reads usage, and calls `onAnswer` once per service, in any order. Never throws for a single service. */
  readUsage(
    requests: UsageRequest[],
    onAnswer: (service: string, answer: UsageAnswer) => void,
    signal: AbortSignal,
    /** `allowShort` accepts a list of accounts that has shrunk by more than half. */
    options?: { allowShort: boolean },
  ): Promise<void>;
  /** Observes services, by default everything about them and not from the snapshot. Never throws for a single service. */
  observe(
    services: ServiceRecord[],
    signal: AbortSignal,
    options?: ObserveOptions,
  ): Promise<Map<string, Observation<State>>>;
  /** Pure: plans the steps from the observation to the target state. */
  plan(target: TargetState, observation: Observation<State>): Plan;
  /**
   * Pure: returns whether the account of a service has no limit of its own on the panel; null where the panel does not show the account.
   * Absent where the panel keeps none.
   */
  isUnlimited?(observation: Observation<State>): boolean | null;
  /**
   * Pure: returns whether the account's own limit on the panel is lower than its target requires, also where it is not known; without
   * an observation by the checkpoint of the target. Absent where the panel keeps none.
   */
  isTooLow?(target: TargetState, observation: Observation<State> | null): boolean;
  /** Performs one step and reads back. Never throws. */
  apply(service: ServiceRecord, step: Step, context: ApplyContext): Promise<StepOutcome>;
  /** Pure: returns how an action in doubt ended; null while the observation doesn't show it. */
  resolve(action: ActionRecord, observation: Observation<State>): StepOutcome | null;
  /**
   * Pure: returns what a service uses on the panel (`port:7001`), by its refs and the observation. Services with a common
   * entry share it.
   */
  resources(service: ServiceRecord, observation: Observation<State> | null): string[];
  close(): void;
}
