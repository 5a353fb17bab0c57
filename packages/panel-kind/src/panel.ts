import type { ActionRecord, ServiceRecord } from '@sluice/quota-core';
import type { PanelFacets } from './facets.js';
import type { Look, Observation } from './observation.js';
import type { ApplyContext, Desired, Plan, Step, StepOutcome } from './plan.js';
import type { KindTraits } from './traits.js';
import type { UsageAnswer, UsageRequest } from './usage.js';

/** An open panel: the core, and the facets that its kind has. */
export interface Panel<State = unknown> extends PanelCore<State>, Partial<PanelFacets<State>> {}

/** What every open panel implements. */
export interface PanelCore<State = unknown> {
  /** Its name in the config. */
  readonly name: string;
  /** Its address without secrets. */
  readonly url: string;
  /** The kind that it is of. */
  readonly kind: KindTraits;
  /** A real authenticated read. Throws a PanelError. `clockDifferenceMs`: the panel's clock less ours, where it is known. */
  test(): Promise<{ message: string; clockDifferenceMs?: number }>;
  /** Reads usage; calls `onAnswer` for each service as its answer comes, in any order. Never throws for a single service. */
  readUsage(
    requests: UsageRequest[],
    onAnswer: (service: string, answer: UsageAnswer) => void,
    signal: AbortSignal,
    /** `allowShort`: a list of accounts that has shrunk by more than half is believed. */
    options?: { allowShort: boolean },
  ): Promise<void>;
  /** Reads what the panel shows of these services; without `look` everything, and not from the snapshot. Never throws for a single service. */
  observe(services: ServiceRecord[], signal: AbortSignal, look?: Look): Promise<Map<string, Observation<State>>>;
  /** Pure: the steps from what the panel shows to what it should show. */
  plan(desired: Desired, observation: Observation<State>): Plan;
  /** Performs one step and reads back. Never throws. */
  apply(service: ServiceRecord, step: Step, context: ApplyContext): Promise<StepOutcome>;
  /** Pure: how an action in doubt ended, by an observation; null while that can't be read from it. */
  resolve(action: ActionRecord, observation: Observation<State>): StepOutcome | null;
  /**
   * Pure: what a service stands on (`port:7001`), by its refs and, where given, by what the panel shows of it. Services
   * with a common entry share it.
   */
  resources(service: ServiceRecord, observation: Observation<State> | null): string[];
  close(): void;
}
