/**
 * What staff are sent, in English only: in every language these are the same. Terms: docs/architecture.md (Words).
 *
 * As the messages of the languages: ICU message syntax, and figures, dates and names are values.
 */
export const staff = {
  'staff.subject': 'Sluice: {line}',
  'staff.test': 'This is a test of the channel "{channel}".',

  // Panels
  'staff.unreachable': 'No call to panel "{panel}" succeeded in {runs} runs, since {since}: {why}',
  'staff.reachable': 'Panel "{panel}" answers again; no call had succeeded since {since}',

  // The digest
  'staff.digest.needs': '{day}: {needs}',
  'staff.digest.nothing': '{day}: nothing needs you; {happened}',
  'staff.digest.soon': 'Used up within 2 days',
  'staff.digest.held': 'Held',
  'staff.digest.away': '{count, plural, one {Panel unreachable} other {Panels unreachable}}',
  'staff.digest.money': 'Money in doubt',
  'staff.digest.failed': '{count, plural, one {Run failed or stopped} other {Runs failed or stopped}}',
  'staff.digest.ofRuns': 'of {runs}',
  'staff.digest.at': '{name} {time}',
  'staff.digest.since': '{name} since {time}',
  'staff.digest.more': '{names} and {count} more',
} as const;
