import { flvx } from '@sluice/flvx-client/panel';
import { describePanelKind } from '@sluice/panel-kind/testing';
import { flvxWorlds } from './flvx-world.js';
import { PARTS } from './suite-parts.js';

describePanelKind({ ...PARTS, name: 'FLVX', kind: flvx, worlds: flvxWorlds });
