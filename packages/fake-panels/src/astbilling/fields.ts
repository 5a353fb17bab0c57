import { plainText } from './plain-text.js';
import { AstRefusal, type FieldFault } from './refusal.js';

/** Fields of a request under their canonical names. Absent fields stay as they are. */
export type Fields = Readonly<Record<string, unknown>>;

const areaCodes = new Set(
  (
    '11 12 13 14 15 16 17 18 19 21 22 24 27 28 31 32 33 34 35 37 38 41 42 43 44 45 46 47 48 49 51 53 54 55 61 62 63 64 ' +
    '65 66 67 68 69 71 73 74 75 77 79 81 82 83 84 85 86 87 88 89 91 92 93 94 95 96 97 98 99'
  ).split(' '),
);

/** Reads the fields of one request and collects their faults. */
export class FieldReader {
  readonly #faults: FieldFault[] = [];

  constructor(private readonly fields: Fields) {}

  has(name: string): boolean {
    return this.fields[name] !== undefined;
  }

  /** Text; null for null and nothing. Numbers and booleans count as text. */
  text(name: string): string | null {
    const value = this.fields[name];
    if (value === undefined || value === null || value === '') return null;
    if (typeof value === 'object') {
      this.fault(name, 'invalid', 'Texto esperado');
      return null;
    }
    return plainText(value);
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === null) this.fault(name, 'required', 'Obrigatório');
    return value ?? '';
  }

  channels(name: string): number | null {
    const text = this.text(name);
    if (text === null) return null;
    if (!/^\d+$/.test(text) || Number(text) < 1) this.fault(name, 'min', 'Mínimo 1');
    return Number(text);
  }

  areaCode(name: string): string {
    const code = this.required(name);
    if (code !== '' && !areaCodes.has(code)) this.fault(name, 'invalid', `DDD inexistente: ${code}`);
    return code;
  }

  oneOf<Value extends string>(name: string, values: readonly Value[], otherwise: Value): Value {
    const text = this.text(name);
    if (text === null) return otherwise;
    const found = values.find((value) => value === text);
    if (found === undefined) this.fault(name, 'invalid', `Valor desconhecido: ${text}`);
    return found ?? otherwise;
  }

  /** The id of an existing row. */
  reference(name: string, rows: ReadonlyMap<string, unknown>): string {
    const id = this.required(name);
    if (id !== '' && !rows.has(id)) this.fault(name, 'unknown', `Inexistente: ${id}`);
    return id;
  }

  fault(field: string, code: string, message: string): void {
    this.#faults.push({ field, code, message });
  }

  /** Throws `AstRefusal` when a field was wrong. */
  check(): void {
    if (this.#faults.length > 0) throw new AstRefusal('validation_failed', 'Dados inválidos', this.#faults);
  }
}
