import type { MovedRow } from '@sluice/panel-kind';
import type { Mode, OldRow } from '@sluice/quota-core';
import { parseAction, parseGb, parseMode, readCell, type Traffic } from './cells.js';
import { type Findings, nameRow } from './findings.js';
import { type Candidate, readField } from './ids.js';
import type { Family } from './tables.js';

/** What a service states besides its product. */
export interface OwnValues {
  /** Columns of a service import. */
  readonly columns: Readonly<Record<string, string>>;
  /** Null where nothing of it is moved. */
  readonly override: MovedRow | null;
  /** The mode in force that it states; null where its product decides. */
  readonly mode: Mode | null;
  /** Whether it states a quota. */
  readonly hasQuota: boolean;
  /** Its action as the tool stores it, also where it is not one; null where its product decides. */
  readonly action: string | null;
}

/** A value of the custom field, of the override and of the last poll; null for none, or one that can't be used. */
interface Stated<Value> {
  readonly field: Value | null;
  readonly override: Value | null;
  readonly polled: Value | null;
}

/** Which of two different values the tool used. */
type InForce = 'field' | 'override' | 'unknown';

/** An override here has priority over the custom field; in the tool, most versions had it the other way. */
export function readOwnValues(
  candidate: Candidate,
  override: OldRow | null,
  { family, table }: { readonly family: Family; readonly table: string },
  findings: Findings,
): OwnValues {
  const { id, billed, state } = candidate;
  const object = `service ${id}`;
  const quota: Stated<Traffic> = {
    field: readQuota(readField(billed, 'base_quota_override_gb'), 'services.csv', object, findings),
    override: readQuota(override && readCell(override, 'override_base_quota_gb'), 'overrides.csv', object, findings),
    polled: parseGb(state && readCell(state, 'base_quota_gb')),
  };
  const mode: Stated<Mode> = {
    field: readMode(readField(billed, 'traffic_mode'), 'services.csv', object, findings),
    override: readMode(override && readCell(override, 'override_mode'), 'overrides.csv', object, findings),
    polled: parseMode(state && readCell(state, 'mode')),
  };
  const overrideGb = pickQuota(quota, family, object, findings);
  const overrideMode = pickMode(mode, family, object, findings);
  const action = readAction(override, object, findings);
  const row = {
    quota_gb: overrideGb?.gb ?? '',
    unlimited: '',
    mode: overrideMode ?? '',
    action: action ?? '',
    note: override === null ? '' : nameRow(table, override),
  };
  const isEmpty = row.quota_gb + row.mode + row.action === '';
  if (override !== null && isEmpty)
    findings.add('overrides.csv', object, {
      state: 'left-out',
      reason: `${nameRow(table, override)} states nothing that is moved`,
    });
  return {
    columns: toColumns(candidate, quota.field, mode.field),
    override: override === null || isEmpty ? null : row,
    mode: overrideMode ?? mode.field,
    hasQuota: quota.field !== null || overrideGb !== null,
    action: override && readCell(override, 'override_action'),
  };
}

/** An unusable field is stated as empty, so that it is not taken over as it is. */
function toColumns({ billed }: Candidate, quota: Traffic | null, mode: Mode | null): Record<string, string> {
  return {
    ...(readField(billed, 'traffic_mode') !== null && { traffic_mode: mode ?? '' }),
    ...(readField(billed, 'base_quota_override_gb') !== null && { base_quota_override_gb: quota?.gb ?? '' }),
  };
}

function readQuota(text: string | null, file: string, object: string, findings: Findings): Traffic | null {
  if (text === null) return null;
  const quota = parseGb(text);
  if (quota !== null && quota.bytes > 0) return quota;
  const reason =
    quota === null
      ? 'it is not a number of gigabytes: state the quota of the service'
      : 'a quota of 0 made the tool cut the service at once: state a quota, or leave it to the product';
  const column = file === 'overrides.csv' ? 'quota_gb' : 'base_quota_override_gb';
  findings.add(file, object, { state: 'undecided', reason, column, value: text });
  return null;
}

function readMode(text: string | null, file: string, object: string, findings: Findings): Mode | null {
  if (text === null) return null;
  const mode = parseMode(text);
  const column = file === 'overrides.csv' ? 'mode' : 'traffic_mode';
  const reason = 'it is not IN, OUT or TOTAL: state the mode of the service. The tool counted the total';
  if (mode === null) findings.add(file, object, { state: 'undecided', reason, column, value: text });
  return mode;
}

function readAction(override: OldRow | null, object: string, findings: Findings): string | null {
  const text = override && readCell(override, 'override_action');
  if (text === null) return null;
  const action = parseAction(text);
  const reason = 'it is not an action of the tool, which did nothing then: state the action of the service';
  if (action === null)
    findings.add('overrides.csv', object, { state: 'undecided', reason, column: 'action', value: text });
  return action;
}

/** Tables do not show which version wrote them: of the first ones, one gave the override priority. */
function findInForce<Value>(
  stated: Stated<Value>,
  family: Family,
  isSame: (one: Value, other: Value) => boolean,
): InForce {
  const { field, override, polled } = stated;
  if (field === null || override === null || isSame(field, override)) return 'override';
  if (family === 'guard') return 'field';
  if (polled === null) return 'unknown';
  if (isSame(polled, field)) return 'field';
  return isSame(polled, override) ? 'override' : 'unknown';
}

const FIELD_IN_FORCE = 'the custom field of the service is in force instead, as it was in the tool';

/** Returns the quota that the override states here. */
function pickQuota(stated: Stated<Traffic>, family: Family, object: string, findings: Findings): Traffic | null {
  const { field, override } = stated;
  if (field === null || override === null) return override;
  const about = { column: 'quota_gb', value: override.gb };
  const inForce = findInForce(stated, family, (one, other) => one.bytes === other.bytes);
  if (inForce === 'override') return override;
  if (inForce === 'field') {
    findings.add('overrides.csv', object, { ...about, state: 'left-out', reason: FIELD_IN_FORCE });
    return null;
  }
  const larger = field.bytes > override.bytes ? field : override;
  findings.add('overrides.csv', object, {
    column: 'quota_gb',
    value: larger.gb,
    state: 'proposed',
    reason: `custom field (${field.gb} GB) and override (${override.gb} GB) differ, and the last poll used neither: the larger is written, so that nothing is cut; check it`,
  });
  return larger;
}

/** Returns the mode that the override states here. */
function pickMode(stated: Stated<Mode>, family: Family, object: string, findings: Findings): Mode | null {
  const { field, override } = stated;
  if (field === null || override === null) return override;
  const inForce = findInForce(stated, family, (one, other) => one === other);
  if (inForce === 'override') return override;
  findings.add('overrides.csv', object, {
    column: 'mode',
    value: override,
    state: inForce === 'field' ? 'left-out' : 'undecided',
    reason:
      inForce === 'field'
        ? FIELD_IN_FORCE
        : `the custom field states ${field}, and the last poll shows neither: state which is right. The custom field is in force until then`,
  });
  return null;
}
