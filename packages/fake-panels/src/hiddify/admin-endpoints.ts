import { type FakeResponse } from '../core/fake-response.js';
import { adminView, createdAdminView } from './admin-view.js';
import { type AdminWriter } from './admin-writer.js';
import { json } from './answer.js';
import { loadBody, schemas } from './body-schema.js';
import { Refusal } from './panel-failure.js';
import { type AdminRow } from './rows.js';
import { type HiddifyState } from './state.js';

/** `/admin/admin_user/` and `/admin/admin_user/{uuid}/` (docs/panels/hiddify.md, 3.2 and 4.4 to 4.6). */
export class AdminEndpoints {
  constructor(
    private readonly state: HiddifyState,
    private readonly writer: AdminWriter,
    private readonly panelLanguage: string,
  ) {}

  list(caller: AdminRow): FakeResponse {
    const branch = this.state.branch(caller);
    const rows = [...this.state.admins.values()].filter((admin) => branch.has(admin.id));
    return json(rows.map((row) => adminView(this.state, row, this.panelLanguage)));
  }

  create(caller: AdminRow, rawBody: unknown): FakeResponse {
    return json(createdAdminView(this.writer.create(loadBody(schemas.postAdmin, rawBody), caller)));
  }

  get(caller: AdminRow, uuid: string): FakeResponse {
    const row = this.permitted(caller, uuid, "you don't have permission to access this admin");
    return json(adminView(this.state, row, this.panelLanguage));
  }

  update(caller: AdminRow, uuid: string, rawBody: unknown): FakeResponse {
    const body = loadBody(schemas.patchAdmin, rawBody);
    const row = this.permitted(caller, uuid, "You don't have permission to access this admin");
    return this.writer.update(row, body, caller);
  }

  remove(caller: AdminRow, uuid: string): FakeResponse {
    const row = this.permitted(caller, uuid, "You don't have permission to access this admin");
    this.writer.remove(row, caller);
    return json({ msg: 'ok', status: 200 });
  }

  private permitted(caller: AdminRow, uuid: string, forbidden: string): AdminRow {
    const row = this.state.findAdmin(uuid);
    if (row === undefined) throw new Refusal(404, 'Admin not found');
    if (caller.id !== 1 && row.parentId !== caller.id) throw new Refusal(403, forbidden);
    return row;
  }
}
