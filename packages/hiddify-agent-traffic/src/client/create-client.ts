import { randomUUID } from 'node:crypto';
import { createAdmins } from './admins.js';
import { connect } from './connection.js';
import { KeyIdentity } from './key-identity.js';
import { toServerStatus, serverStatusSchema } from './schemas.js';
import type { HiddifyClient, HiddifyClientOptions } from './types.js';
import { createUsers } from './users.js';

/**
 * Creates the client of one Hiddify panel's API v2 (docs/panels/hiddify.md, 1 to 6). It calls nothing yet.
 *
 * Calls reject with a `PanelError`, or with an `AgentTrafficError` where the library itself refuses them.
 *
 * @example
 * ```ts
 * const client = createHiddifyClient({ panel: 'vpn', baseUrl: 'https://vpn.example.com/SECRETPATH/UUID/' });
 * const { users } = await client.users.list();
 * client.close();
 * ```
 *
 * @throws PanelConfigError, AgentTrafficError `invalid_link`, `invalid_key`
 */
export function createHiddifyClient(options: HiddifyClientOptions): HiddifyClient {
  const connection = connect(options);
  const newUuid = options.newUuid ?? randomUUID;
  const admins = createAdmins(connection, newUuid);
  const identity = new KeyIdentity(connection);

  return {
    panel: options.panel,
    warnings: connection.warnings,
    identity: (call) => identity.read(call),
    probe: (call) => identity.probe(call),
    admins,
    users: createUsers(connection, newUuid, (uuid, call) => admins.get(uuid, call)),

    async serverStatus(call = {}) {
      return toServerStatus(await connection.get('/api/v2/admin/server_status/', serverStatusSchema, call));
    },

    newUuid,
    redact: (text) => connection.redact(text),
    close() {
      connection.close();
    },
    [Symbol.dispose]() {
      connection.close();
    },
  };
}
