import type { CommandRecord } from './runner.js';
import type { World } from './world.js';

/** What happened, one line for each start and end of a command and each changing call, in order. */
export function timeline(world: World, records: readonly CommandRecord[]): string {
  const begin = Math.min(...records.map(({ startedAt }) => startedAt));
  const lines = records.flatMap((record, index) => {
    const name = `#${index + 1} ${record.command.words.join(' ')}`;
    const file =
      record.command.file === undefined ? '' : ` <${record.command.file.text.trim().replaceAll('\n', ' | ')}>`;
    const ending = record.exitCode === null ? 'was killed' : `ended with ${record.exitCode}`;
    const said = record.exitCode === 0 ? '' : ` ${firstLine(record.output)}`;
    const remarks = record.remarks.length === 0 ? '' : ` (${record.remarks.join(', ')})`;
    return [
      { at: record.startedAt, text: `${name}${file}` },
      ...(record.endedAt === null ? [] : [{ at: record.endedAt, text: `   ${name} ${ending}${remarks}${said}` }]),
    ];
  });
  const calls = world.servers.flatMap((server, index) =>
    server.changingCalls().map((call) => ({
      at: call.at,
      text: `      -> panel ${index + 1}: ${call.method} ${call.path} ${call.body === '{}' ? '' : call.body.slice(0, 160)} ${String(call.status)}`,
    })),
  );
  return [...lines, ...calls]
    .sort((a, b) => a.at - b.at)
    .map(({ at, text }) => `${String(at - begin).padStart(6)} ms ${text}`)
    .join('\n');
}

function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').slice(0, 200);
}
