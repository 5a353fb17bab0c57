import type { ManualParts } from './terminal/manual/man-pages.js';

/** Returns what the manual of the command says besides its commands. */
export function manualParts(version: string): ManualParts {
  return {
    version,
    summary: 'meter traffic, enforce quotas and provision services on hosting panels',
    exitStatus: [
      ['0', 'done'],
      ['1', 'failed'],
      ['2', 'wrong usage or config; nothing was called'],
      ['3', 'some items failed, the others are done'],
      ['4', 'there is something to change (plan, --dry-run --detailed-exitcode, compare)'],
      ['5', 'another run holds the lease'],
      ['6', 'stopped by the mass-change brake before any change'],
      ['130, 143', 'interrupted'],
    ],
    environment: [
      ['SLUICE_CONFIG', 'the config file, where --config is not given'],
      ['NO_COLOR, FORCE_COLOR', 'print without, or with colours'],
    ],
    files: [
      [
        './sluice.yaml, $XDG_CONFIG_HOME/sluice/sluice.yaml, /etc/sluice/sluice.yaml',
        'the config; the first that exists',
      ],
      ['sluice.db', 'the store, beside the config or where its key "state" says'],
      ['sluice.db.holds.json', 'all open holds, from which everything can be released without the store'],
      ['sluice.db-backups', 'backups of the store'],
    ],
  };
}
