import { PanelException } from './panel-failure.js';
import { type AdminRow, neverOnline } from './rows.js';
import { type HiddifyState } from './state.js';

const dayMs = 86_400_000;

/** Figures of an administrator and those below it (docs/panels/hiddify.md, 3.6). */
export function usageHistory(state: HiddifyState, admin: AdminRow | undefined, database: 'mariadb' | 'sqlite'): object {
  if (admin === undefined) throw new PanelException("'NoneType' object has no attribute 'recursive_sub_admins_ids'");
  const branch = state.branch(admin);
  const users = state.listUsers(branch);
  const today = state.time.today();
  const sum = (from: string, to = '9999-12-31'): number | string => {
    let bytes = 0;
    for (const [date, day] of state.dailyUsage) {
      if (date < from || date > to) continue;
      for (const [id, charged] of day) if (branch.has(id)) bytes += charged;
    }
    // The database returns sums as decimals, which become texts.
    return database === 'mariadb' ? String(bytes) : bytes;
  };
  const online = (from: string): number => users.filter((user) => user.lastOnline >= from).length;
  const month = state.time.daysAgo(30);
  const yesterday = state.time.daysAgo(1);
  const onlineYesterday = users.filter(
    (user) => user.lastOnline !== neverOnline && user.lastOnline.startsWith(yesterday),
  ).length;
  return {
    h24: { online: online(state.time.stamp(dayMs)), usage: 0 },
    last_30_days: { online: online(month), usage: sum(month) },
    m5: { online: online(state.time.stamp(300_000)), usage: 0 },
    today: { online: online(today), usage: sum(today) },
    total: { online: online(state.time.daysAgo(3650)), usage: sum(''), users: users.length },
    yesterday: {
      online: database === 'mariadb' ? String(onlineYesterday) : onlineYesterday,
      usage: sum(yesterday, yesterday),
    },
  };
}

/** Invented figures of the machine. */
export function machineStats(database: 'mariadb' | 'sqlite'): object {
  if (database === 'sqlite') return { system: {}, top5: {} };
  const five = (value: number): [string, number][] => [
    ['Hiddify', value],
    ['mariadbd', value / 2],
    ['redis-server', value / 4],
    ['nginx', value / 8],
    ['node', value / 16],
  ];
  return {
    system: {
      bytes_recv: 328637,
      bytes_recv_cumulative: 334469780,
      bytes_sent: 120411,
      bytes_sent_cumulative: 7708546,
      cpu_percent: 1.2,
      disk_total: 39.1,
      disk_used: 13.4,
      hiddify_used: 1.6,
      load_avg_15min: 0.19,
      load_avg_1min: 0.1,
      load_avg_5min: 0.32,
      net_sent_cumulative_GB: 0.0071791429072618484,
      net_total_cumulative_GB: 0.31867839954793453,
      num_cpus: 2,
      ram_total: 3.8,
      ram_used: 0.57,
      total_connections: 147,
      total_unique_ips: 1,
    },
    top5: { cpu: five(0.5), memory: five(0.2), ram: five(0.3) },
  };
}
