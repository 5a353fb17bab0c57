import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { describePanelKind } from '@sluice/panel-kind/testing';
import { hiddifyWorlds } from './hiddify-world.js';
import { PARTS } from './suite-parts.js';

describePanelKind({ ...PARTS, name: 'Hiddify', kind: hiddify, worlds: hiddifyWorlds });
