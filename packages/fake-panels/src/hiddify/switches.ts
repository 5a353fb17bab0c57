/** What a test may break or turn on the running panel. */
export interface Switches {
  /** Redis is away: every call fails before anything is written. */
  redisDown: boolean;
  /** The background command cannot be started: writes answer 500 and are committed. */
  spawnFails: boolean;
  /** The database is away: every call fails before anything is written. */
  databaseDown: boolean;
  /** So many calls fail on a dropped database connection, before anything is written. */
  lostConnections: number;
  /** The role checks are void, as on Python 3.13. */
  rolesVoid: boolean;
  /** The web server in front of the panel. */
  front: 'none' | 'redirect-to-https' | 'plain-on-tls-port';
  /** The secret first segments; changing one moves the panel. */
  adminPath: string;
  clientPath: string;
  oldPath: string;
  /** Another node's key; `undefined`: there is none. */
  nodeKey: string | undefined;
}
