import { pauseByPanel } from './control.js';
import type { FlvxWorld } from './world.js';

interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** HH:MM */
  readonly clock: string;
}

function localTime(timeZone: string, at: number): LocalTime {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: string): string => parts.find((found) => found.type === type)?.value ?? '';
  return {
    year: Number(part('year')),
    month: Number(part('month')),
    day: Number(part('day')),
    clock: `${part('hour')}:${part('minute')}`,
  };
}

/**
 * The daily job of 00:00:05 (docs/panels/flvx.md, 7.3): counters to zero where today is the reset day, then expired users with status 1,
 * then expired permissions. `now` in Unix milliseconds; the day is that of the panel's time zone.
 */
export function dailyJob(world: FlvxWorld, now: number): void {
  const { year, month, day } = localTime(world.timeZone, now);
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  for (const row of [...world.users.values(), ...world.permissions.values()]) {
    if (row.flowResetTime === day || (day === lastDay && row.flowResetTime > lastDay)) {
      row.inFlow = 0;
      row.outFlow = 0;
    }
  }
  const running = (userId: number) => world.forwards.of(userId).filter((forward) => forward.status === 1);
  for (const user of world.users.all().filter((row) => row.roleId !== 0 && row.status === 1 && row.expTime < now)) {
    pauseByPanel(world, running(user.id), now);
    user.status = 0;
  }
  for (const permission of world.permissions.all().filter((row) => row.status === 1 && row.expTime < now)) {
    pauseByPanel(
      world,
      running(permission.userId).filter((forward) => forward.tunnelId === permission.tunnelId),
      now,
    );
    permission.status = 0;
  }
}

/** The hourly job (docs/panels/flvx.md, 7.3): one statistics row for every user, rows older than 48 hours dropped. */
export function hourlyJob(world: FlvxWorld, now: number): void {
  const hour = now - (now % 3_600_000);
  world.statistics.deleteWhere((row) => row.createdTime < now - 48 * 3_600_000);
  for (const user of world.users.values()) {
    const totalFlow = user.inFlow + user.outFlow;
    const last = world.statistics.of(user.id).at(-1);
    const grown = last === undefined ? totalFlow : totalFlow - last.totalFlow;
    world.statistics.insert({
      userId: user.id,
      flow: grown < 0 ? totalFlow : grown,
      totalFlow,
      time: localTime(world.timeZone, hour).clock,
      createdTime: hour,
    });
  }
}
