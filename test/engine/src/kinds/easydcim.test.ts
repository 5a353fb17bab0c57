import { easydcim } from '@sluice/easydcim-client/panel';
import { describePanelKind } from '@sluice/panel-kind/testing';
import { easyDcimWorlds } from './easydcim-world.js';
import { PARTS } from './suite-parts.js';

describePanelKind({ ...PARTS, name: 'EasyDCIM', kind: easydcim, worlds: easyDcimWorlds });
