import type { FlvxPanel } from './panel.js';
import { issueToken } from './token.js';

/** An envelope as a caller reads it. */
export interface FlvxEnvelope {
  readonly code: number;
  readonly msg: string;
  readonly ts: number;
  readonly data?: unknown;
}

const oldTokenAgeMs = 60 * 24 * 3_600_000;

/** A customer at the panel: uses the API with an own token, by default 60 days old (docs/panels/flvx.md, H4). */
export class FlvxCustomer {
  readonly #panel: FlvxPanel;
  readonly #userId: number;
  readonly #tokenAgeMs: number;

  constructor(panel: FlvxPanel, userId: number, tokenAgeMs = oldTokenAgeMs) {
    this.#panel = panel;
    this.#userId = userId;
    this.#tokenAgeMs = tokenAgeMs;
  }

  /** The raw token. */
  get token(): string {
    const { world, options } = this.#panel;
    const user = world.users.get(this.#userId);
    const claims = { id: this.#userId, name: user?.user ?? 'gone', roleId: user?.roleId ?? 1 };
    return issueToken(options.secret, claims, Math.floor((world.now() - this.#tokenAgeMs) / 1000));
  }

  /** Any request of the customer's, e.g. `post('/user/package')`; the path without `/api/v1`. */
  async post(path: string, body: unknown = {}): Promise<FlvxEnvelope> {
    const answer = await this.#panel.handle({
      method: 'POST',
      path: `/api/v1${path}`,
      query: new URLSearchParams(),
      headers: { authorization: this.token },
      body: Buffer.from(JSON.stringify(body)),
    });
    return JSON.parse(answer.body) as FlvxEnvelope;
  }

  createForward(tunnelId: number, name: string, remoteAddr: string, inPort?: number): Promise<FlvxEnvelope> {
    return this.post('/forward/create', { tunnelId, name, remoteAddr, inPort });
  }

  updateForward(id: number, values: Readonly<Record<string, unknown>>): Promise<FlvxEnvelope> {
    return this.post('/forward/update', { id, ...values });
  }

  pause(id: number): Promise<FlvxEnvelope> {
    return this.post('/forward/pause', { id });
  }

  resume(id: number): Promise<FlvxEnvelope> {
    return this.post('/forward/resume', { id });
  }

  redeploy(...ids: readonly number[]): Promise<FlvxEnvelope> {
    return this.post('/forward/batch-redeploy', { ids });
  }

  deleteForward(id: number): Promise<FlvxEnvelope> {
    return this.post('/forward/delete', { id });
  }
}
