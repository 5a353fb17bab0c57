import {
  type ApplyContext,
  type Clock,
  type Observation,
  type ObserveOptions,
  type Panel,
  type PanelFacets,
  type PanelKind,
  type PanelTelephony,
  type PanelTestAnswer,
  type PanelToOpen,
  type Plan,
  SluiceError,
  type Step,
  type StepOutcome,
  type TargetState,
  throwWithCredentialKey,
} from '@sluice/panel-kind';
import type { ActionRecord, ServiceRecord } from '@sluice/quota-core';
import { toLineSystem } from '../account/system.js';
import type { AstbillingClient } from '../client/types.js';
import { performStep } from './apply.js';
import { checkContract } from './contract.js';
import { describeLines } from './describe-lines.js';
import { changesPasswords } from './lacks.js';
import { listEntries } from './inventory.js';
import { findProblem, toUsernames, whenKnown } from './line-target.js';
import { type PlanContext, planService } from './plan.js';
import { findMadeLine } from './plan-password.js';
import { outcomeWhenDone, resolveAction } from './resolve.js';
import { CUSTOMER_REF, LINE_REF, USERNAME_REF } from './settings.js';
import { type LineState, observeLine, PlanList } from './state.js';
import { createTelephony } from './telephony.js';

/** What the panel works with. */
export interface TelephonyTools {
  client: AstbillingClient;
  /** Sentences of the client about lists that it had to read whole. */
  warnings: ReadonlySet<string>;
  clock: Clock;
}

/** The adapter of a telephony panel: a service is a line. */
export class TelephonyPanel implements Panel<LineState> {
  readonly name: string;
  readonly url: string;
  readonly kind: PanelKind;
  readonly telephony: PanelTelephony;
  readonly #tools: TelephonyTools;
  readonly #context: PlanContext;
  readonly #plans = new PlanList();
  /** The usernames of lines by id, as last observed. */
  readonly #usernames = new Map<string, string>();

  constructor(kind: PanelKind, panel: PanelToOpen, tools: TelephonyTools) {
    this.kind = kind;
    this.name = panel.name;
    this.url = panel.settings.url;
    this.#tools = tools;
    this.telephony = createTelephony(panel, tools.client);
    this.#context = { system: toLineSystem(tools.client.profile), country: this.telephony.country };
  }

  get #key(): string {
    return `panels.${this.name}.token`;
  }

  /** Throws an error again; refused credentials are reported with their config key. */
  readonly #throw = (error: unknown): never => throwWithCredentialKey(error, this.#key);

  /** Checks the token. */
  async test(): Promise<PanelTestAnswer> {
    const { client } = this.#tools;
    const { valid, subject, scopes, expiresAt } = await client.auth.verify().catch(this.#throw);
    if (!valid) {
      throw new SluiceError(
        'PANEL_AUTH',
        `Panel "${this.name}" says that the token is not valid. Check ${this.#key} in the config.`,
        {
          kind: 'panel',
        },
      );
    }
    const whose = subject === null ? '' : ` of ${subject}`;
    const rights = scopes.length === 0 ? '' : `; it may ${scopes.join(', ')}`;
    const difference = client.clockDifference();
    return {
      message: `profile "${client.profile.name}"; the token${whose} is valid${rights}`,
      warnings: client.warnings.filter((warning) => !warning.includes('plain http')),
      ...(difference === null ? {} : { clockDifferenceMs: difference }),
      ...(expiresAt === null ? {} : { expiring: { key: 'token', at: expiresAt } }),
    };
  }

  /** The panel meters no bytes. */
  readUsage(): Promise<void> {
    return Promise.resolve();
  }

  async observe(
    services: ServiceRecord[],
    signal: AbortSignal,
    options: ObserveOptions = { scope: 'command', refresh: true },
  ): Promise<Map<string, Observation<LineState>>> {
    const seen = new Map<string, Observation<LineState>>();
    const reader = { ...this.#tools, system: this.#context.system, plans: this.#plans };
    const observeOne = async (service: ServiceRecord): Promise<void> => {
      const found = await observeLine(reader, service, options, signal);
      seen.set(service.id, found);
      const line = found.state?.line ?? null;
      if (line !== null) this.#usernames.set(line.id, line.username);
    };
    await Promise.all(services.map(observeOne));
    return seen;
  }

  plan(target: TargetState, observation: Observation<LineState>): Plan {
    return planService(this.#context, target, observation);
  }

  apply(service: ServiceRecord, step: Step, context: ApplyContext): Promise<StepOutcome> {
    return performStep(this.#tools, service, step, context);
  }

  resolve(action: ActionRecord, observation: Observation<LineState>): StepOutcome | null {
    return resolveAction(action, observation);
  }

  /** The journal shows which numbers commands suspended. */
  readonly history: PanelFacets<LineState>['history'] = { removes: () => false };
  readonly accounts: PanelFacets<LineState>['accounts'] = {
    customerRef: CUSTOMER_REF,
    newRefs: () => ({}),
    made: findMadeLine,
    exists: ({ state }) =>
      state && [state.line, ...state.byReference, ...state.byUsername].some((line) => line !== null),
    check: (service, product) => findProblem({ service, product, ...this.#context }),
    doneOutcome: outcomeWhenDone,
  };
  readonly passwords: PanelFacets['passwords'] = {
    username: (service) => {
      const { [LINE_REF]: line, [USERNAME_REF]: stored } = service.refs;
      // Staff may have renamed the line, and one that they named here has a name of its own.
      if (line !== undefined) return this.#usernames.get(line) ?? stored ?? null;
      return stored ?? whenKnown(() => toUsernames(service))?.username ?? null;
    },
    unchangeable: () => {
      const { system } = this.#context;
      if (changesPasswords(system)) return null;
      return `the profile "${this.#tools.client.profile.name}" can't change the password of a line`;
    },
    accepts: (password) => {
      const { blockedWords = [] } = this.#tools.client.profile;
      return !blockedWords.some((word) => password.toLowerCase().includes(word.toLowerCase()));
    },
  };
  readonly names: PanelFacets['names'] = { of: ({ refs }) => this.#usernames.get(refs[LINE_REF] ?? '') ?? null };
  readonly inventory: PanelFacets['inventory'] = {
    list: (signal) => listEntries(this.telephony, this.#context.system, signal).catch(this.#throw),
    describe: (entries, signal) =>
      describeLines(this.telephony, this.#context.system, { entries, signal }).catch(this.#throw),
  };
  readonly contract: PanelFacets['contract'] = {
    check: (services, signal) => checkContract(this.#tools.client, services, { signal, now: this.#tools.clock.now() }),
  };

  resources({ refs }: ServiceRecord): string[] {
    const line = refs[LINE_REF];
    return line === undefined ? [] : [`line:${line}`];
  }

  close(): void {
    this.#tools.client.close();
  }
}
