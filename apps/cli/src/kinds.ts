import './config/plain-zod.js';
import { easydcim } from '@sluice/easydcim-client/panel';
import { flvx } from '@sluice/flvx-client/panel';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import type { PanelKind } from '@sluice/panel-kind';

/** The kinds of panels that the command knows. */
export const KINDS: readonly PanelKind[] = [easydcim, flvx, hiddify];
