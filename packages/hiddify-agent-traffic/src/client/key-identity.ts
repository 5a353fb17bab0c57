import { isPanelError } from '@sluice/panel-http';
import * as z from 'zod';
import { type Connection, PING_PATH } from './connection.js';
import type { HiddifyIdentity } from './records.js';
import { infoSchema, meSchema } from './schemas.js';
import type { CallOptions, HiddifyProbe } from './types.js';

/** Identity of the connection's key, read once. */
export class KeyIdentity {
  #identity: HiddifyIdentity | undefined;

  constructor(private readonly connection: Connection) {}

  async read(call: CallOptions = {}): Promise<HiddifyIdentity> {
    if (this.#identity !== undefined) return this.#identity;
    const me = await this.connection.get('/api/v2/admin/me/', meSchema, call);
    const info = await this.connection.get('/api/v2/panel/info/', infoSchema, call);
    // The Owner is the admin who is its own parent; a second super_admin is not.
    const owner = me.mode === 'super_admin' && me.parent_admin_uuid === me.uuid && me.uuid === this.connection.apiKey;
    this.#identity = {
      access: owner ? 'owner' : 'limited',
      role: me.mode,
      name: me.name,
      version: info.version ?? null,
    };
    return this.#identity;
  }

  /** Reads the identity again and collects warnings about the key and the panel. */
  async probe(call: CallOptions = {}): Promise<HiddifyProbe> {
    this.#identity = undefined;
    const found = await this.read(call);
    const warnings = [...this.connection.warnings];
    if (found.access === 'limited') {
      warnings.push(
        `The key belongs to "${found.name}" (${found.role}), not to the Owner: only its own users can be changed, and agents can't have limits.`,
      );
    }
    if (await this.#answersWithoutKey(call)) {
      warnings.push(
        'The panel answers calls without a key: its role checks have no effect (a known problem with Python 3.13), so agents can do everything. Run the panel on Python 3.11.',
      );
    }
    return { ok: true, ...found, warnings };
  }

  /** A panel whose role checks work refuses this. */
  async #answersWithoutKey(call: CallOptions): Promise<boolean> {
    try {
      // Without an empty key the connection would send its own.
      await this.connection.get(PING_PATH, z.unknown(), { ...call, headers: { 'hiddify-api-key': '' } });
      return true;
    } catch (error) {
      if (isPanelError(error) && error.status === 403) return false;
      throw error;
    }
  }
}
