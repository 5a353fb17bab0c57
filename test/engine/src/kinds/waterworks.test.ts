import { describePanelKind } from '@sluice/panel-kind/testing';
import { PARTS } from './suite-parts.js';
import { waterworksKind } from './waterworks/kind.js';
import { waterworksWorlds } from './waterworks/world.js';

for (const accounts of [false, true]) {
  const [kind, worlds] = [waterworksKind({ accounts }), waterworksWorlds({ accounts })];
  describePanelKind({ ...PARTS, name: accounts ? 'Waterworks with accounts' : 'Waterworks', kind, worlds });
}
