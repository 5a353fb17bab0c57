import type { TrafficOverTime } from '@sluice/engine';
import { formatBytes } from '@sluice/quota-core';
import { ExitCode } from '../exit-codes.js';
import { printTraffic } from '../terminal/graphs.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatCount } from '../terminal/words.js';
import { describeLeftOut } from '../terminal/lists/top.js';
import { answer } from './answer.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { parseGroup } from './parse-group.js';
import { parseRange } from './parse-range.js';

interface TrafficOptions extends GlobalOptions {
  since?: string;
  panel?: string;
  product?: string;
  client?: string;
  by?: string;
}

/** `sluice usage traffic` */
export const usageTraffic: CommandHandler<TrafficOptions> = (_args, options, deps) => {
  const { since = '7d', panel, product, client } = options;
  const range = parseRange('--since', since);
  const by = options.by === undefined ? undefined : parseGroup(options.by);
  return answer(deps, options, ({ sluice }) => sluice.usage.traffic({ range, panel, product, client, by }), {
    print: show,
    exitCode: () => ExitCode.done,
  });
};

function show(terminal: Terminal, found: TrafficOverTime): void {
  const { services, range, bars, panel, product, client, by } = found;
  if (services === 0) {
    terminal.line('No services whose bytes are counted.');
    for (const line of describeLeftOut(found)) terminal.line(line);
    return;
  }
  const filters = Object.entries({ panel, product, client }).flatMap(([key, value]) =>
    value === null ? [] : [`${key} ${value}`],
  );
  const whose = filters.length === 0 ? 'all services' : filters.join(', ');
  const split = by === null ? '' : ` by ${by}`;
  printTraffic(terminal, found, `${whose}${split}, last ${range}`);
  const known = bars.flatMap(({ totalBytes, inBytes, outBytes }) => {
    const parts = inBytes === null && outBytes === null ? [] : [(inBytes ?? 0) + (outBytes ?? 0)];
    return totalBytes === null ? parts : [totalBytes];
  });
  const sum = known.length === 0 ? 'unknown' : formatBytes(known.reduce((all, bytes) => all + bytes, 0));
  terminal.line(`${formatCount(services, 'service')} in the last ${range}: ${sum}`);
  for (const line of describeLeftOut(found)) terminal.line(line);
}
