import {
  type Clock,
  type Observation,
  type Panel,
  type PanelFacets,
  type PanelKind,
  type PanelTelephony,
  type PanelTestAnswer,
  type PanelToOpen,
  type Plan,
  SluiceError,
  type StepOutcome,
  throwWithCredentialKey,
} from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import type { AstbillingClient } from '../client/types.js';
import { checkContract } from './contract.js';
import { LINE_REF } from './settings.js';
import { createTelephony } from './telephony.js';

/** What the panel works with. */
export interface TelephonyTools {
  client: AstbillingClient;
  /** Sentences of the client about lists that it had to read whole. */
  warnings: ReadonlySet<string>;
  clock: Clock;
}

/** The adapter of a telephony panel: a service is a line. */
export class TelephonyPanel implements Panel {
  readonly name: string;
  readonly url: string;
  readonly kind: PanelKind;
  readonly telephony: PanelTelephony;
  readonly #tools: TelephonyTools;

  constructor(kind: PanelKind, panel: PanelToOpen, tools: TelephonyTools) {
    this.kind = kind;
    this.name = panel.name;
    this.url = panel.settings.url;
    this.#tools = tools;
    this.telephony = createTelephony(panel, tools.client);
  }

  /** Checks the token. */
  async test(): Promise<PanelTestAnswer> {
    const { client } = this.#tools;
    const key = `panels.${this.name}.token`;
    const { valid, subject, scopes, expiresAt } = await client.auth
      .verify()
      .catch((error: unknown) => throwWithCredentialKey(error, key));
    if (!valid) {
      throw new SluiceError(
        'PANEL_AUTH',
        `Panel "${this.name}" says that the token is not valid. Check ${key} in the config.`,
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

  readUsage(): Promise<void> {
    return Promise.resolve();
  }

  observe(): Promise<Map<string, Observation>> {
    return Promise.resolve(new Map<string, Observation>());
  }

  plan(): Plan {
    return { steps: [], problems: [], endedEvidence: [], moves: [], drift: [] };
  }

  apply(): Promise<StepOutcome> {
    return Promise.resolve({ state: 'unneeded', observed: null, error: null });
  }

  resolve(): StepOutcome | null {
    return null;
  }

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
