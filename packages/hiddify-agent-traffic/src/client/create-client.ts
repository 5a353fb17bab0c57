import { randomUUID } from 'node:crypto';
import { isPanelError } from '@sluice/panel-http';
import * as z from 'zod';
import { createAdmins } from './admins.js';
import { connect } from './connection.js';
import type { HiddifyIdentity } from './records.js';
import { meSchema, readServerStatus, infoSchema, serverStatusSchema } from './schemas.js';
import type { CallOptions, HiddifyClient, HiddifyClientOptions } from './types.js';
import { createUsers } from './users.js';

/**
 * The client of one Hiddify panel's API v2 (docs/panels/hiddify.md, 1 to 6).
 *
 * ```ts
 * const client = createHiddifyClient({ panel: 'vpn', baseUrl: 'https://vpn.example.com/SECRETPATH/UUID/' });
 * const { users } = await client.users.list();
 * ```
 *
 * Calls reject with a `PanelError`; what the library itself refuses is an `AgentTrafficError`.
 *
 * @throws PanelConfigError, AgentTrafficError `invalid_link`, `invalid_key`
 */
export function createHiddifyClient(options: HiddifyClientOptions): HiddifyClient {
  const connection = connect(options);
  const newUuid = options.newUuid ?? randomUUID;
  const admins = createAdmins(connection, newUuid);
  let known: HiddifyIdentity | undefined;

  const identity = async (call: CallOptions = {}): Promise<HiddifyIdentity> => {
    if (known !== undefined) return known;
    const { body: me } = await connection.request({
      ...call,
      method: 'GET',
      path: '/api/v2/admin/me/',
      endpoint: 'GET /api/v2/admin/me/',
      schema: meSchema,
    });
    const { body: info } = await connection.request({
      ...call,
      method: 'GET',
      path: '/api/v2/panel/info/',
      endpoint: 'GET /api/v2/panel/info/',
      schema: infoSchema,
    });
    // The Owner is the admin who is its own parent; a second super_admin is not.
    const owner = me.mode === 'super_admin' && me.parent_admin_uuid === me.uuid && me.uuid === connection.apiKey;
    known = { access: owner ? 'owner' : 'limited', role: me.mode, name: me.name, version: info.version ?? null };
    return known;
  };

  return {
    panel: options.panel,
    warnings: connection.warnings,
    identity,
    admins,
    users: createUsers(connection, newUuid, (uuid, call) => admins.get(uuid, call)),

    async probe(call = {}) {
      known = undefined;
      const found = await identity(call);
      const warnings = [...connection.warnings];
      if (found.access === 'limited') {
        warnings.push(
          `The key is that of "${found.name}" (${found.role}), not the Owner's: only users that it owns directly can be changed, and no limits of agents can be kept.`,
        );
      }
      if (await answersWithoutKey(call)) {
        warnings.push(
          'The panel answers without a key: its role checks are void (known with Python 3.13), so that agents can do everything. Run it on Python 3.11.',
        );
      }
      return { ok: true, ...found, warnings };
    },

    async serverStatus(call = {}) {
      const { body } = await connection.request({
        ...call,
        method: 'GET',
        path: '/api/v2/admin/server_status/',
        endpoint: 'GET /api/v2/admin/server_status/',
        schema: serverStatusSchema,
      });
      return readServerStatus(body);
    },

    newUuid,
    redact: (text) => connection.redact(text),
    close() {
      connection.close();
    },
  };

  /** A sound panel refuses this. */
  async function answersWithoutKey(call: CallOptions): Promise<boolean> {
    try {
      await connection.request({
        ...call,
        method: 'GET',
        path: '/api/v2/panel/ping/',
        endpoint: 'GET /api/v2/panel/ping/',
        // An empty key is none; the header of the connection would be sent otherwise.
        headers: { 'hiddify-api-key': '' },
        schema: z.unknown(),
      });
      return true;
    } catch (error) {
      if (isPanelError(error) && error.status === 403) return false;
      throw error;
    }
  }
}
