import { SluiceError } from '@sluice/panel-kind/errors';
import { findJob, type JobOwner } from './find-job.js';

const BEGIN = '# BEGIN sluice ';
const END = '# END sluice ';

/** Returns the first and the last line of the jobs of a config. */
function markers(config: string): { first: string; last: string } {
  return { first: `${BEGIN}${config}`, last: `${END}${config}` };
}

/**
 * Returns a crontab with the jobs of a config between two marker lines, or without them where `lines` is null. All other bytes
 * stay as they are; new jobs are added at the end.
 *
 * @throws SluiceError `crontab_unclear` for markers that don't fit together, or jobs of the config outside of them
 */
export function replaceJobs(crontab: Buffer, { config, home }: JobOwner, lines: readonly string[] | null): Buffer {
  // One character a byte: a crontab may have any encoding.
  const text = crontab.toString('latin1');
  const rows = text === '' ? [] : text.split(/(?<=\n)/);
  const { first, last } = markers(config);
  const toBytes = (line: string): string => Buffer.from(line, 'utf8').toString('latin1');
  const findAll = (marker: string): number[] =>
    rows.flatMap((row, index) => (row.trimEnd() === toBytes(marker) ? [index] : []));
  const [begins, ends] = [findAll(first), findAll(last)];
  const [begin, end] = [begins[0], ends[0]];
  if (begins.length !== ends.length || begins.length > 1 || (begin ?? 0) > (end ?? 0))
    throw unclear(`the lines "${first}" and "${last}" must be there once each, in this order`);
  const before = rows.slice(0, begin ?? rows.length);
  const after = end === undefined ? [] : rows.slice(end + 1);
  if (lines === null) return Buffer.from([...before, ...after].join(''), 'latin1');
  const pasted = findJob(Buffer.from([...before, ...after].join(''), 'latin1').toString('utf8'), { config, home });
  if (pasted !== null) throw unclear(`the line "${pasted}" runs a job of this config already`);
  const block = [first, ...lines, last].map((line) => `${toBytes(line)}\n`).join('');
  const head = before.join('');
  const start = head === '' || head.endsWith('\n') ? head : `${head}\n`;
  return Buffer.from(`${start}${block}${after.join('')}`, 'latin1');
}

/** Returns the error of a schedule that is left as it is. */
export function unclear(why: string): SluiceError {
  return new SluiceError('crontab_unclear', `The crontab was not changed: ${why}`, { kind: 'conflict' });
}
