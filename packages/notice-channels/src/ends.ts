/** Notices that end what another one began, by their codes. */
export const ENDS: Readonly<Record<string, string>> = {
  panel_reachable: 'panel_unreachable',
  panel_decided: 'panel_undecided',
  release: 'hold',
};
