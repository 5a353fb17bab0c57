import type { AgentHistory, AgentPeriod } from '@sluice/engine';
import { type PanelPeriod, PERIODS } from '../terminal/reports/agent-periods.js';
import type { CommandHandler } from './command.js';
import { listCommand, type ListOptions } from './list.js';

type Row = AgentPeriod & PanelPeriod;

/** `sluice agent history AGENT` */
export const agentHistory: CommandHandler<ListOptions> = listCommand<Row, ListOptions, Omit<AgentHistory, 'periods'>>(
  {
    key: 'periods',
    empty: 'No period is known: an agent has some from its first limit on.',
    keepsOrder: true,
    document: ({ panel: _panel, ...period }) => period,
    columns: PERIODS,
  },
  async ({ sluice }, [agent = ''], { panel: named }) => {
    const { periods, ...also } = await sluice.agents.history(agent, { panel: named });
    return { rows: periods.map((period) => ({ ...period, panel: also.panel })), also };
  },
);
