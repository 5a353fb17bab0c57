import { type FakeResponse } from '../core/fake-response.js';
import { json, writtenJson } from './answer.js';
import { loadBody, schemas } from './body-schema.js';
import { type Cores } from './cores.js';
import { Refusal } from './panel-failure.js';
import { type AdminRow, type UserRow } from './rows.js';
import { type HiddifyState } from './state.js';
import { type ListOrder, type UserTexts } from './user-text.js';
import { type UserWriter } from './user-writer.js';

/** Moments inside the creation of a user, between which the panel serves other calls. */
export type CreationStage = 'checked' | 'inserted' | 'described';

export interface UserEndpointParts {
  readonly state: HiddifyState;
  readonly writer: UserWriter;
  readonly texts: UserTexts;
  readonly cores: Cores;
  readonly listOrder: () => ListOrder;
  /** Lets others in between two steps of a creation. */
  readonly pause: (stage: CreationStage, uuid: string) => Promise<void>;
}

/** `/admin/user/` and `/admin/user/{uuid}/` (docs/panels/hiddify.md, 3.3 and 4.1 to 4.3). */
export class UserEndpoints {
  constructor(private readonly parts: UserEndpointParts) {}

  list(caller: AdminRow): FakeResponse {
    const list = this.parts.texts.list(caller.id, this.parts.listOrder());
    if (list === undefined) throw new Refusal(404, 'You have no user');
    return writtenJson(list);
  }

  async create(caller: AdminRow, rawBody: unknown): Promise<FakeResponse> {
    const { state, writer, cores, pause } = this.parts;
    const body = loadBody(schemas.postUser, rawBody);
    const wanted = body['uuid'];
    if (typeof wanted === 'string' && state.findUser(wanted) !== undefined) throw new Refusal(400, 'The user exists');
    await pause('checked', String(wanted));
    const row = writer.insert(wanted, caller);
    await pause('inserted', row.uuid);
    writer.describe(row, body);
    await pause('described', row.uuid);
    writer.fill(row, { ...body, added_by_uuid: body['added_by_uuid'] ?? caller.uuid }, caller);
    // Whatever `enable` says, the cores serve a new user until the next usage task.
    cores.add(row);
    cores.apply();
    return this.shown(row);
  }

  get(caller: AdminRow, uuid: string): FakeResponse {
    return this.shown(this.permitted(caller, uuid, 'User not found'));
  }

  update(caller: AdminRow, uuid: string, rawBody: unknown): FakeResponse {
    const { state, writer, cores } = this.parts;
    const body = loadBody(schemas.patchUser, rawBody);
    const row = this.permitted(caller, uuid, 'user not found');
    cores.remove(row);
    writer.describe(row, body);
    writer.fill(row, body, caller);
    if (state.isActive(row)) cores.add(row);
    cores.apply();
    return this.shown(row);
  }

  remove(caller: AdminRow, uuid: string): FakeResponse {
    const { state, cores } = this.parts;
    const row = this.permitted(caller, uuid, 'user not found');
    cores.remove(row);
    state.removeUser(row);
    cores.apply();
    return json({ msg: 'ok', status: 200 });
  }

  private permitted(caller: AdminRow, uuid: string, missing: string): UserRow {
    const row = this.parts.state.findUser(uuid);
    if (row === undefined) throw new Refusal(404, missing);
    if (caller.id !== 1 && row.addedBy !== caller.id) {
      throw new Refusal(403, "You don't have permission to access this user");
    }
    return row;
  }

  private shown(row: UserRow): FakeResponse {
    return writtenJson(`${this.parts.texts.text(row)}\n`);
  }
}
