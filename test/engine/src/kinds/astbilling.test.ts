import { astbilling } from '@sluice/astbilling-client/panel';
import { describePanelKind } from '@sluice/panel-kind/testing';
import { PARTS } from './suite-parts.js';
import { telephonyWorlds } from './telephony-world.js';

describePanelKind({ ...PARTS, name: astbilling.title, kind: astbilling, worlds: telephonyWorlds('astbilling') });
