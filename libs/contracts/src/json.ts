export type JsonPrimitive = string | number | boolean | null;
export type JsonValue = JsonPrimitive | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** The part of JSON Schema (draft 2020-12) that pydantic writes and Mixlab reads. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly const?: JsonValue;
  readonly enum?: readonly JsonValue[];
  readonly default?: JsonValue;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly discriminator?: {
    readonly propertyName: string;
    readonly mapping?: Readonly<Record<string, string>>;
  };
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  /** True on a field that names a network. */
  readonly 'x-backbone'?: boolean;
  /** False on a field that does not change what is trained: it stays out of the hash. */
  readonly 'x-identity'?: boolean;
  /** What the hash calls a field that a later version of the format renamed. */
  readonly 'x-identity-name'?: string;
  /** The default that the hash compares with: the field's first, where a later version has another. */
  readonly 'x-identity-default'?: JsonValue;
  /** What the hash takes a constant for, whatever it is by now. */
  readonly 'x-identity-const'?: JsonValue;
}
