import type { CommandRecord } from './runner.js';
import { panelSubject, type Target, type Touch, type World } from './world.js';

/**
 * A command can't call back a call that it has sent: what arrives this soon after another command's end counts as sent
 * before it. Gates keep runs waiting longer than that, so that what they do afterwards is not excused by it.
 */
export const ON_ITS_WAY_MS = 400;

/** Commands that were run on a world. */
interface Played {
  world: World;
  records: readonly CommandRecord[];
  /** How long a call may be on its way that was sent before a command ended. */
  onItsWayMs?: number;
}

type Watched = Required<Played>;

/** What was wrong while commands were running, by the panels' logs of calls. */
export function wrongMeanwhile(played: Played, touches: readonly Touch[]): string[] {
  const watched = { onItsWayMs: ON_ITS_WAY_MS, ...played };
  return touches.flatMap((touch) => {
    const target = watched.world.targets.find(({ id }) => id === touch.target);
    if (target === undefined) return [`${touch.target} belongs to nobody, yet it was touched (${touch.what})`];
    const observed = observedAgainst(watched, touch, target);
    const reason =
      touch.what === 'restrict' ? restrictedWithout(watched, touch, target) : releasedAgainst(watched, touch, target);
    return [observed, reason].filter((problem) => problem !== null);
  });
}

/**
 * Under `observe` only what an operator orders by name changes the panel. The command waits for the changes that were sent
 * before it: none is excused by having been on its way.
 */
function observedAgainst({ world, records, onItsWayMs }: Watched, touch: Touch, target: Target): string | null {
  const switches = world.book.combinations(panelSubject(touch.panel), touch.at, touch.at);
  if (!switches.every((facts) => facts['observing'] === true)) return null;
  const ordered = records.some(
    ({ command, startedAt, endedAt }) =>
      command.kind === 'order' &&
      command.subjects.some((subject) => target.subjects.includes(subject)) &&
      startedAt <= touch.at &&
      (endedAt ?? Infinity) >= touch.at - onItsWayMs,
  );
  return ordered ? null : `${touch.target}: ${touch.what} arrived although ${touch.panel} is only observed`;
}

function restrictedWithout({ world, onItsWayMs }: Watched, touch: Touch, target: Target): string | null {
  const from = touch.at - onItsWayMs;
  const called = target.subjects.some((subject) =>
    world.book.combinations(subject, from, touch.at).some((facts) => world.calls(subject, facts, target) !== null),
  );
  return called ? null : `${touch.target} was restricted although every reason for it had ended`;
}

function releasedAgainst(watched: Watched, touch: Touch, target: Target): string | null {
  const { world, onItsWayMs } = watched;
  const before = touch.at - onItsWayMs;
  for (const subject of target.subjects) {
    const since = calledSince(watched, subject, touch, target);
    if (since === null) continue;
    const ordered = everyCall(world, subject, before, touch.at, target, ['ordered']);
    if (ordered || isDecided(watched, { subject, since, until: before, panel: touch.panel })) {
      return `${touch.target} was given back although ${subject} calls for it`;
    }
  }
  return null;
}

/** Since when a subject has certainly called for a target without a break; null when it is not certain that it does. */
function calledSince({ world, onItsWayMs }: Watched, subject: string, touch: Touch, target: Target): number | null {
  const before = touch.at - onItsWayMs;
  let since: number | null = null;
  for (const moment of [before, ...world.book.changes(subject)]) {
    if (moment > before) continue;
    if (!everyCall(world, subject, moment, touch.at, target, ['ordered', 'decided'])) return since;
    since = moment;
  }
  return since;
}

function everyCall(
  world: World,
  subject: string,
  from: number,
  until: number,
  target: Target,
  kinds: readonly ('ordered' | 'decided')[],
): boolean {
  return world.book.combinations(subject, from, until).every((facts) => {
    const call = world.calls(subject, facts, target);
    return call !== null && kinds.includes(call);
  });
}

/** Whether a run has ended well since, with nothing that could have kept it from deciding about this subject. */
function isDecided(
  { world, records }: Watched,
  { subject, since, until, panel }: { subject: string; since: number; until: number; panel: string },
): boolean {
  return records.some((run) => {
    if (run.command.kind !== 'run' || !covers(world, run, panel) || run.exitCode !== 0 || run.endedAt === null)
      return false;
    const { startedAt, endedAt } = run;
    if (startedAt < since || endedAt > until) return false;
    const observed = world.book
      .combinations(panelSubject(panel), startedAt, endedAt)
      .some((facts) => facts['observing'] === true);
    const disturbed = records.some(
      (other) =>
        other.command.subjects.includes(subject) &&
        other.startedAt <= endedAt &&
        (other.endedAt ?? Infinity) >= startedAt,
    );
    return !observed && !disturbed;
  });
}

function covers({ deciding }: World, { command }: CommandRecord, panel: string): boolean {
  const at = command.words.indexOf('--panel');
  return deciding(panel).includes(command.words[0] ?? '') && (at < 0 || command.words[at + 1] === panel);
}

/** What is restricted and should not be, or the other way round, once nothing is under way any more. */
export function wrongTargets(world: World): string[] {
  return world.targets.flatMap((target) => {
    const callers = target.subjects.filter(
      (subject) => world.calls(subject, world.book.certain(subject), target) !== null,
    );
    const expected = target.byStaff || callers.length > 0;
    if (world.isRestricted(target) === expected) return [];
    const why = target.byStaff
      ? 'staff had shut it'
      : callers.length > 0
        ? `${callers.join(', ')} called for it`
        : 'nobody calls for it';
    return [`${target.id} is ${expected ? 'open' : 'restricted'} although ${why}`];
  });
}
