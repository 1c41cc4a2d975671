import { ConfigError } from '@mixlab/contracts';
import type { ConfigIssue, FieldwiseCheck, JsonObject, JsonValue, SweepSchema } from '@mixlab/contracts';
import type { Field, FieldState, ResolvedField } from './field-state.ts';
import { IdentityHash } from './identity-hash.ts';
import { identityHash } from './identity.ts';

/** Puts run configs together from the states of their fields, one config after the other. */
export interface Assembly<C> {
  /** Lays a field, by its number, into the config. */
  set(field: number, state: FieldState): void;
  /** What is wrong with the config that is laid. */
  issues(): readonly ConfigIssue[];
  /** The fields of it with which nothing is wrong, as far as they can be told from the others. */
  sound(): Partial<C>;
  /** SHA-256 of its identity, 64 hex digits; only where nothing is wrong with it. */
  hash(): string;
  /** The config itself, as long as no field is set; only where nothing is wrong with it. */
  values(): C;
  /** A copy, which nothing changes any more. */
  config(): C;
}

export function assemblyOf<C>(schema: SweepSchema<C>, fields: readonly Field[]): Assembly<C> {
  return schema.fieldwise
    ? new FieldwiseAssembly(fields, schema.fieldwise)
    : new WholeAssembly(fields, schema);
}

/** What a config has in common with the one before stays in place. */
class FieldwiseAssembly<C> implements Assembly<C> {
  readonly #fields: readonly Field[];
  readonly #check: FieldwiseCheck<C>;
  readonly #hash: IdentityHash;
  readonly #resolved: ResolvedField[] = [];
  /** How many fields have issues. */
  #broken = 0;
  #known: Record<string, JsonValue> | undefined;

  constructor(fields: readonly Field[], check: FieldwiseCheck<C>) {
    this.#fields = fields;
    this.#check = check;
    this.#hash = new IdentityHash(fields.map(({ identityName }) => identityName));
  }

  set(at: number, state: FieldState): void {
    const field = this.#fields[at] as Field;
    const before = this.#resolved[at];
    const after = field.resolve(state, this.#check);
    this.#resolved[at] = after;
    this.#hash.set(at, after.identity);
    if (before && before.issues.length > 0) this.#broken -= 1;
    if (after.issues.length > 0) this.#broken += 1;
    if (before?.value === undefined || after.value === undefined) this.#known = undefined;
    else if (this.#known) this.#known[field.name] = after.value;
  }

  issues(): readonly ConfigIssue[] {
    const across = this.#check.rules(this.sound());
    return this.#broken > 0 ? [...this.#resolved.flatMap(({ issues }) => issues), ...across] : across;
  }

  sound(): Partial<C> {
    return this.#config as Partial<C>;
  }

  hash(): string {
    return this.#hash.digest();
  }

  values(): C {
    return this.#config as C;
  }

  config(): C {
    return { ...this.#config } as C;
  }

  /** Fields keep their order, so one that comes or goes takes a new object. */
  get #config(): Record<string, JsonValue> {
    return (this.#known ??= this.#assemble());
  }

  #assemble(): Record<string, JsonValue> {
    const entries = this.#fields.map(({ name }, at) => [name, this.#resolved[at]?.value] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Record<
      string,
      JsonValue
    >;
  }
}

/** For a schema that checks nothing less than a config. */
class WholeAssembly<C> implements Assembly<C> {
  readonly #fields: readonly Field[];
  readonly #schema: SweepSchema<C>;
  readonly #values: (JsonValue | undefined)[] = [];
  #known: ReturnType<SweepSchema<C>['validate']> | undefined;

  constructor(fields: readonly Field[], schema: SweepSchema<C>) {
    this.#fields = fields;
    this.#schema = schema;
  }

  set(at: number, { raw }: FieldState): void {
    this.#values[at] = raw;
    this.#known = undefined;
  }

  issues(): readonly ConfigIssue[] {
    return 'issues' in this.#checked ? this.#checked.issues : [];
  }

  sound(): Partial<C> {
    return 'issues' in this.#checked ? {} : this.#checked.value;
  }

  hash(): string {
    return identityHash(this.values() as JsonObject, this.#schema.jsonSchema);
  }

  config(): C {
    return this.values();
  }

  values(): C {
    if ('issues' in this.#checked) throw new ConfigError(this.#checked.issues);
    return this.#checked.value;
  }

  get #checked(): ReturnType<SweepSchema<C>['validate']> {
    return (this.#known ??= this.#validate());
  }

  #validate(): ReturnType<SweepSchema<C>['validate']> {
    const entries = this.#fields.map(({ name }, at) => [name, this.#values[at]] as const);
    return this.#schema.validate(
      Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as JsonObject,
    );
  }
}
