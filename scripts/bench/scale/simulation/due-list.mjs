import { RULES } from './policies.mjs';

/**
 * What of a panel is due. A fixed poll reads all services of the panel each interval. Where lists are read, all come with the
 * first that is due.
 */
export function newDueList({ panel, world, dueOf, policy, firstPoll }) {
  if (policy.all) return newFixedList({ panel, world, firstPoll });
  return panel.list ? newWholeList({ panel, world, dueOf }) : newServiceList({ panel, dueOf });
}

/** All services that are there by now. */
function presentOf({ first, services }, { startsAt }, now) {
  const ids = [];
  for (let id = first; id < first + services; id++) if (startsAt[id] <= now) ids.push(id);
  return ids;
}

const ignore = () => undefined;

function newFixedList({ panel, world, firstPoll }) {
  let next = firstPoll;
  return {
    isDue: (now) => now >= next,
    take(now) {
      // What was missed is due once.
      while (next <= now) next += RULES.intervalMs;
      return presentOf(panel, world, now);
    },
    add: ignore,
    putBack: ignore,
  };
}

function newWholeList({ panel, world, dueOf }) {
  // Who was due last is the likeliest to be due again.
  let last = panel.first;
  const isDue = (now) => {
    if (dueOf(last, now) <= now) return true;
    for (let id = panel.first; id < panel.first + panel.services; id++) {
      if (dueOf(id, now) > now) continue;
      last = id;
      return true;
    }
    return false;
  };
  return { isDue, take: (now) => presentOf(panel, world, now), add: ignore, putBack: ignore };
}

/** Services by the minute in which they become due. */
function newServiceList({ panel: { first, services }, dueOf }) {
  const minutes = new Map();
  let earliest = Infinity;
  const add = (id) => {
    const minute = Math.ceil(dueOf(id) / RULES.floorMs);
    const ids = minutes.get(minute);
    if (ids === undefined) minutes.set(minute, [id]);
    else ids.push(id);
    earliest = Math.min(earliest, minute);
  };
  for (let id = first; id < first + services; id++) add(id);
  return {
    isDue: (now) => earliest * RULES.floorMs <= now,
    /** Those that are overdue longest come first. */
    take(now) {
      const ripe = [...minutes.keys()].filter((minute) => minute * RULES.floorMs <= now).sort((a, b) => a - b);
      const ids = ripe.flatMap((minute) => minutes.get(minute));
      for (const minute of ripe) minutes.delete(minute);
      earliest = Math.min(...minutes.keys());
      return ids;
    },
    add,
    putBack: (ids) => ids.forEach(add),
  };
}
