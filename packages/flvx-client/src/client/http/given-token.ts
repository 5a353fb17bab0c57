import { createPanelError, isPanelError, type PanelError, type PanelErrorCode } from '@sluice/panel-http';
import type { FlvxSession } from '../client.js';
import { toEpochMs } from '../records.js';
import type { PanelClock } from './session-keeper.js';
import { parseToken, type FlvxClaims } from './session-keeper.js';
import type { Authorization } from './session-keeper.js';

/** A token that was given to the client: it is used until the panel refuses it, since nothing renews one. */
export class GivenToken implements Authorization {
  readonly #token: string;
  readonly #claims: FlvxClaims | null;

  constructor(
    private readonly panel: string,
    token: string,
    private readonly clock: PanelClock,
  ) {
    this.#token = token;
    this.#claims = parseToken(this.#token);
  }

  headers(): Record<string, string> {
    return { authorization: this.#token };
  }

  /** Refuses what the panel would refuse by the token's text. Whether it expired is for the panel's clock to decide. */
  ensure(): Promise<FlvxSession> {
    const claims = this.#claims;
    if (claims === null) {
      const message = `Panel "${this.panel}": the configured token is not one of FLVX, which has three parts separated by dots. Configure it without "Bearer".`;
      return Promise.reject(this.#error('PANEL_AUTH', message, { panelCode: 'token_unreadable' }));
    }
    if (claims.role !== 0) {
      const message = `Panel "${this.panel}": the token belongs to "${claims.name}", who is not an administrator. Configure the token of an administrator.`;
      return Promise.reject(this.#error('PANEL_FORBIDDEN', message, { panelCode: 'not_admin' }));
    }
    const { name, expiresAt } = claims;
    return Promise.resolve({ name, expiresAt: toEpochMs(expiresAt), mustChangePassword: null });
  }

  replace(): Promise<boolean> {
    return Promise.resolve(false);
  }

  explain(error: unknown): unknown {
    if (!isPanelError(error) || error.code !== 'PANEL_AUTH' || this.#claims === null) return error;
    const end = toEpochMs(this.#claims.expiresAt);
    const until = new Date(end).toISOString();
    const hasExpired = end <= this.clock.now();
    const reason = hasExpired
      ? `the token, which was valid until ${until}`
      : `the token, although it is valid until ${until}: it was altered, or the panel has another JWT_SECRET`;
    const message = `Panel "${this.panel}" refused ${reason}. Log in to the panel as an administrator and configure the new token.`;
    const panelCode = hasExpired ? 'token_expired' : 'token_refused';
    return this.#error('PANEL_AUTH', message, { panelCode, endpoint: error.endpoint, cause: error });
  }

  #error(
    code: PanelErrorCode,
    message: string,
    details: { panelCode: string; endpoint?: string; cause?: PanelError },
  ): PanelError {
    const { endpoint = 'POST /api/v1/user/login', cause } = details;
    return createPanelError(code, message, { panel: this.panel, status: cause?.status ?? null, ...details, endpoint });
  }
}
